// Exp, Log, Tanh and friends without branches or table look-ups, so that the compiler turns a loop
// of them into vector code, whatever the width (AVX-512, AVX2, SSE2). libm's are calls, one number
// at a time.
//
//   #pragma omp simd
//   for (int64_t i = 0; i < n; ++i) y[i] = Exp(x[i]);
//
// The usual plan: reduce the argument to a short interval, where a polynomial of low degree is
// exact to a fraction of the last bit, and put the result together from the bits of the exponent.
// The coefficients come from the Remez exchange algorithm for the weighted (relative) error on that
// interval.
#ifndef GOKART_TENSOR_KERNELS_VECTOR_MATH_H_
#define GOKART_TENSOR_KERNELS_VECTOR_MATH_H_

#include <bit>
#include <cstdint>
#include <limits>

namespace gokart::kernels {

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// |x|.
inline float Magnitude(float x) {
  return std::bit_cast<float>(std::bit_cast<uint32_t>(x) & 0x7fffffffu);
}

/// e^x = 2^n e^r with an integer n and |r| <= ln(2) / 2 (and a little), for |x| < 2^21.
struct ExpArgument {
  float r;
  /// The lowest bits are those of n + 127, the exponent field of 2^n: `n_bits << 23` is the float
  /// 2^n for n in [-126, 127], and 0 for n = -127.
  uint32_t n_bits;

