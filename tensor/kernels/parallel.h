// Work spread over threads so that the result does not depend on how many there are.
//
//   ParallelFor(rows, /*grain=*/64, [&](int64_t begin, int64_t end) { ... });
//
// Split work over what is written. A sum that crosses threads is made of a fixed number of partial
// sums, added in order: never one per thread.
#ifndef GOKART_TENSOR_KERNELS_PARALLEL_H_
#define GOKART_TENSOR_KERNELS_PARALLEL_H_

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace gokart::kernels {

/// The number of threads that the engine uses from now on; `--threads`. All cores by default.
inline void SetNumThreads(int n) { omp_set_num_threads(std::max(1, n)); }
inline int NumThreads() { return omp_get_max_threads(); }

/// The grain for a ParallelFor over n tasks of `work` floating-point operations each: all of them
/// in one range if together they are not worth waking up another thread (about 20 us), else ranges
/// that are worth fetching (a few us).
inline int64_t GrainForWork(int64_t n, double work) {
  constexpr double kParallelWork = 4e6, kRangeWork = 1e6;
  if (n * work < kParallelWork) return std::max<int64_t>(1, n);
  return static_cast<int64_t>(std::max(1.0, std::ceil(kRangeWork / work)));
}

/// Calls body(begin, end) for consecutive ranges that cover [0, n), each (but the last) `grain`
/// long, from several threads. The ranges are the same for any number of threads. Runs on the
/// calling thread alone when there is but one range, or when already inside a parallel region.
template <typename Body>
void ParallelFor(int64_t n, int64_t grain, const Body& body) {
  const int64_t ranges = (n + grain - 1) / grain;
  if (ranges <= 1 || NumThreads() == 1 || omp_in_parallel()) {
    for (int64_t r = 0; r < ranges; ++r) body(r * grain, std::min(n, (r + 1) * grain));
    return;
  }
#pragma omp parallel for schedule(dynamic)
  for (int64_t r = 0; r < ranges; ++r) body(r * grain, std::min(n, (r + 1) * grain));
}

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_PARALLEL_H_
