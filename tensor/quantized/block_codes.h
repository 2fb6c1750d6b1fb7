// One block of weights in, its scale and codes out: the choices that a format leaves open.
#ifndef GOKART_TENSOR_QUANTIZED_BLOCK_CODES_H_
#define GOKART_TENSOR_QUANTIZED_BLOCK_CODES_H_

#include <array>
#include <bit>
#include <cstdint>
#include <span>

namespace gokart {

/// Rounded to the nearest, ties to even, too large ones to infinity.
inline uint16_t ToFloat16(float x) { return std::bit_cast<uint16_t>(static_cast<_Float16>(x)); }
inline float FromFloat16(uint16_t bits) {
  return static_cast<float>(std::bit_cast<_Float16>(bits));
}
/// The same for bfloat16; NaN stays NaN.
uint16_t ToBFloat16(float x);

inline constexpr int64_t kScaledBlock = 32;  ///< weights in a block of q8 and q4
inline constexpr int64_t kNormalBlock = 64;  ///< weights in a block of NF4

struct Q8Block {
  uint16_t scale;  ///< d as a float16
  std::array<int8_t, kScaledBlock> codes;
};
/// d = max |w| / 127, q = round(w / d), before d is rounded to float16, as ggml does.
Q8Block QuantizeQ8(std::span<const float, kScaledBlock> w);

struct Q4Block {
  uint16_t scale;
  std::array<uint8_t, kScaledBlock> codes;  ///< q in [0, 15]; w = d (q - 8)
};
/// Of several ways to round, the one whose best d leaves the smallest sum of squared errors: w is
/// divided by trial scales around those that bring the largest weight to -8, or to 7 or 8, and
/// rounded; for the resulting q' = q - 8 the best d is sum(w q') / sum(q'^2). For normal
/// weights that sum is an eighth smaller than with ggml's single choice, d = -(the weight of
/// largest magnitude) / 8.
Q4Block QuantizeQ4(std::span<const float, kScaledBlock> w);

/// The index of the NF4 number that is nearest to x.
uint8_t NearestNormalFloat4(float x);

}  // namespace gokart

#endif  // GOKART_TENSOR_QUANTIZED_BLOCK_CODES_H_