  float PowerOfTwo() const { return std::bit_cast<float>(n_bits << 23); }
};
inline ExpArgument ReduceExpArgument(float x) {
  // Numbers around 1.5 * 2^23 have no fraction bits left: adding it rounds, and n stands in the low
  // bits.
  constexpr float kRound = 12582912.0f + 127.0f;
  const float shifted = x * 1.44269504f + kRound;
  const float n = shifted - kRound;
  // ln 2 in two parts; n times the first is exact.
  float r = x - n * 0x1.62e4p-1f;
  r = r - n * 0x1.7f7d1cp-20f;
  return {r, std::bit_cast<uint32_t>(shifted)};
}

/// e^r for |r| <= ln(2) / 2: 1 + r + r^2 q(r), relative error 3.1e-9.
inline float ExpPolynomial(float r) {
  float p = 0x1.6a2256p-10f;
  p = p * r + 0x1.123b02p-7f;
  p = p * r + 0x1.5558f8p-5f;
  p = p * r + 0x1.55549p-3f;
  p = p * r + 0x1.fffffcp-2f;
  p = p * r + 1.0f;
  return p * r + 1.0f;
}

/// e^x within 1.2 ulp. 0 below -104 (denormals are right), infinity above 88.73, NaN for NaN.
inline float Exp(float x) {
  const ExpArgument a = ReduceExpArgument(x);
  // 2^n in two factors, because alone it may be too large or small for a float when e^x is not.
  const uint32_t n = a.n_bits - 127 - std::bit_cast<uint32_t>(12582912.0f);
  const uint32_t half = static_cast<uint32_t>(static_cast<int32_t>(n) >> 1);
  const float low = std::bit_cast<float>((half + 127) << 23);
  const float high = std::bit_cast<float>((n - half + 127) << 23);
  const float y = ExpPolynomial(a.r) * low * high;
  return x < -104.0f ? 0.0f : (x > 88.8f ? kInfinity : y);
}

/// e^x within 1.2 ulp for x <= 88, with 0 for results below 2^-126 (x < -87.3): half the
/// instructions of Exp. For softmax, whose arguments are at most 0. NaN for NaN.
inline float ExpFlushed(float x) {
  const ExpArgument a = ReduceExpArgument(x);
  const float y = ExpPolynomial(a.r) * a.PowerOfTwo();
  return x < -87.3f ? 0.0f : y;
}

/// The sigmoid s = 1 / (1 + e^-x) with its derivative s (1 - s), from t = e^-|x|, which does not
/// overflow: 1 - s would cancel where s is nearly 1. Below x = -87.3 both are 0.
struct SigmoidValues {
  float value;
  float slope;
};
inline SigmoidValues SigmoidWithSlope(float x) {
  const float t = ExpFlushed(-Magnitude(x));
  const float s = 1.0f / (1.0f + t);
  const float small = t * s;
  return {x < 0.0f ? small : s, small * s};
}

/// The sigmoid alone.
inline float Sigmoid(float x) {
  const float t = ExpFlushed(-Magnitude(x));
  return (x < 0.0f ? t : 1.0f) / (1.0f + t);
}

/// tanh(x) = m / (m + 2) with m = e^{2 |x|} - 1, within 3 ulp.
inline float Tanh(float x) {
  const float magnitude = Magnitude(x);
  const float limited = magnitude > 10.0f ? 10.0f : magnitude;  // tanh(10) rounds to 1
  const ExpArgument a = ReduceExpArgument(2.0f * limited);
  // e^r - 1 = r + r^2 q(r), relative error 1.3e-8, so that m is exact for small x, too.
  float q = 0x1.6bebdep-10f;
  q = q * a.r + 0x1.122886p-7f;
  q = q * a.r + 0x1.555676p-5f;
  q = q * a.r + 0x1.5554aep-3f;
  q = q * a.r + 0x1.fffffep-2f;
  const float p = a.r + a.r * a.r * q;
  const float scale = a.PowerOfTwo();
  const float m = scale * p + (scale - 1.0f);
  const float result = m / (m + 2.0f);
  const uint32_t sign = std::bit_cast<uint32_t>(x) & 0x80000000u;
  return std::bit_cast<float>(std::bit_cast<uint32_t>(result) | sign);
}

/// ln(x) within 1 ulp; -infinity at 0, NaN below.
inline float Log(float x) {
  constexpr float kSmallestNormal = std::numeric_limits<float>::min();
  const bool denormal = x < kSmallestNormal;
  const float scaled = denormal ? x * 0x1p23f : x;
  // x = 2^e (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)).
  constexpr uint32_t kSqrtHalf = 0x3f3504f3;
  const uint32_t bits = std::bit_cast<uint32_t>(scaled) - kSqrtHalf;
  const float e = static_cast<float>((static_cast<int32_t>(bits) >> 23) - (denormal ? 23 : 0));
  const float f = std::bit_cast<float>((bits & 0x7fffff) + kSqrtHalf) - 1.0f;
  // ln(1 + f) = f - f^2 / 2 + f^3 q(f), relative error 7.5e-10.
  float q = 0x1.144c12p-4f;
  q = q * f + -0x1.de4104p-4f;
  q = q * f + 0x1.e6f7fap-4f;
  q = q * f + -0x1.fc21dcp-4f;
  q = q * f + 0x1.2336eep-3f;
  q = q * f + -0x1.555c4ap-3f;
  q = q * f + 0x1.99a4bap-3f;
  q = q * f + -0x1.000006p-2f;
  q = q * f + 0x1.555548p-2f;
  const float f2 = f * f;
  float y = f * f2 * q + e * 0x1.7f7d1cp-20f;
  y = y - 0.5f * f2;
  y = (f + y) + e * 0x1.62e4p-1f;
  y = x < kInfinity ? y : x;  // also NaN
  return x > 0.0f ? y : (x == 0.0f ? -kInfinity : std::numeric_limits<float>::quiet_NaN());
}

/// The standard normal distribution at x: its density phi(x) and distribution function Phi(x), both
/// with small relative error also far out on the left.
struct NormalValues {
  float density;
  float distribution;
};
inline NormalValues NormalDistribution(float x) {
  const float z = Magnitude(x);
  const float gauss = ExpFlushed(-0.5f * x * x);
  // Phi(-z) e^{z^2 / 2} is smooth: a polynomial in t = 1 / (1 + 0.28 z), relative error 5.6e-8 up
  // to z = 14.5, where the density is no longer a float.
  const float t = 1.0f / (1.0f + 0.28f * z);
  float q = 0x1.79bfbp-6f;
  q = q * t + -0x1.5acafp-4f;
  q = q * t + 0x1.28f5cap-4f;
  q = q * t + 0x1.21d6d2p-6f;
  q = q * t + 0x1.c664f4p-5f;
  q = q * t + 0x1.753f92p-4f;
  q = q * t + 0x1.9e6c7cp-4f;
  q = q * t + 0x1.ca963cp-4f;
  q = q * t + 0x1.c97ac8p-4f;
  const float tail = gauss * (t * q);
  return {0.398942280f * gauss, x < 0.0f ? tail : 1.0f - tail};
}

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_VECTOR_MATH_H_
