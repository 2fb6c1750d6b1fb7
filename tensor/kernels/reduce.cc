#include "tensor/kernels/reduce.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/row_blocks.h"

namespace gokart::kernels {

double Sum(int64_t n, const float* x) {
  return SumBlocks(n, [x](int64_t begin, int64_t end) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = begin; i < end; ++i) sum += x[i];
    return sum;
  });
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

void MaxLastAxis(int64_t rows, int64_t c, const float* x, float* out, int32_t* argmax) {
  ParallelFor(rows, RowsPerRange(c), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const float* row = x + r * c;
      int64_t best = 0;
      for (int64_t j = 1; j < c && !std::isnan(row[best]); ++j) {
        if (row[j] > row[best] || std::isnan(row[j])) best = j;
      }
      out[r] = row[best];
      if (argmax != nullptr) argmax[r] = static_cast<int32_t>(best);
    }
  });
}

}  // namespace gokart::kernels
