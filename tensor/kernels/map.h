// Element-by-element loops for the operations, vectorised and spread over threads.
//
//   Map(n, y, /*accumulate=*/false, [=](int64_t i) { return a[i] * b[i]; });
#ifndef GOKART_TENSOR_KERNELS_MAP_H_
#define GOKART_TENSOR_KERNELS_MAP_H_

#include <cstdint>

#include "tensor/kernels/parallel.h"

namespace gokart::kernels {

/// Elements that one thread takes at a time: enough to pay for waking it up.
constexpr int64_t kMapGrain = 16384;

/// out[i] = f(i), or out[i] += f(i), for i in [0, n). `f` must not depend on the order of the
/// calls.
template <typename F>
void Map(int64_t n, float* out, bool accumulate, const F& f) {
  ParallelFor(n, kMapGrain, [&](int64_t begin, int64_t end) {
    if (accumulate) {
#pragma omp simd
      for (int64_t i = begin; i < end; ++i) out[i] += f(i);
    } else {
#pragma omp simd
      for (int64_t i = begin; i < end; ++i) out[i] = f(i);
    }
  });
}

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_MAP_H_
