// Work that reads memory from front to back, spread over threads so that each reads one long
// stretch of it. What a processor fetches ahead is what follows; with ranges handed out in turns,
// as ParallelFor does, something else follows every time: reading in ranges of 32 KB was half as
// fast.
//
//   ParallelStreams(rows, /*grain=*/16, [&](int64_t begin, int64_t end) { ... });
#ifndef GOKART_TENSOR_KERNELS_PARALLEL_STREAMS_H_
#define GOKART_TENSOR_KERNELS_PARALLEL_STREAMS_H_

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "tensor/kernels/parallel.h"

namespace gokart::kernels {

/// As ParallelFor: calls body(begin, end) once for each of the ranges that cover [0, n), `grain`
/// long but the last, which are the same for any number of threads. Each thread goes through a
/// share of consecutive ranges, in their order, and when it is done takes from what is left of the
/// others' shares, so that none waits for a slow one for longer than a range.
template <typename Body>
void ParallelStreams(int64_t n, int64_t grain, const Body& body) {
  constexpr int64_t kMostShares = 64;
  struct alignas(64) Share {  // a cache line of its own
    std::atomic<int64_t> next = 0;
    int64_t end = 0;
  };
  const int64_t ranges = (n + grain - 1) / grain;
  const int64_t shares = std::min({int64_t{NumThreads()}, kMostShares, ranges});
  const auto run = [&](int64_t range) { body(range * grain, std::min(n, (range + 1) * grain)); };
  if (shares <= 1 || omp_in_parallel()) {
    for (int64_t range = 0; range < ranges; ++range) run(range);
    return;
  }
  Share all[kMostShares];
  for (int64_t s = 0; s < shares; ++s) {
    all[s].next.store(ranges * s / shares, std::memory_order_relaxed);
    all[s].end = ranges * (s + 1) / shares;
  }
#pragma omp parallel
  for (int64_t i = 0; i < shares; ++i) {
    Share& share = all[(omp_get_thread_num() + i) % shares];
    int64_t range;
    while ((range = share.next.fetch_add(1, std::memory_order_relaxed)) < share.end) run(range);
  }
}

/// Calls body(begin, end) once for each of some ranges that cover [0, n): long ones at first, each
/// a fixed part of what is left, and so shorter and shorter down to `least`. So most is read in
/// long stretches, and yet all threads are done at nearly the same time, however fast each is. The
/// ranges depend on the number of threads: for results that do not depend on their ranges.
template <typename Body>
void ParallelGuided(int64_t n, int64_t least, const Body& body) {
  const int64_t threads = NumThreads();
  if (threads == 1 || n <= least || omp_in_parallel()) {
    if (n > 0) body(int64_t{0}, n);
    return;
  }
  std::atomic<int64_t> next = 0;
#pragma omp parallel
  {
    int64_t begin = next.load(std::memory_order_relaxed);
    while (begin < n) {
      const int64_t end = std::min(n, begin + std::max(least, 2 * (n - begin) / (3 * threads)));
      if (!next.compare_exchange_weak(begin, end, std::memory_order_relaxed)) continue;
      body(begin, end);
      begin = next.load(std::memory_order_relaxed);
    }
  }
}

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_PARALLEL_STREAMS_H_
