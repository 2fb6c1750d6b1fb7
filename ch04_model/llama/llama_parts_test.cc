// What Llama's parts compute, by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "ch04_model/llama/rms_norm.h"
#include "ch04_model/llama/rope_frequencies.h"
#include "ch04_model/llama/swiglu_feed_forward.h"

namespace gokart {
namespace {

TEST(RmsNorm, DividesByTheRootOfTheMeanSquare) {
  RmsNorm norm(2);
  norm.weight = Tensor::FromValues({2}, {2, -10});
  // sqrt((9 + 16) / 2) = 3.5355339
  const Tensor y = norm.Forward(Tensor::FromValues({1, 2}, {3, 4}));
  EXPECT_NEAR(y.data()[0], 2 * 3 / 3.5355339, 1e-5);
  EXPECT_NEAR(y.data()[1], -10 * 4 / 3.5355339, 1e-5);
  const Tensor zero = norm.Forward(Tensor::FromValues({1, 2}, {0, 0}));
  EXPECT_EQ(zero.data()[0], 0);
  EXPECT_THROW(RmsNorm{0}, std::invalid_argument);
}

// Unlike layer normalisation it keeps a common offset: a vector of ones stays one.
TEST(RmsNorm, KeepsTheMean) {
  const Tensor y = RmsNorm(3).Forward(Tensor::FromValues({1, 3}, {5, 5, 5}));
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(y.data()[i], 1, 1e-5);
}

TEST(SwiGluFeedForward, GatesWhatPasses) {
  SwiGluFeedForward ff(1, 2);
  ff.fc1.weight = Tensor::FromValues({2, 1}, {1, -1});
  ff.fc2.weight = Tensor::FromValues({2, 1}, {3, 5});
  ff.fc3.weight = Tensor::FromValues({1, 2}, {10, 100});
  // x = 2: gates silu(2) = 1.7615942 and silu(-2) = -0.2384058; they let pass 6 and 10.
  const Tensor y = ff.Forward(Tensor::FromValues({1, 1}, {2}));
  EXPECT_NEAR(y.data()[0], 10 * 1.7615942 * 6 - 100 * 0.2384058 * 10, 1e-3);
}

// Llama 2: 10000^(-i / 64), from 1 to 1.1547820e-4 (10^(-4 * 63 / 64)).
TEST(RopeFrequencies, AreAGeometricSeries) {
  const std::vector<double> f = RopeFrequencies(128, 10000);
  ASSERT_EQ(f.size(), 64u);
  EXPECT_EQ(f[0], 1);
  EXPECT_NEAR(f[16], 0.1, 1e-12);
  EXPECT_NEAR(f[32], 0.01, 1e-12);
  EXPECT_NEAR(f[63], 1.1547820e-4, 1e-10);
}

// Turns within 8192 tokens at base 500,000 and D = 128: 4.19 for pair 28 and 3.41 for 29; 1.22 for
// pair 34 and 0.997 for 35. So pairs 0..28 stay, 29..34 are mixed, the rest is divided by 8.
TEST(RopeFrequencies, OfLlama31StretchLongWavesOnly) {
  const std::vector<double> plain = RopeFrequencies(128, 500000);
  const std::vector<double> f = RopeFrequencies(128, 500000, RopeScaling());
  for (size_t i = 0; i <= 28; ++i) EXPECT_EQ(f[i], plain[i]) << i;
  for (size_t i = 35; i < 64; ++i) EXPECT_DOUBLE_EQ(f[i], plain[i] / 8) << i;
  // Pair 32: 1 / sqrt(500000) = 0.00141421356; 8192 / (2 pi) times that is 1.8438478 turns, so
  // 0.2812826 of it is kept and the rest divided by 8.
  EXPECT_NEAR(plain[32], 0.00141421356, 1e-11);
  EXPECT_NEAR(f[32], 0.00141421356 * (0.2812826 + 0.7187174 / 8), 1e-9);
  for (size_t i = 1; i < 64; ++i) EXPECT_LT(f[i], f[i - 1]) << "order of speeds kept at " << i;
}

// At the ends of the mixture both sides agree.
TEST(RopeFrequencies, OfLlama31HaveNoJump) {
  const RopeScaling scaling;
  const auto scaled = [&](double turns) {  // a pair with this many turns in 8192 tokens
    const double base = std::pow(8192 / (2 * M_PI * turns), 2);  // pair 1 of D = 4
    return RopeFrequencies(4, base, scaling)[1] / RopeFrequencies(4, base)[1];
  };
  EXPECT_NEAR(scaled(4.001), 1, 1e-9);
  EXPECT_NEAR(scaled(3.999), 1, 1e-3);
  EXPECT_NEAR(scaled(1.001), 1.0 / 8, 1e-3);
  EXPECT_NEAR(scaled(0.999), 1.0 / 8, 1e-9);
  EXPECT_NEAR(scaled(2.5), 0.5 * (1 + 1.0 / 8), 1e-9);
}

TEST(RopeFrequencies, RefusesWhatMakesNoSense) {
  EXPECT_THROW(RopeFrequencies(3, 10000), std::invalid_argument);
  EXPECT_THROW(RopeFrequencies(0, 10000), std::invalid_argument);
  EXPECT_THROW(RopeFrequencies(4, 0.5), std::invalid_argument);
  EXPECT_THROW(RopeFrequencies(4, 1e4, RopeScaling{.factor = 0}), std::invalid_argument);
  EXPECT_THROW(RopeFrequencies(4, 1e4, RopeScaling{.low_freq_factor = 4}), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
