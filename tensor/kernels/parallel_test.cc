#include "tensor/kernels/parallel.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace gokart::kernels {
namespace {

using Ranges = std::set<std::pair<int64_t, int64_t>>;

Ranges RangesOf(int64_t n, int64_t grain) {
  Ranges ranges;
  std::mutex mutex;
  ParallelFor(n, grain, [&](int64_t begin, int64_t end) {
    const std::lock_guard lock(mutex);
    EXPECT_TRUE(ranges.insert({begin, end}).second) << "the same range twice";
  });
  return ranges;
}

class ParallelForTest : public testing::Test {
 protected:
  ~ParallelForTest() override { SetNumThreads(threads_before_); }

 private:
  const int threads_before_ = NumThreads();
};

TEST_F(ParallelForTest, SameRangesForAnyNumberOfThreads) {
  for (int threads : {1, 2, 3, 8}) {
    SetNumThreads(threads);
    EXPECT_EQ(NumThreads(), threads);
    EXPECT_EQ(RangesOf(10, 4), (Ranges{{0, 4}, {4, 8}, {8, 10}})) << threads;
    EXPECT_EQ(RangesOf(8, 4), (Ranges{{0, 4}, {4, 8}})) << threads;
    EXPECT_EQ(RangesOf(3, 4), (Ranges{{0, 3}})) << threads;
    EXPECT_EQ(RangesOf(0, 4), Ranges{}) << threads;
  }
}

TEST_F(ParallelForTest, NestedLoopsStayOnTheirThread) {
  SetNumThreads(4);
  std::atomic<int> strangers = 0, count = 0;
  ParallelFor(8, 1, [&](int64_t, int64_t) {
    const int outer = omp_get_thread_num();
    ParallelFor(8, 1, [&](int64_t, int64_t) {
      strangers += omp_get_thread_num() != outer;
      ++count;
    });
  });
  EXPECT_EQ(strangers, 0);
  EXPECT_EQ(count, 64);
}

TEST_F(ParallelForTest, UsesSeveralThreads) {
  SetNumThreads(2);
  // Each of the two ranges waits for the other one to begin.
  std::atomic<int> begun = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  ParallelFor(2, 1, [&](int64_t, int64_t) {
    ++begun;
    while (begun < 2 && std::chrono::steady_clock::now() < end) {
    }
    EXPECT_EQ(begun, 2);
  });
}

TEST(GrainForWorkTest, LittleWorkStaysTogether) {
  EXPECT_EQ(GrainForWork(1000, 100), 1000);  // 1e5 operations in all: one range
  EXPECT_EQ(GrainForWork(0, 100), 1);
  EXPECT_EQ(GrainForWork(1000, 1e5), 10);  // 1e8: ranges of 1e6
  EXPECT_EQ(GrainForWork(1000, 1e7), 1);
}

TEST(NumThreadsTest, IsAtLeastOne) {
  const int threads_before = NumThreads();
  SetNumThreads(0);
  EXPECT_EQ(NumThreads(), 1);
  SetNumThreads(threads_before);
}

}  // namespace
}  // namespace gokart::kernels
