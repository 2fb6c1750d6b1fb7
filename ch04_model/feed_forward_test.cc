// The feed-forward network: names, sizes, and its formula in double precision.
#include "ch04_model/feed_forward.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "tensor/random.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;

// 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
double SlowGelu(double x) {
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}

// x W^T + b for one vector x.
std::vector<double> SlowLinear(const std::vector<double>& x, const Linear& layer) {
  std::vector<double> y;
  for (int64_t row = 0; row < layer.weight.dim(0); ++row) {
    double sum = layer.bias.at({row});
    for (size_t i = 0; i < x.size(); ++i) sum += x[i] * layer.weight.at({row, int64_t(i)});
    y.push_back(sum);
  }
  return y;
}

// Section 4.3 and the workshop's exercise 4.1.
TEST(FeedForward, TheWorkshopsSizes) {
  const FeedForward ff(768);
  EXPECT_EQ(ff.NumParameters(), 4722432);
  std::vector<std::string> names;
  for (const NamedTensor& parameter : ff.NamedParameters()) names.push_back(parameter.name);
  EXPECT_THAT(names,
              ElementsAre("layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias"));
  EXPECT_EQ(ff.Forward(Tensor::Ones({2, 3, 768})).shape(), (Shape{2, 3, 768}));
}

TEST(FeedForward, FollowsTheFormula) {
  ManualSeed(123);
  const FeedForward ff(5);
  Tensor x = Tensor::Empty({2, 3, 5});
  GlobalGenerator().Normal(x.mutable_data(), x.size(), 0, 3);  // wide, so that GELU bends
  const Tensor y = ff.Forward(x);
  for (int64_t token = 0; token < 6; ++token) {
    std::vector<double> v(x.data() + token * 5, x.data() + token * 5 + 5);
    v = SlowLinear(v, ff.expand);
    for (double& value : v) value = SlowGelu(value);
    v = SlowLinear(v, ff.contract);
    for (int64_t i = 0; i < 5; ++i) ASSERT_NEAR(y.data()[token * 5 + i], v[i], 1e-5);
  }
}

TEST(FeedForward, RefusesAnotherWidth) {
  EXPECT_THROW(FeedForward(4).Forward(Tensor::Ones({1, 2, 5})), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
