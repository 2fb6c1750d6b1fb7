#include "tensor/box_muller.h"

#include <bit>
#include <cmath>
#include <cstdint>

// Every product followed by a sum is spelled out as std::fma or can't be fused, so that the result
// doesn't depend on the compiler's own choice of contractions.

namespace gokart {
namespace {

constexpr int kPairs = 8;

// ln(x) for normal x > 0: x = m 2^e with m on [sqrt(1/2), sqrt(2)), ln(x) = ln(m) + e ln(2), where
// ln(2) = 0.693359375 - 2.12194440e-4 is split in two so that the product with e is exact.
inline float Log(float x) {
  constexpr float kSqrtHalf = 0.707106781186547524f;
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  const float half = std::bit_cast<float>((bits & 0x007fffffu) | 0x3f000000u);  // on [1/2, 1)
  const bool small = half < kSqrtHalf;
  const float e = static_cast<float>(static_cast<int>(bits >> 23) - (small ? 127 : 126));
  const float m = (half - 1.0f) + (small ? half : 0.0f);  // the polynomial's variable, m - 1
  const float m2 = m * m;
  float y = 7.0376836292e-2f;
  y = std::fma(y, m, -1.1514610310e-1f);
  y = std::fma(y, m, 1.1676998740e-1f);
  y = std::fma(y, m, -1.2420140846e-1f);
  y = std::fma(y, m, 1.4249322787e-1f);
  y = std::fma(y, m, -1.6668057665e-1f);
  y = std::fma(y, m, 2.0000714765e-1f);
  y = std::fma(y, m, -2.4999993993e-1f);
  y = std::fma(y, m, 3.3333331174e-1f);
  y = std::fma(y * m, m2, e * -2.12194440e-4f);
  y = std::fma(-0.5f, m2, y);
  return std::fma(e, 0.693359375f, m + y);
}

// x with its sign changed if bit 2 of `octant` is set: a sine's is for angles from pi to 2 pi.
inline float FlipSign(float x, int octant) {
  return std::bit_cast<float>(std::bit_cast<uint32_t>(x) ^ static_cast<uint32_t>(octant & 4) << 29);
}

// sin(x) and cos(x) for 0 <= x < 8192: x minus a multiple of pi/2 (given as three floats for more
// digits) lies on [-pi/4, pi/4]; which multiple decides about the exchange and the signs.
inline void SinCos(float x, float* sin, float* cos) {
  constexpr float kFourOverPi = 1.27323954473516f;
  const int octant = (static_cast<int>(x * kFourOverPi) + 1) & ~1;
  const float turns = static_cast<float>(octant);
  x = std::fma(turns, -0.78515625f, x);
  x = std::fma(turns, -2.4187564849853515625e-4f, x);
  x = std::fma(turns, -3.77489497744594108e-8f, x);
  const float x2 = x * x;
  float c = std::fma(2.443315711809948e-5f, x2, -1.388731625493765e-3f);
  c = std::fma(c, x2, 4.166664568298827e-2f);
  c = std::fma(c * x2, x2, x2 * -0.5f) + 1.0f;
  float s = std::fma(-1.9515295891e-4f, x2, 8.3321608736e-3f);
  s = std::fma(s, x2, -1.6666654611e-1f);
  s = std::fma(s * x2, x, x);
  const bool exchange = (octant & 2) != 0;
  const float sin_size = exchange ? c : s;
  const float cos_size = exchange ? s : c;
  *sin = FlipSign(sin_size, octant);
  *cos = FlipSign(cos_size, octant + 2);
}

}  // namespace

void BoxMuller16(float* x, float mean, float std) {
  constexpr float kTwoPi = 6.283185307179586f;
  for (int j = 0; j < kPairs; ++j) {
    const float u1 = 1.0f - x[j];
    const float u2 = x[j + kPairs];
    const float radius = std::sqrt(-2.0f * Log(u1));
    float sin, cos;
    SinCos(kTwoPi * u2, &sin, &cos);
    x[j] = std::fma(radius * cos, std, mean);
    x[j + kPairs] = std::fma(radius * sin, std, mean);
  }
}

}  // namespace gokart
