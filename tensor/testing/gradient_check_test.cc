// The checker itself must refuse wrong gradients, above all those that a plain sum of the outputs
// would miss.
#include "tensor/testing/gradient_check.h"

#include <gtest/gtest.h>

#include "tensor/ops/ops.h"

namespace gokart {
namespace {

// x^2, whose gradient is off by a factor.
Tensor SquareWithSlope(const Tensor& x, float slope) {
  Tensor y = Tensor::Empty(x.shape());
  for (int64_t i = 0; i < x.size(); ++i) y.mutable_data()[i] = x.data()[i] * x.data()[i];
  return Record("SquareWithSlope", y, {x},
                [x = Saved(x), slope](const Buffer& dy, InputGradients& grads) {
                  const GradSink dx = grads.Sink(0);
                  for (int64_t i = 0; i < dy.size(); ++i) {
                    const float value = slope * x.data()[i] * dy.data()[i];
                    dx.data[i] = dx.accumulate ? dx.data[i] + value : value;
                  }
                });
}

TEST(GradientCheck, AcceptsARightGradient) {
  EXPECT_TRUE(
      GradientsAreRight([](const std::vector<Tensor>& x) { return SquareWithSlope(x[0], 2); },
                        {RandomTensor({7}, 1)}));
}

TEST(GradientCheck, RefusesAGradientThatIsOnePercentWrong) {
  EXPECT_FALSE(
      GradientsAreRight([](const std::vector<Tensor>& x) { return SquareWithSlope(x[0], 2.02f); },
                        {RandomTensor({7}, 1)}));
}

TEST(GradientCheck, SeesAWrongSoftmaxGradient) {
  // Three times too large: the sum of a softmax is 1 all the same.
  const auto wrong = [](const std::vector<Tensor>& x) {
    const Tensor y = ops::Softmax(x[0]).Detach();
    return Record("WrongSoftmax", y, {x[0]},
                  [y = Saved(y)](const Buffer& dy, InputGradients& grads) {
                    const GradSink dx = grads.Sink(0);
                    double dot = 0;
                    for (int64_t i = 0; i < dy.size(); ++i) dot += y.data()[i] * dy.data()[i];
                    for (int64_t i = 0; i < dy.size(); ++i) {
                      dx.data[i] = 3 * y.data()[i] * (dy.data()[i] - dot);
                    }
                  });
  };
  EXPECT_FALSE(GradientsAreRight(wrong, {RandomTensor({6}, 2)}));
}

TEST(GradientCheck, TwoZeroGradientsProveNothing) {
  const auto constant = [](const std::vector<Tensor>& x) { return ops::Scale(x[0], 0); };
  EXPECT_FALSE(GradientsAreRight(constant, {RandomTensor({5}, 3)}));
  EXPECT_TRUE(GradientsAreRight(constant, {RandomTensor({5}, 3)}, {.zero_expected = {0}}));
}

}  // namespace
}  // namespace gokart
