#include "tensor/kernels/rope.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace gokart::kernels {
namespace {

std::vector<float> Numbers(int64_t n) {
  std::vector<float> x(n);
  for (int64_t i = 0; i < n; ++i) x[i] = static_cast<float>((i * 37 + 11) % 19) - 9;
  return x;
}

TEST(Rope, TurnsPairsOfTheTwoHalves) {
  for (const int64_t D : {2, 6, 16, 34}) {
    const int64_t B = 2, T = 5, H = 3;
    const int64_t first[] = {0, 100000};
    const std::vector<float> x = Numbers(B * T * H * D);
    std::vector<float> y(x.size());
    Rope({B, T, H, D, 10000, first}, RopeTurn::kForward, x.data(), y.data(), false);
    for (int64_t b = 0; b < B; ++b) {
      for (int64_t t = 0; t < T; ++t) {
        for (int64_t h = 0; h < H; ++h) {
          const int64_t at = ((b * T + t) * H + h) * D;
          for (int64_t i = 0; i < D / 2; ++i) {
            const double angle = (first[b] + t) / std::pow(10000, 2.0 * i / D);
            const double a = x[at + i], c = x[at + i + D / 2];
            ASSERT_NEAR(y[at + i], a * std::cos(angle) - c * std::sin(angle), 2e-6);
            ASSERT_NEAR(y[at + i + D / 2], c * std::cos(angle) + a * std::sin(angle), 2e-6);
          }
        }
      }
    }
  }
}

TEST(Rope, TurnsByFrequenciesThatAreGiven) {
  const int64_t B = 1, T = 4, H = 2, D = 6;
  const double frequencies[] = {1.25, 0.5, -0.03};
  const std::vector<float> x = Numbers(B * T * H * D);
  std::vector<float> y(x.size());
  Rope({.batch = B, .tokens = T, .heads = H, .head_dim = D, .base = 10, .frequencies = frequencies},
       RopeTurn::kForward, x.data(), y.data(), false);
  for (int64_t t = 0; t < T; ++t) {
    for (int64_t h = 0; h < H; ++h) {
      const int64_t at = (t * H + h) * D;
      for (int64_t i = 0; i < D / 2; ++i) {
        const double angle = static_cast<double>(t) * frequencies[i];
        const double a = x[at + i], c = x[at + i + D / 2];
        ASSERT_NEAR(y[at + i], a * std::cos(angle) - c * std::sin(angle), 2e-6);
        ASSERT_NEAR(y[at + i + D / 2], c * std::cos(angle) + a * std::sin(angle), 2e-6);
      }
    }
  }
}

TEST(Rope, TurnsBackInPlaceAndAdds) {
  const RopeShape shape = {1, 9, 2, 8, 500};
  const std::vector<float> x = Numbers(9 * 2 * 8);
  std::vector<float> y = x, sum(x.size(), 3);
  Rope(shape, RopeTurn::kForward, y.data(), y.data(), false);
  EXPECT_GT(std::abs(y[16] - x[16]), 0.1);
  Rope(shape, RopeTurn::kBack, y.data(), sum.data(), true);
  for (size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(sum[i], x[i] + 3, 5e-6);
}

}  // namespace
}  // namespace gokart::kernels
