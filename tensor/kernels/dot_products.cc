#include "tensor/kernels/dot_products.h"

#include <algorithm>

#include "tensor/kernels/lanes.h"

namespace gokart::kernels {
namespace {

// kRows rows with kVectors vectors, all sums in registers. Every single sum is made in the same
// order for all kRows and kVectors.
template <int kRows, int kVectors>
void Block(const DotProductsShape& s, const float* w, const float* x, const float* bias, float* y) {
  Lanes sums[kRows][kVectors] = {};
  int64_t i = 0;
  for (; i + kLanes <= s.k; i += kLanes) {
    Lanes x_part[kVectors];
    for (int v = 0; v < kVectors; ++v) x_part[v] = LoadLanes(x + v * s.x_stride + i);
    for (int r = 0; r < kRows; ++r) {
      const Lanes w_part = LoadLanes(w + r * s.w_stride + i);
      // The next block's rows. Busy with several vectors the processor does not look that far
      // ahead: with 8 it read 13 GB/s, now 28; with one it does better alone, 45 against 37.
      if (kVectors > 1) __builtin_prefetch(w + (r + kRows) * s.w_stride + i);
      for (int v = 0; v < kVectors; ++v) sums[r][v] += w_part * x_part[v];
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) {
      float sum = SumLanes(sums[r][v]);
      for (int64_t j = i; j < s.k; ++j) sum += w[r * s.w_stride + j] * x[v * s.x_stride + j];
      if (bias != nullptr) sum += bias[r];
      float& out = y[r * s.y_row_step + v * s.y_vector_step];
      out = s.accumulate ? out + sum : sum;
    }
  }
}

template <int kVectors>
void AllRows(const DotProductsShape& s, const float* w, const float* x, const float* bias,
             float* y) {
  constexpr int kSums = kLanes == 16 ? 24 : 12;  // of 32 or 16 registers
  constexpr int kRows = std::min(6, kSums / kVectors);
  int64_t row = 0;
  for (; row + kRows <= s.rows; row += kRows) {
    Block<kRows, kVectors>(s, w + row * s.w_stride, x, bias != nullptr ? bias + row : nullptr,
                           y + row * s.y_row_step);
  }
  for (; row < s.rows; ++row) {
    Block<1, kVectors>(s, w + row * s.w_stride, x, bias != nullptr ? bias + row : nullptr,
                       y + row * s.y_row_step);
  }
}

}  // namespace

void DotProducts(const DotProductsShape& s, const float* w, const float* x, const float* bias,
                 float* y) {
  using Kernel =
      void (*)(const DotProductsShape&, const float*, const float*, const float*, float*);
  constexpr Kernel kKernels[kMaxDotVectors + 1] = {nullptr,    AllRows<1>, AllRows<2>,
                                                   AllRows<3>, AllRows<4>, AllRows<5>,
                                                   AllRows<6>, AllRows<7>, AllRows<8>};
  if (s.vectors > 0) kKernels[s.vectors](s, w, x, bias, y);
}

}  // namespace gokart::kernels
