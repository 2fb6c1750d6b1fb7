// Vectors as 16-bit whole numbers with a scale for each block of 32, for products with weights that
// are whole numbers themselves: those are then sums of whole numbers, which are exact.
//
//   std::vector<FixedBlock> x16(FixedBlocks(n));
//   ToFixedPoint(x, n, x16.data());         // x[32 b + i] is about x16[b].scale * x16[b].values[i]
#ifndef GOKART_TENSOR_KERNELS_FIXED_POINT_H_
#define GOKART_TENSOR_KERNELS_FIXED_POINT_H_

#include <cstdint>

namespace gokart::kernels {

inline constexpr int64_t kFixedBlock = 32;

/// No scale is smaller, so that it and its products with weights' scales are normal numbers. What
/// is smaller than half of it, 4e-31, becomes zero.
inline constexpr float kLeastFixedScale = 0x1p-100f;

struct FixedBlock {
  int16_t values[kFixedBlock];  ///< in [-32767, 32767]
  float scale;
  int32_t minus_eight_sums;  ///< -8 * the sum of the values: sum (q - 8) v = sum q v + this
};

/// How many blocks n numbers take.
constexpr int64_t FixedBlocks(int64_t n) { return (n + kFixedBlock - 1) / kFixedBlock; }

/// x[n], the last block filled up with zeros. A block's largest magnitude becomes 32767, so that no
/// number is off by more than 1.53e-5 of it (half a scale). A block with an infinity or a NaN
/// becomes zeros times NaN: every product with it is NaN.
void ToFixedPoint(const float* x, int64_t n, FixedBlock* blocks);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_FIXED_POINT_H_
