#include "tensor/kernels/reduce.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/row_blocks.h"
#include "tensor/kernels/vector_math.h"

namespace gokart::kernels {

double Sum(int64_t n, const float* x) {
  return SumBlocks(n, [x](int64_t begin, int64_t end) {
    const float* block = x + begin;
    const int64_t size = end - begin;
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < size; ++i) sum += block[i];
    return sum;
  });
}

float Max(int64_t n, const float* x) {
  float max = -kInfinity;
#pragma omp simd reduction(max : max)
  for (int64_t i = 0; i < n; ++i) max = max < x[i] ? x[i] : max;
  return max;
}

void SumRows(int64_t rows, int64_t c, const float* x, float* out, bool accumulate) {
  ColumnSums sums(rows, c);
  sums.ForEachBlock([&](int64_t begin, int64_t end, float* sum) {
    for (int64_t r = begin; r < end; ++r) {
      const float* row = x + r * c;
#pragma omp simd
      for (int64_t j = 0; j < c; ++j) sum[j] += row[j];
    }
  });
  sums.Store(0, c, out, accumulate);
}

void SumLastAxis(int64_t rows, int64_t c, const float* x, float* out) {
  constexpr int64_t kChunk = 1024;  // longer sums in float lose digits
  ParallelFor(rows, RowsPerRange(c), [=](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      double total = 0;
      for (int64_t first = 0; first < c; first += kChunk) {
        const float* chunk = x + r * c + first;
        const int64_t size = std::min(kChunk, c - first);
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int64_t j = 0; j < size; ++j) sum += chunk[j];
        total += sum;
      }
      out[r] = static_cast<float>(total);
    }
  });
}

namespace {

/// The first index of the largest entry; of the first NaN if there is one.
int64_t ArgMax(int64_t n, const float* x) {
  // A vector pass finds the chunk that has it, a plain one the place.
  constexpr int64_t kChunk = 1024;
  float best = -kInfinity;
  int64_t best_begin = 0;
  for (int64_t begin = 0; begin < n; begin += kChunk) {
    const float* chunk = x + begin;
    const int64_t size = std::min(kChunk, n - begin);
    int nans = 0;
#pragma omp simd reduction(+ : nans)
    for (int64_t i = 0; i < size; ++i) nans += chunk[i] != chunk[i];
    if (nans > 0) {
      return std::find_if(chunk, chunk + size, [](float value) { return std::isnan(value); }) - x;
    }
    const float max = Max(size, chunk);
    if (max > best) {
      best = max;
      best_begin = begin;
    }
  }
  const float* chunk = x + best_begin;
  const int32_t size = static_cast<int32_t>(std::min(kChunk, n - best_begin));
  int32_t first = size;
#pragma omp simd reduction(min : first)
  for (int32_t i = 0; i < size; ++i) first = std::min(first, chunk[i] == best ? i : size);
  return best_begin + first;
}

}  // namespace

void MaxLastAxis(int64_t rows, int64_t c, const float* x, float* out, int32_t* argmax) {
  ParallelFor(rows, RowsPerRange(c), [=](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const int64_t best = ArgMax(c, x + r * c);
      out[r] = x[r * c + best];
      if (argmax != nullptr) argmax[r] = static_cast<int32_t>(best);
    }
  });
}

}  // namespace gokart::kernels
