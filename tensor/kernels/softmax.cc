#include "tensor/kernels/softmax.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/row_blocks.h"
#include "tensor/kernels/vector_math.h"

namespace gokart::kernels {
namespace {

/// The largest of x[n]; -infinity for n = 0. NaNs are passed over (they come back in the
/// exponentials).
float RowMax(int64_t n, const float* x) {
  float max = -kInfinity;
#pragma omp simd reduction(max : max)
  for (int64_t i = 0; i < n; ++i) max = max < x[i] ? x[i] : max;
  return max;
}

/// body(x, y) for each row, spread over threads.
template <typename Body>
void ForEachRow(int64_t rows, int64_t c, const Body& body) {
  ParallelFor(rows, RowsPerRange(c), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) body(r);
  });
}

}  // namespace

ExpSum SumExp(int64_t n, const float* x) {
  constexpr int64_t kChunk =
      2048;  // 8 KB: the second pass over it finds it in the first-level cache
  ExpSum result{-kInfinity, 0.0};
  for (int64_t begin = 0; begin < n; begin += kChunk) {
    const int64_t size = std::min(kChunk, n - begin);
    const float* chunk = x + begin;
    const float max = std::max(result.max, RowMax(size, chunk));
    // Without a finite maximum: exp(-inf - 0) = 0, exp(+inf - 0) = +inf, and NaN stays NaN.
    const float shift = std::isfinite(max) ? max : 0.0f;
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < size; ++i) sum += Exp(chunk[i] - shift);
    if (max > result.max && result.sum > 0) {
      result.sum *= std::exp(static_cast<double>(result.max) - shift);
    }
    result.sum += sum;
    result.max = max;
  }
  return result;
}

void SoftmaxForward(int64_t rows, int64_t c, const float* x, float* y) {
  ForEachRow(rows, c, [=](int64_t r) {
    const float* row = x + r * c;
    float* out = y + r * c;
    const float max = RowMax(c, row);
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < c; ++i) {
      const float e = Exp(row[i] - max);
      out[i] = e;
      sum += e;
    }
    const float inverse = 1.0f / sum;
#pragma omp simd
    for (int64_t i = 0; i < c; ++i) out[i] *= inverse;
  });
}

void SoftmaxBackward(int64_t rows, int64_t c, const float* y, const float* dy, float* dx,
                     bool accumulate) {
  ForEachRow(rows, c, [=](int64_t r) {
    const float* out = y + r * c;
    const float* dout = dy + r * c;
    float* din = dx + r * c;
    float dot = 0;
#pragma omp simd reduction(+ : dot)
    for (int64_t i = 0; i < c; ++i) dot += out[i] * dout[i];
    if (accumulate) {
#pragma omp simd
      for (int64_t i = 0; i < c; ++i) din[i] += out[i] * (dout[i] - dot);
    } else {
#pragma omp simd
      for (int64_t i = 0; i < c; ++i) din[i] = out[i] * (dout[i] - dot);
    }
  });
}

void LogSoftmaxForward(int64_t rows, int64_t c, const float* x, float* y) {
  ForEachRow(rows, c, [=](int64_t r) {
    const float* row = x + r * c;
    float* out = y + r * c;
    const ExpSum exp_sum = SumExp(c, row);
    const float max = exp_sum.max;
    const float log_sum =
        std::isfinite(max) ? static_cast<float>(std::log(exp_sum.sum)) : std::nanf("");
#pragma omp simd
    for (int64_t i = 0; i < c; ++i) out[i] = (row[i] - max) - log_sum;
  });
}

void LogSoftmaxBackward(int64_t rows, int64_t c, const float* y, const float* dy, float* dx,
                        bool accumulate) {
  ForEachRow(rows, c, [=](int64_t r) {
    const float* out = y + r * c;
    const float* dout = dy + r * c;
    float* din = dx + r * c;
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < c; ++i) sum += dout[i];
    if (accumulate) {
#pragma omp simd
      for (int64_t i = 0; i < c; ++i) din[i] += dout[i] - Exp(out[i]) * sum;
    } else {
#pragma omp simd
      for (int64_t i = 0; i < c; ++i) din[i] = dout[i] - Exp(out[i]) * sum;
    }
  });
}

void LogSumExp(int64_t rows, int64_t c, const float* x, float* out) {
  ForEachRow(rows, c, [=](int64_t r) { out[r] = static_cast<float>(SumExp(c, x + r * c).Log()); });
}

}  // namespace gokart::kernels
