#include "tensor/kernels/parallel_streams.h"

#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

namespace gokart::kernels {
namespace {

using Range = std::pair<int64_t, int64_t>;

// The ranges that each of two threads got, in its order. In its first one a thread waits for the
// other to have one, too (but not forever).
std::vector<std::vector<Range>> RangesOfTwoThreads(int64_t n, int64_t grain,
                                                   std::chrono::milliseconds first_thread_sleeps) {
  std::vector<std::vector<Range>> ranges(2);
  std::atomic<int> begun = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  SetNumThreads(2);
  ParallelStreams(n, grain, [&](int64_t begin, int64_t end) {
    const int thread = omp_get_thread_num();
    ranges[thread].push_back({begin, end});
    if (ranges[thread].size() == 1) ++begun;
    while (begun < 2 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    if (thread == 0) std::this_thread::sleep_for(first_thread_sleeps);
  });
  return ranges;
}

class ParallelStreamsTest : public testing::Test {
 protected:
  ~ParallelStreamsTest() override { SetNumThreads(threads_before_); }

 private:
  const int threads_before_ = NumThreads();
};

TEST_F(ParallelStreamsTest, CoversAllOnceForAnyNumberOfThreads) {
  for (int threads : {1, 2, 3, 8, 100}) {
    SetNumThreads(threads);
    for (int64_t n : {0, 1, 4, 5, 40, 41}) {
      std::vector<std::atomic<int>> covered(n);
      std::atomic<bool> as_promised = true;
      ParallelStreams(n, 4, [&](int64_t begin, int64_t end) {
        as_promised = as_promised && begin % 4 == 0 && end == std::min(n, begin + 4);
        for (int64_t i = begin; i < end; ++i) ++covered[i];
      });
      EXPECT_TRUE(as_promised) << threads << ", " << n;
      for (int64_t i = 0; i < n; ++i) ASSERT_EQ(covered[i], 1) << threads << ", " << n;
    }
  }
}

TEST_F(ParallelStreamsTest, EachThreadHasAStretchOfItsOwn) {
  const std::vector<std::vector<Range>> ranges =
      RangesOfTwoThreads(40, 2, std::chrono::milliseconds(0));
  EXPECT_EQ(ranges[0].front(), Range(0, 2));
  EXPECT_EQ(ranges[1].front(), Range(20, 22));
}

TEST_F(ParallelStreamsTest, ASlowThreadIsHelped) {
  const std::vector<std::vector<Range>> ranges =
      RangesOfTwoThreads(40, 1, std::chrono::milliseconds(300));
  EXPECT_LT(ranges[0].size(), 10u);  // of the 20 that were its own
  EXPECT_EQ(ranges[0].size() + ranges[1].size(), 40u);
}

TEST_F(ParallelStreamsTest, StaysOnItsThreadInsideOfParallelWork) {
  SetNumThreads(4);
  std::atomic<int> strangers = 0, count = 0;
  ParallelFor(8, 1, [&](int64_t, int64_t) {
    const int outer = omp_get_thread_num();
    ParallelStreams(8, 1, [&](int64_t, int64_t) {
      strangers += omp_get_thread_num() != outer;
      ++count;
    });
  });
  EXPECT_EQ(strangers, 0);
  EXPECT_EQ(count, 64);
}

TEST_F(ParallelStreamsTest, GuidedCoversAllOnceForAnyNumberOfThreads) {
  for (int threads : {1, 2, 3, 8, 100}) {
    SetNumThreads(threads);
    for (int64_t n : {0, 1, 4, 5, 40, 41, 1000}) {
      std::vector<std::atomic<int>> covered(n);
      ParallelGuided(n, 4, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) ++covered[i];
      });
      for (int64_t i = 0; i < n; ++i) ASSERT_EQ(covered[i], 1) << threads << ", " << n;
    }
  }
}

TEST_F(ParallelStreamsTest, GuidedRangesGetShorterDownToTheLeast) {
  SetNumThreads(2);
  std::vector<Range> ranges;
  ParallelGuided(100, 10, [&](int64_t begin, int64_t end) {
#pragma omp critical
    ranges.push_back({begin, end});
  });
  std::sort(ranges.begin(), ranges.end());
  // A third of what is left, each time.
  EXPECT_EQ(ranges,
            (std::vector<Range>{{0, 33}, {33, 55}, {55, 70}, {70, 80}, {80, 90}, {90, 100}}));
}

}  // namespace
}  // namespace gokart::kernels
