#include "tensor/kernels/vector_math.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "tensor/kernels/kernel_test_util.h"

namespace gokart::kernels {
namespace {

constexpr float kMax = std::numeric_limits<float>::max();

/// The distance of y from the exact value, in units of the last place of the float next to it.
double UlpsApart(float y, double exact) {
  const float rounded = static_cast<float>(exact);
  if (std::isinf(rounded)) return y == rounded ? 0 : (kMax - y) / 0x1p104;
  const int exponent = std::max(rounded == 0 ? -126 : std::ilogb(rounded), -126);
  return std::abs(y - exact) / std::ldexp(1.0, exponent - 23);
}

/// The largest distance over every 1009th float of [lo, hi].
template <typename F, typename G>
double WorstUlps(float lo, float hi, const F& f, const G& exact) {
  double worst = 0;
  for (uint64_t bits = 0; bits < uint64_t{1} << 32; bits += 1009) {
    const float x = std::bit_cast<float>(static_cast<uint32_t>(bits));
    if (!(x >= lo && x <= hi)) continue;
    const double ulps = UlpsApart(f(x), exact(static_cast<double>(x)));
    if (!(ulps <= worst)) worst = ulps;
  }
  return worst;
}

TEST(VectorMathTest, ExpIsExactToTheLastPlace) {
  EXPECT_LT(WorstUlps(-150, 150, Exp, [](double x) { return std::exp(x); }), 1.2);
}

TEST(VectorMathTest, ExpFlushed) {
  EXPECT_LT(WorstUlps(-87.3f, 88, ExpFlushed, [](double x) { return std::exp(x); }), 1.2);
  EXPECT_EQ(ExpFlushed(0.0f), 1.0f);
  EXPECT_EQ(ExpFlushed(-87.4f), 0.0f);
  EXPECT_EQ(ExpFlushed(-1000.0f), 0.0f);
  EXPECT_EQ(ExpFlushed(-kMax), 0.0f);
  EXPECT_EQ(ExpFlushed(-kInfinity), 0.0f);
  EXPECT_TRUE(std::isnan(ExpFlushed(kNan)));
}

TEST(VectorMathTest, ExpAtTheEdges) {
  EXPECT_EQ(Exp(0.0f), 1.0f);
  EXPECT_EQ(Exp(-kInfinity), 0.0f);
  EXPECT_EQ(Exp(-kMax), 0.0f);
  EXPECT_EQ(Exp(-104.0f), 0.0f);
  EXPECT_EQ(Exp(-103.0f), std::numeric_limits<float>::denorm_min());
  EXPECT_LT(Exp(88.72f), kInfinity);
  EXPECT_EQ(Exp(88.73f), kInfinity);
  EXPECT_EQ(Exp(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(Exp(kNan)));
}

TEST(VectorMathTest, LogIsExactToTheLastPlace) {
  EXPECT_LT(WorstUlps(0, kMax, Log, [](double x) { return std::log(x); }), 1.0);
}

TEST(VectorMathTest, LogAtTheEdges) {
  EXPECT_EQ(Log(1.0f), 0.0f);
  EXPECT_EQ(Log(0.0f), -kInfinity);
  EXPECT_EQ(Log(-0.0f), -kInfinity);
  EXPECT_EQ(Log(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(Log(-1.0f)));
  EXPECT_TRUE(std::isnan(Log(-kInfinity)));
  EXPECT_TRUE(std::isnan(Log(kNan)));
}

TEST(VectorMathTest, TanhIsExactToTwoPlaces) {
  EXPECT_LT(WorstUlps(-kMax, kMax, Tanh, [](double x) { return std::tanh(x); }), 3.0);
}

TEST(VectorMathTest, TanhAtTheEdges) {
  EXPECT_EQ(Tanh(0.0f), 0.0f);
  EXPECT_TRUE(std::signbit(Tanh(-0.0f)));
  EXPECT_EQ(Tanh(1e-30f), 1e-30f);
  EXPECT_EQ(Tanh(-kInfinity), -1.0f);
  EXPECT_EQ(Tanh(kInfinity), 1.0f);
  EXPECT_TRUE(std::isnan(Tanh(kNan)));
}

TEST(VectorMathTest, SigmoidIsExactToTwoPlaces) {
  EXPECT_LT(WorstUlps(-87, kMax, Sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }), 3.0);
  EXPECT_EQ(Sigmoid(-kInfinity), 0.0f);
  EXPECT_EQ(Sigmoid(kInfinity), 1.0f);
  EXPECT_TRUE(std::isnan(Sigmoid(kNan)));
}

TEST(VectorMathTest, SigmoidWithSlope) {
  const auto value = [](float x) { return SigmoidWithSlope(x).value; };
  EXPECT_LT(WorstUlps(-87, kMax, value, [](double x) { return 1 / (1 + std::exp(-x)); }), 3.0);
  const auto slope = [](float x) { return SigmoidWithSlope(x).slope; };
  const auto exact_slope = [](double x) {
    const double t = std::exp(-std::abs(x));
    return t / ((1 + t) * (1 + t));
  };
  EXPECT_LT(WorstUlps(-87, 87, slope, exact_slope), 5.0);
  EXPECT_EQ(value(-kInfinity), 0.0f);
  EXPECT_EQ(slope(kInfinity), 0.0f);
  EXPECT_TRUE(std::isnan(value(kNan)) && std::isnan(slope(kNan)));
}

TEST(VectorMathTest, NormalDistribution) {
  const auto distribution = [](float x) { return NormalDistribution(x).distribution; };
  const auto exact_distribution = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
  EXPECT_LT(WorstUlps(-1, kMax, distribution, exact_distribution), 8.0);
  // Further left, the rounding of x^2 / 2 counts: x^2 / 2 units.
  EXPECT_LT(WorstUlps(-5, -1, distribution, exact_distribution), 20.0);
  EXPECT_LT(WorstUlps(-13, -5, distribution, exact_distribution), 100.0);
  const auto density = [](float x) { return NormalDistribution(x).density; };
  const auto exact_density = [](double x) { return std::exp(-x * x / 2) / std::sqrt(2 * M_PI); };
  EXPECT_LT(WorstUlps(-2, 2, density, exact_density), 4.0);
  EXPECT_LT(WorstUlps(-13, 13, density, exact_density), 100.0);
  EXPECT_EQ(distribution(-kInfinity), 0.0f);
  EXPECT_EQ(distribution(kInfinity), 1.0f);
  EXPECT_TRUE(std::isnan(distribution(kNan)));
}

// The same inside a loop of vector code, whose instructions for min, max and comparison differ.
TEST(VectorMathTest, SpecialValuesInVectorLoops) {
  const Floats special = {0.0f,       -0.0f, 1.0f, -1.0f, kInfinity,
                          -kInfinity, kNan,  kMax, -kMax, 1e-40f};
  Floats x, exps(64), logs(64), tanhs(64);
  for (int i = 0; i < 64; ++i) x.push_back(special[i % special.size()]);
#pragma omp simd
  for (int i = 0; i < 64; ++i) {
    exps[i] = Exp(x[i]);
    logs[i] = Log(x[i]);
    tanhs[i] = Tanh(x[i]);
  }
  Doubles exact_exps, exact_logs, exact_tanhs;
  for (const float value : x) {
    exact_exps.push_back(static_cast<float>(std::exp(static_cast<double>(value))));
    exact_logs.push_back(std::log(static_cast<double>(value)));
    exact_tanhs.push_back(std::tanh(static_cast<double>(value)));
  }
  ExpectClose(exps, exact_exps, 1e-6);
  ExpectClose(logs, exact_logs, 1e-6);
  ExpectClose(tanhs, exact_tanhs, 1e-6);
}

}  // namespace
}  // namespace gokart::kernels
