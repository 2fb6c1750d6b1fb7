#include "tensor/kernels/dot_products.h"

#include <algorithm>

#include "tensor/kernels/lanes.h"

namespace gokart::kernels {
namespace {

// Interleaved sums of a row and a vector, so that an addition does not wait for the one before.
constexpr int kSums = 2;

// kRows rows, w_step apart in W and y_step in y, with kVectors vectors, all sums in registers.
// Every single sum is made in the same order for all kRows and kVectors.
template <int kRows, int kVectors>
void Block(const DotProductsShape& s, int64_t w_step, const float* w, const float* x,
           int64_t bias_step, const float* bias, int64_t y_step, float* y) {
  Lanes sums[kRows][kVectors][kSums] = {};
  const auto add = [&](int64_t i, int j) {
    Lanes x_part[kVectors];
    for (int v = 0; v < kVectors; ++v) x_part[v] = LoadLanes(x + v * s.x_stride + i);
    for (int r = 0; r < kRows; ++r) {
      const Lanes w_part = LoadLanes(w + r * w_step + i);
      for (int v = 0; v < kVectors; ++v) sums[r][v][j] += w_part * x_part[v];
    }
  };
  int64_t i = 0;
  for (; i + kSums * kLanes <= s.k; i += kSums * kLanes) {
#pragma GCC unroll 2
    for (int j = 0; j < kSums; ++j) add(i + j * kLanes, j);
  }
  for (; i + kLanes <= s.k; i += kLanes) add(i, 0);
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) {
      float sum = SumLanes(sums[r][v][0] + sums[r][v][1]);
      for (int64_t j = i; j < s.k; ++j) sum += w[r * w_step + j] * x[v * s.x_stride + j];
      if (bias != nullptr) sum += bias[r * bias_step];
      float& out = y[r * y_step + v * s.y_vector_step];
      out = s.accumulate ? out + sum : sum;
    }
  }
}

// The rows are cut into as many parts as are read side by side, each from front to back: streams
// that the processor's prefetchers follow. Six rows side by side, one below the other, reached 0.83
// of a plain read's speed on two threads, four streams 0.99.
template <int kVectors>
void AllRows(const DotProductsShape& s, const float* w, const float* x, const float* bias,
             float* y) {
  constexpr int kSumsAtOnce = kLanes == 16 ? 16 : 8;  // of 32 or 16 registers
  constexpr int kStreams = std::clamp(kSumsAtOnce / (kSums * kVectors), 1, 4);
  const int64_t part = s.rows / kStreams;
  const auto block = [&]<int kRows>(int64_t row) {
    Block<kRows, kVectors>(s, part * s.w_stride, w + row * s.w_stride, x, part,
                           bias != nullptr ? bias + row : nullptr, part * s.y_row_step,
                           y + row * s.y_row_step);
  };
  for (int64_t row = 0; row < part; ++row) block.template operator()<kStreams>(row);
  for (int64_t row = part * kStreams; row < s.rows; ++row) block.template operator()<1>(row);
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
