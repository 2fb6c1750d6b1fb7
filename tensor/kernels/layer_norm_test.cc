#include "tensor/kernels/layer_norm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "tensor/kernels/kernel_test_util.h"

namespace gokart::kernels {
namespace {

constexpr double kEps = 1e-5;

/// Both norms in double, straight from the definition; null scale or shift as an empty vector.
struct Exact {
  Doubles y, mean, rstd, dx, dscale, dshift;

  Exact(Matrix size, bool centered, const Floats& x, const Floats& scale, const Floats& shift,
        const Floats& dy)
      : y(x.size()),
        mean(size.rows),
        rstd(size.rows),
        dx(x.size()),
        dscale(size.c),
        dshift(size.c) {
    const auto [rows, c] = size;
    for (int64_t r = 0; r < rows; ++r) {
      double sum = 0, squares = 0;
      for (int64_t j = 0; j < c; ++j) sum += x[r * c + j];
      mean[r] = centered ? sum / c : 0;
      for (int64_t j = 0; j < c; ++j) squares += std::pow(x[r * c + j] - mean[r], 2);
      rstd[r] = 1 / std::sqrt(squares / c + kEps);
      double sum_g = 0, sum_g_xhat = 0;
      for (int64_t j = 0; j < c; ++j) {
        const int64_t i = r * c + j;
        const double xhat = (x[i] - mean[r]) * rstd[r], g = dy[i] * At(scale, j, 1);
        y[i] = xhat * At(scale, j, 1) + At(shift, j, 0);
        dscale[j] += dy[i] * xhat;
        dshift[j] += dy[i];
        sum_g += g;
        sum_g_xhat += g * xhat;
      }
      if (!centered) sum_g = 0;
      for (int64_t j = 0; j < c; ++j) {
        const int64_t i = r * c + j;
        const double xhat = (x[i] - mean[r]) * rstd[r];
        dx[i] = rstd[r] * (dy[i] * At(scale, j, 1) - sum_g / c - xhat * sum_g_xhat / c);
      }
    }
  }

