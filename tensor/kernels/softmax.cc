#include "tensor/kernels/softmax.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/reduce.h"
#include "tensor/kernels/row_blocks.h"
#include "tensor/kernels/vector_math.h"

namespace gokart::kernels {
namespace {

/// body(r) for each row, spread over threads.
template <typename Body>
void ForEachRow(int64_t rows, int64_t c, const Body& body) {
  ParallelFor(rows, RowsPerRange(c), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) body(r);
  });
}

/// sum_i exp(x[i] - shift), and the largest of x[n], in one pass.
float SumExp(int64_t n, const float* x, float shift, float* max) {
  float sum = 0, largest = -kInfinity;
#pragma omp simd reduction(+ : sum) reduction(max : largest)
  for (int64_t i = 0; i < n; ++i) {
    sum += ExpFlushed(x[i] - shift);
    largest = largest < x[i] ? x[i] : largest;
  }
  *max = largest;
  return sum;
}

}  // namespace

// What is subtracted need not be the maximum, only near it, so one pass over memory does: start
// with the maximum of the first chunk, and do a chunk again that has entries far above. (A pass for
// the maximum and one for the sum took twice the time even on chunks in the cache: it waited for
// memory and for arithmetic in turns.)
double RowLogSumExp(int64_t c, const float* x) {
  constexpr int64_t kChunk = 4096;
  constexpr float kLargest = std::numeric_limits<float>::max();
  // Finite in any case. -kLargest, where all is -inf so far, makes the first finite entry "far
  // above".
  float shift = std::clamp(Max(std::min(kChunk, c), x), -kLargest, kLargest);
  double total = 0;
  for (int64_t begin = 0; begin < c; begin += kChunk) {
    const float* chunk = x + begin;
    const int64_t size = std::min(kChunk, c - begin);
    float max = 0;
    float sum = SumExp(size, chunk, shift, &max);
    if (max == kInfinity) {
      const bool nan = std::any_of(x, x + c, [](float value) { return std::isnan(value); });
      return nan ? std::nan("") : kInfinity;
    }
    if (max > shift + 8) {
      total *= std::exp(static_cast<double>(shift) - max);
      shift = max;
      sum = SumExp(size, chunk, shift, &max);
    }
    total += sum;
  }
  return shift + std::log(total);
}

void SoftmaxForward(int64_t rows, int64_t c, const float* x, float* y) {
  ForEachRow(rows, c, [=](int64_t r) {
    const float* row = x + r * c;
    float* out = y + r * c;
    const float max = Max(c, row);
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < c; ++i) {
      const float e = ExpFlushed(row[i] - max);
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
  // [exercise E.2] The gradient of softmax
  // Task: For each of the rows of c numbers write dx_i = y_i (dy_i - sum_j y_j dy_j), or add it to
  //       dx if `accumulate`.
  // Hint: The sum is the same for all i of a row: compute it first, in a loop of its own.
  // Hint: Row r begins at y + r * c, dy + r * c and dx + r * c. ForEachRow, above, spreads rows
  //       over threads; a plain loop is right, too.
  // Test: //tensor/ops:worked_gradients_test SoftmaxGradient.*
  // Read: tensor/kernels/softmax.h

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
  // [end of exercise E.2]
}

void LogSoftmaxForward(int64_t rows, int64_t c, const float* x, float* y) {
  ForEachRow(rows, c, [=](int64_t r) {
    const float* row = x + r * c;
    float* out = y + r * c;
    // The part of it that a float rounds away is subtracted, too.
    const double log_sum_exp = RowLogSumExp(c, row);
    const float high = static_cast<float>(log_sum_exp);
    const float low = static_cast<float>(log_sum_exp - high);
#pragma omp simd
    for (int64_t i = 0; i < c; ++i) out[i] = (row[i] - high) - low;
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
      for (int64_t i = 0; i < c; ++i) din[i] += dout[i] - ExpFlushed(out[i]) * sum;
    } else {
#pragma omp simd
      for (int64_t i = 0; i < c; ++i) din[i] = dout[i] - ExpFlushed(out[i]) * sum;
    }
  });
}

void LogSumExp(int64_t rows, int64_t c, const float* x, float* out) {
  ForEachRow(rows, c, [=](int64_t r) { out[r] = static_cast<float>(RowLogSumExp(c, x + r * c)); });
}

}  // namespace gokart::kernels
