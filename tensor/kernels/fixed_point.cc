#include "tensor/kernels/fixed_point.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace gokart::kernels {
namespace {

// The bits of the largest magnitude. As whole numbers they are in the order of the magnitudes, with
// infinity and then NaN above all numbers.
uint32_t LargestBits(const float* x) {
  uint32_t largest = 0;
#pragma omp simd reduction(max : largest)
  for (int64_t i = 0; i < kFixedBlock; ++i) {
    largest = std::max(largest, std::bit_cast<uint32_t>(x[i]) & 0x7fffffff);
  }
  return largest;
}

void ToFixedBlock(const float* x, FixedBlock& block) {
  constexpr uint32_t kInfinityBits = 0x7f800000;
  const uint32_t largest = LargestBits(x);
  if (largest >= kInfinityBits) {
    block = {.values = {}, .scale = std::numeric_limits<float>::quiet_NaN(), .minus_eight_sums = 0};
    return;
  }
  block.scale = std::max(std::bit_cast<float>(largest) / 32767, kLeastFixedScale);
  const float inverse = 1 / block.scale;
  int32_t sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < kFixedBlock; ++i) {
    const int32_t value = static_cast<int32_t>(std::nearbyint(x[i] * inverse));
    block.values[i] = static_cast<int16_t>(value);
    sum += value;
  }
  block.minus_eight_sums = -8 * sum;
}

}  // namespace

void ToFixedPoint(const float* x, int64_t n, FixedBlock* blocks) {
  const int64_t whole = n / kFixedBlock, rest = n % kFixedBlock;
  for (int64_t b = 0; b < whole; ++b) ToFixedBlock(x + b * kFixedBlock, blocks[b]);
  if (rest == 0) return;
  float padded[kFixedBlock] = {};
  std::copy(x + n - rest, x + n, padded);
  ToFixedBlock(padded, blocks[whole]);
}

}  // namespace gokart::kernels
