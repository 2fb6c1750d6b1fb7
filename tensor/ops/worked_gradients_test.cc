// The gradients that a reader may write herself: of the matrix product, of softmax, of layer
// normalisation and of GELU, by numbers worked by hand and by finite differences.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tensor/ops/arithmetic.h"
#include "tensor/ops/matmul.h"
#include "tensor/ops/norm.h"
#include "tensor/ops/softmax.h"
#include "tensor/ops/unary.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;
using Inputs = std::vector<Tensor>;

// C = A B = 2 * 5 + 3 * 7, so dC = 10 makes dA = 10 B^T and dB = 10 A^T.
TEST(MatMulGradient, OfANumberIsTheOtherFactor) {
  Tensor a = Tensor::FromValues({1, 2}, {2, 3}).RequireGrad();
  Tensor b = Tensor::FromValues({2, 1}, {5, 7}).RequireGrad();
  ops::MatMul(a, b).Backward(Tensor::FromValues({1, 1}, {10}));
  EXPECT_THAT(a.grad().values(), ElementsAre(50, 70)) << "dA of [1, 2] x [2, 1], dC = 10";
  EXPECT_THAT(b.grad().values(), ElementsAre(20, 30)) << "dB of [1, 2] x [2, 1], dC = 10";
}

TEST(MatMulGradient, EqualsFiniteDifferences) {
  EXPECT_TRUE(GradientsAreRight([](const Inputs& x) { return ops::MatMul(x[0], x[1]); },
                                {RandomTensor({3, 5}, 1), RandomTensor({5, 7}, 2)}))
      << "[3, 5] x [5, 7]";
}

TEST(MatMulGradient, EqualsFiniteDifferencesForFactorsThatAreStoredTransposed) {
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      const Shape a = ta ? Shape{5, 3} : Shape{3, 5}, b = tb ? Shape{7, 5} : Shape{5, 7};
      EXPECT_TRUE(GradientsAreRight(
          [&](const Inputs& x) {
            return ops::MatMul(x[0], x[1], {.transpose_a = ta, .transpose_b = tb});
          },
          {RandomTensor(a, 1), RandomTensor(b, 2)}))
          << a.ToString() << (ta ? "^T" : "") << " x " << b.ToString() << (tb ? "^T" : "");
    }
  }
}

TEST(MatMulGradient, EqualsFiniteDifferencesForABatch) {
  EXPECT_TRUE(GradientsAreRight([](const Inputs& x) { return ops::MatMul(x[0], x[1]); },
                                {RandomTensor({2, 3, 4}, 1), RandomTensor({2, 4, 2}, 2)}))
      << "[2, 3, 4] x [2, 4, 2]";
}

// Each factor takes part in two products, so its second gradient is added to its first.
TEST(MatMulGradient, AddsToWhatIsThere) {
  const auto twice = [](const Inputs& x) {
    return ops::MatMul(x[0], ops::MatMul(x[0], ops::MatMul(x[1], x[1])));
  };
  EXPECT_TRUE(GradientsAreRight(twice, {RandomTensor({4, 4}, 3), RandomTensor({4, 4}, 4)}))
      << "A (A (B B)), both [4, 4]";
  const auto in_turn = [](const Inputs& x) { return ops::MatMul(ops::MatMul(x[0], x[1]), x[1]); };
  EXPECT_TRUE(GradientsAreRight(in_turn, {RandomTensor({3, 4}, 3), RandomTensor({4, 4}, 4)}))
      << "(A B) B, A [3, 4], B [4, 4]";
}

// y = (1/4, 3/4), dy = (1, 0): the sum of y dy is 1/4, and dx = (1/4 * 3/4, 3/4 * -1/4).
TEST(SoftmaxGradient, IsTheOneWorkedByHand) {
  Tensor x = Tensor::FromValues({1, 2}, {0, std::log(3.0f)}).RequireGrad();
  ops::Softmax(x).Backward(Tensor::FromValues({1, 2}, {1, 0}));
  EXPECT_THAT(x.grad().values(),
              Pointwise(FloatNear(1e-6f), std::vector<float>{3.0f / 16, -3.0f / 16}))
      << "y = softmax(0, log 3) = (0.25, 0.75), dy = (1, 0)";
}

TEST(SoftmaxGradient, EqualsFiniteDifferencesInEveryRow) {
  EXPECT_TRUE(GradientsAreRight([](const Inputs& x) { return ops::Softmax(x[0]); },
                                {RandomTensor({4, 7}, 1)}))
      << "softmax over the last axis of [4, 7]";
}

TEST(SoftmaxGradient, AddsToWhatIsThere) {
  EXPECT_TRUE(
      GradientsAreRight([](const Inputs& x) { return ops::Softmax(x[0]) * ops::Softmax(x[0]); },
                        {RandomTensor({3, 5}, 2)}))
      << "softmax(x) * softmax(x), x [3, 5]";
}

// xhat of (0, 2) is (-1, 1) but for eps.
TEST(LayerNormGradient, OfScaleAndShiftAreSumsOverRows) {
  const Tensor x = Tensor::FromValues({2, 2}, {0, 2, 10, 12});
  Tensor scale = Tensor::Ones({2}).RequireGrad(), shift = Tensor::Zeros({2}).RequireGrad();
  ops::LayerNorm(x, scale, shift).Backward(Tensor::FromValues({2, 2}, {1, 2, 3, 4}));
  EXPECT_THAT(shift.grad().values(), ElementsAre(4, 6)) << "x [2, 2], dy = (1, 2), (3, 4)";
  EXPECT_THAT(scale.grad().values(), Pointwise(FloatNear(1e-4f), std::vector<float>{-4, 6}))
      << "xhat = (-1, 1), (-1, 1); dy = (1, 2), (3, 4)";
}

TEST(LayerNormGradient, EqualsFiniteDifferences) {
  EXPECT_TRUE(
      GradientsAreRight([](const Inputs& x) { return ops::LayerNorm(x[0], x[1], x[2]); },
                        {RandomTensor({3, 9}, 1), RandomTensor({9}, 2), RandomTensor({9}, 3)}))
      << "x [3, 9], scale [9], shift [9]";
}

TEST(LayerNormGradient, AddsToWhatIsThere) {
  EXPECT_TRUE(GradientsAreRight(
      [](const Inputs& x) {
        const Tensor y = ops::LayerNorm(x[0], x[1], x[2]);
        return y * ops::LayerNorm(x[0] + y, x[1], x[2]);
      },
      {RandomTensor({2, 5}, 4), RandomTensor({5}, 5), RandomTensor({5}, 6)}))
      << "layer norm twice, x [2, 5]";
}

TEST(GeluGradient, BelongsToTheFormula) {
  const std::vector<float> x = {-6, -2, -0.75f, 0, 0.5f, 1, 3, 7};
  const Tensor y = ops::Gelu(Tensor::FromValues({8}, x));
  for (size_t i = 0; i < x.size(); ++i) {
    const double v = x[i];
    const double expected =
        0.5 * v * (1 + std::tanh(std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v)));
    EXPECT_NEAR(y.data()[i], expected, 2e-6) << "GELU(" << v << ")";
  }
}

TEST(GeluGradient, EqualsFiniteDifferences) {
  EXPECT_TRUE(
      GradientsAreRight([](const Inputs& x) { return ops::Gelu(x[0]); }, {RandomTensor({4, 9}, 7)}))
      << "GELU of [4, 9]";
}

}  // namespace
}  // namespace gokart