  static double At(const Floats& values, int64_t j, double otherwise) {
    return values.empty() ? otherwise : values[j];
  }
};

Doubles Plus(double value, Doubles x) {
  for (double& entry : x) entry += value;
  return x;
}

const float* OrNull(const Floats& values) { return values.empty() ? nullptr : values.data(); }

/// Tolerance: rows of one entry have rstd = 316, which multiplies rounding errors.
double Tolerance(Matrix size) { return size.c < 4 ? 1e-3 : 1e-5; }

void CheckLayerNorm(Matrix size, bool with_scale, bool with_shift) {
  const auto [rows, c] = size;
  const Floats x = RandomFloats(rows * c, 1), dy = RandomFloats(rows * c, 2);
  const Floats scale = with_scale ? RandomFloats(c, 3) : Floats();
  const Floats shift = with_shift ? RandomFloats(c, 4) : Floats();
  const Exact exact(size, true, x, scale, shift, dy);
  Floats y(rows * c, kNan), mean(rows, kNan), rstd(rows, kNan), in_place = x;
  LayerNormForward(rows, c, kEps, x.data(), OrNull(scale), OrNull(shift), y.data(), mean.data(),
                   rstd.data());
  LayerNormForward(rows, c, kEps, in_place.data(), OrNull(scale), OrNull(shift), in_place.data(),
                   mean.data(), rstd.data());
  ExpectClose(y, exact.y, Tolerance(size) / 3);
  ExpectClose(in_place, exact.y, Tolerance(size) / 3);
  ExpectClose(mean, exact.mean, 3e-7);
  ExpectClose(rstd, exact.rstd, Tolerance(size) / 3);

  const double sums_tolerance = Tolerance(size) * std::sqrt(1.0 + rows);
  Floats dx(rows * c, kNan), dscale(c, kNan), dshift(c, kNan);
  LayerNormBackward(rows, c, x.data(), OrNull(scale), mean.data(), rstd.data(), dy.data(),
                    dx.data(), false, dscale.data(), false, dshift.data(), false);
  ExpectClose(dx, exact.dx, Tolerance(size));
  ExpectClose(dscale, exact.dscale, sums_tolerance);
  ExpectClose(dshift, exact.dshift, sums_tolerance);
  dx = dy;  // in place, and added to the others
  dscale.assign(c, 3.0f);
  dshift.assign(c, -5.0f);
  LayerNormBackward(rows, c, x.data(), OrNull(scale), mean.data(), rstd.data(), dx.data(),
                    dx.data(), false, dscale.data(), true, dshift.data(), true);
  ExpectClose(dx, exact.dx, Tolerance(size));
  ExpectClose(dscale, Plus(3, exact.dscale), sums_tolerance);
  ExpectClose(dshift, Plus(-5, exact.dshift), sums_tolerance);
}

TEST(LayerNormTest, MatchesTheDefinitionAtAllSizes) {
  for (const Matrix size : MatrixSizes()) CheckLayerNorm(size, true, true);
}

TEST(LayerNormTest, WithoutScaleOrShift) {
  for (const Matrix size : {Matrix{5, 37}, Matrix{40, 16}}) {
    CheckLayerNorm(size, false, false);
    CheckLayerNorm(size, true, false);
    CheckLayerNorm(size, false, true);
  }
}

TEST(LayerNormTest, EachGradientAlone) {
  const int64_t rows = 21, c = 35;
  const Floats x = RandomFloats(rows * c, 1), dy = RandomFloats(rows * c, 2),
               scale = RandomFloats(c, 3);
  const Exact exact({rows, c}, true, x, scale, {}, dy);
  const Floats mean(exact.mean.begin(), exact.mean.end()),
      rstd(exact.rstd.begin(), exact.rstd.end());
  Floats dx(rows * c, 7.0f), dscale(c, kNan), dshift(c, kNan);
  LayerNormBackward(rows, c, x.data(), scale.data(), mean.data(), rstd.data(), dy.data(), dx.data(),
                    true, nullptr, false, nullptr, false);
  ExpectClose(dx, Plus(7, exact.dx), 1e-6);
  LayerNormBackward(rows, c, x.data(), scale.data(), mean.data(), rstd.data(), dy.data(), nullptr,
                    false, dscale.data(), false, nullptr, false);
  ExpectClose(dscale, exact.dscale, 1e-5);
  LayerNormBackward(rows, c, x.data(), scale.data(), mean.data(), rstd.data(), dy.data(), nullptr,
                    false, nullptr, false, dshift.data(), false);
  ExpectClose(dshift, exact.dshift, 1e-5);
}

// [1, 2, 3, 4]: mean 2.5, variance 1.25, so 1.5 / sqrt(1.25) = 1.3416408.
TEST(LayerNormTest, ByHand) {
  const Floats x = {1, 2, 3, 4};
  Floats y(4), mean(1), rstd(1);
  LayerNormForward(1, 4, 0, x.data(), nullptr, nullptr, y.data(), mean.data(), rstd.data());
  ExpectClose(y, {-1.3416408, -0.4472136, 0.4472136, 1.3416408}, 1e-7);
  // mean of squares 7.5: 1 / sqrt(7.5) = 0.3651484.
  RmsNormForward(1, 4, 0, x.data(), nullptr, y.data(), rstd.data());
  ExpectClose(y, {0.3651484, 0.7302967, 1.0954451, 1.4605935}, 1e-7);
}

// E[x^2] - E[x]^2 would lose every digit of this variance, and one rounding of the mean most of
// them.
TEST(LayerNormTest, VarianceOfNumbersFarFromZero) {
  const int64_t c = 768;
  Floats x = RandomFloats(c, 1, -1, 1);
  for (float& entry : x) entry += 10000;  // rounds the entries, too: the twin sees the same ones
  const Floats dy(c, 0.0f);
  const Exact exact({1, c}, true, x, {}, {}, dy);
  Floats y(c), mean(1), rstd(1);
  LayerNormForward(1, c, kEps, x.data(), nullptr, nullptr, y.data(), mean.data(), rstd.data());
  EXPECT_NEAR(rstd[0] / exact.rstd[0], 1, 1e-6);
  EXPECT_NEAR(mean[0], exact.mean[0], 5e-4);  // half a unit of the last place of 10000
  ExpectClose(y, exact.y, 1e-3);
}

// Two neighbouring floats in turns. Their mean is no float, so the deviations from its rounded
// value are 0 and 1/1024 and their mean square is twice the variance, 1/2048^2.
TEST(LayerNormTest, VarianceIsRightWhereTheMeanIsNoFloat) {
  const int64_t c = 64;
  Floats x(c, 10000.0f), y(c), mean(1), rstd(1);
  for (int64_t i = 0; i < c; i += 2) x[i] = std::nextafter(10000.0f, 20000.0f);
  LayerNormForward(1, c, 0, x.data(), nullptr, nullptr, y.data(), mean.data(), rstd.data());
  EXPECT_NEAR(rstd[0], 2048, 0.1);
}

TEST(LayerNormTest, ConstantRowGivesTheShift) {
  const Floats x(50, 3.7f), scale(50, 2.0f), shift(50, 0.25f);
  Floats y(50), mean(1), rstd(1);
  LayerNormForward(1, 50, 1e-5f, x.data(), scale.data(), shift.data(), y.data(), mean.data(),
                   rstd.data());
  ExpectClose(y, Doubles(50, 0.25), 1e-6);
  EXPECT_NEAR(rstd[0], 316.2278, 1e-2);
}

TEST(LayerNormTest, NanSpoilsItsRowOnly) {
  const int64_t c = 33;
  Floats x = RandomFloats(3 * c, 1), y(3 * c), mean(3), rstd(3);
  x[c + 20] = kNan;
  LayerNormForward(3, c, kEps, x.data(), nullptr, nullptr, y.data(), mean.data(), rstd.data());
  for (int64_t i = 0; i < 3 * c; ++i) EXPECT_EQ(std::isnan(y[i]), i / c == 1) << i;
}

TEST(RmsNormTest, MatchesTheDefinitionAtAllSizes) {
  for (const Matrix size : MatrixSizes()) {
    const auto [rows, c] = size;
    const Floats x = RandomFloats(rows * c, 1), dy = RandomFloats(rows * c, 2);
    const Floats scale = c % 2 == 0 ? Floats() : RandomFloats(c, 3);
    const Exact exact(size, false, x, scale, {}, dy);
    Floats y(rows * c, kNan), rstd(rows, kNan), dx(rows * c, kNan), dscale(c, 3.0f);
    RmsNormForward(rows, c, kEps, x.data(), OrNull(scale), y.data(), rstd.data());
    ExpectClose(y, exact.y, 1e-6);
    ExpectClose(rstd, exact.rstd, 1e-6);
    RmsNormBackward(rows, c, x.data(), OrNull(scale), rstd.data(), dy.data(), dx.data(), false,
                    dscale.data(), true);
    ExpectClose(dx, exact.dx, Tolerance(size));
    ExpectClose(dscale, Plus(3, exact.dscale), 1e-5 * std::sqrt(1.0 + rows));
    dx.assign(rows * c, 7.0f);
    RmsNormBackward(rows, c, x.data(), OrNull(scale), rstd.data(), dy.data(), dx.data(), true,
                    nullptr, false);
    ExpectClose(dx, Plus(7, exact.dx), Tolerance(size));
  }
}

TEST(LayerNormTest, SameBitsForAnyThreads) {
  for (const Matrix size : {Matrix{1031, 37}, Matrix{300, 768}, Matrix{5, 10007}}) {
    const auto [rows, c] = size;
    const Floats x = RandomFloats(rows * c, 1), dy = RandomFloats(rows * c, 2);
    const Floats scale = RandomFloats(c, 3), shift = RandomFloats(c, 4);
    ExpectSameBitsForAnyThreads([&, rows = rows, c = c] {
      Floats y(rows * c), mean(rows), rstd(rows), dx(rows * c), dscale(c), dshift(c);
      LayerNormForward(rows, c, kEps, x.data(), scale.data(), shift.data(), y.data(), mean.data(),
                       rstd.data());
      LayerNormBackward(rows, c, x.data(), scale.data(), mean.data(), rstd.data(), dy.data(),
                        dx.data(), false, dscale.data(), false, dshift.data(), false);
      return Joined(Joined(y, dx), Joined(dscale, dshift));
    });
  }
}

}  // namespace
}  // namespace gokart::kernels
