// Layer normalisation: the workshop's numbers, and the formula in double precision.
#include "ch04_model/layer_norm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "ch03_attention/published_numbers.h"
#include "tensor/nn/linear.h"
#include "tensor/ops/arithmetic.h"
#include "tensor/ops/reduce.h"
#include "tensor/ops/unary.h"
#include "tensor/random.h"

namespace gokart {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatNear;

Tensor Randn(const Shape& shape) {
  Tensor x = Tensor::Empty(shape);
  GlobalGenerator().Normal(x.mutable_data(), x.size());
  return x;
}

// scale * (x - mean) / sqrt(variance + eps) + shift for each row.
std::vector<double> SlowLayerNorm(const Tensor& x, const Tensor& scale, const Tensor& shift,
                                  double eps) {
  const int64_t c = x.dim(-1);
  std::vector<double> y;
  for (int64_t row = 0; row < x.size() / c; ++row) {
    const float* values = x.data() + row * c;
    double mean = 0, variance = 0;
    for (int64_t i = 0; i < c; ++i) mean += values[i] / double(c);
    for (int64_t i = 0; i < c; ++i) variance += (values[i] - mean) * (values[i] - mean) / double(c);
    for (int64_t i = 0; i < c; ++i) {
      y.push_back(scale.data()[i] * (values[i] - mean) / std::sqrt(variance + eps) +
                  shift.data()[i]);
    }
  }
  return y;
}

// Section 4.2: the outputs of a small layer, normalised by hand with the unbiased variance, which
// is PyTorch's default, and by the class with the biased one.
TEST(LayerNormForward, GivesTheWorkshopsExample) {
  ManualSeed(123);
  const Tensor x = Randn({2, 5});
  const Linear linear(5, 6);
  const Tensor out = ops::Relu(linear.Forward(x));
  EXPECT_EQ(DifferenceFromPublished(out, {0.2260, 0.3470, 0.0000, 0.2216, 0.0000, 0.0000,  //
                                          0.2133, 0.2394, 0.0000, 0.5198, 0.3297, 0.0000}),
            "");
  const Tensor mean = ops::Mean(out, -1, /*keep_axis=*/true);
  EXPECT_EQ(DifferenceFromPublished(mean, {0.1324, 0.2170}), "");
  const Tensor variance = ops::Sum(ops::Square(out - mean), -1, /*keep_axis=*/true) / 5.0f;
  EXPECT_EQ(DifferenceFromPublished(variance, {0.0231, 0.0398}), "");
  const Tensor normalised = (out - mean) / ops::Sqrt(variance);
  EXPECT_EQ(
      DifferenceFromPublished(normalised, {0.6159, 1.4126, -0.8719, 0.5872, -0.8719, -0.8719,  //
                                           -0.0189, 0.1121, -1.0876, 1.5173, 0.5647, -1.0876}),
      "");

  const Tensor y = LayerNorm(5).Forward(x);
  const Tensor y_mean = ops::Mean(y, -1, true);
  EXPECT_THAT(y_mean.values(), Each(FloatNear(0, 1e-6f)));
  const Tensor y_variance = ops::Mean(ops::Square(y - y_mean), -1);
  EXPECT_THAT(y_variance.values(), Each(FloatNear(1, 1e-4f)));
}

TEST(LayerNormForward, FollowsTheFormulaWithScaleAndShift) {
  ManualSeed(7);
  LayerNorm norm(17);
  norm.scale = Randn({17});
  norm.shift = Randn({17});
  const Tensor x = Randn({2, 3, 17});
  const Tensor y = norm.Forward(x);
  EXPECT_EQ(y.shape(), x.shape());
  const std::vector<double> expected = SlowLayerNorm(x, norm.scale, norm.shift, 1e-5);
  for (int64_t i = 0; i < y.size(); ++i) {
    ASSERT_NEAR(y.data()[i], expected[i], 1e-5)
        << "y [2, 3, 17], number " << i % 17 << " of vector " << i / 17;
  }
}

// eps is what a vector of tiny numbers is divided by: without it, it would become large.
TEST(LayerNormForward, KeepsTinyNumbersSmall) {
  const LayerNorm norm(4);
  EXPECT_THAT(norm.Forward(Tensor::Full({4}, 3)).values(), Each(0));
  const Tensor tiny = norm.Forward(Tensor::FromValues({4}, {1e-4f, -1e-4f, 0, 0}));
  EXPECT_NEAR(tiny.data()[0], 1e-4 / std::sqrt(0.5e-8 + 1e-5), 1e-6);
}

TEST(LayerNorm, HasTwoParameters) {
  const LayerNorm norm(3);
  std::vector<std::string> names;
  for (const NamedTensor& parameter : norm.NamedParameters()) names.push_back(parameter.name);
  EXPECT_THAT(names, ElementsAre("scale", "shift"));
  EXPECT_THAT(norm.scale.values(), Each(1));
  EXPECT_THAT(norm.shift.values(), Each(0));
  EXPECT_TRUE(norm.scale.requires_grad() && norm.shift.requires_grad());
}

TEST(LayerNorm, RefusesWidthsThatDoNotFit) {
  EXPECT_THROW(LayerNorm(0), std::invalid_argument);
  EXPECT_THROW(LayerNorm(-1), std::invalid_argument);
  EXPECT_THROW(LayerNorm(4).Forward(Tensor::Ones({2, 5})), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
