// The tape: what flows where, what is freed when, and what is refused.
#include "tensor/autograd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "tensor/ops/ops.h"
#include "tensor/tensor.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

// The workshop's appendix A.4: a logistic unit with x = 1.1, w = 2.2, b = 0 and label 1.
TEST(Autograd, WorkshopLogisticUnit) {
  const Tensor x = Tensor::Scalar(1.1f);
  Tensor w = Tensor::Scalar(2.2f), b = Tensor::Scalar(0);
  w.RequireGrad();
  b.RequireGrad();
  const Tensor loss = ops::Softplus(-(x * w + b));  // -log(sigmoid(z))
  EXPECT_NEAR(loss.item(), 0.0852, 5e-5);
  loss.Backward();
  EXPECT_NEAR(w.grad().item(), -0.0898, 5e-5);
  EXPECT_NEAR(b.grad().item(), -0.0817, 5e-5);
}

TEST(Autograd, ATensorUsedTwiceCollectsBoth) {
  Tensor x = Tensor::FromValues({2}, {3, -1}).RequireGrad();
  ops::Sum(x * x + x).Backward();
  EXPECT_THAT(x.grad().values(), ElementsAre(7, -1));  // 2x + 1
}

// x + f(x): the sum hands both branches the same gradient buffer, which neither may spoil for the
// other.
TEST(Autograd, BranchesDoNotSpoilEachOthersGradient) {
  Tensor x = Tensor::FromValues({2}, {1, 2}).RequireGrad();
  const Tensor h = x * 3.0f;
  ops::Sum((h + h * h) + (h + h)).Backward();  // 3h + h^2 -> (3 + 2h) 3
  EXPECT_THAT(x.grad().values(), ElementsAre(27, 45));
}

TEST(Autograd, GradientsOfLeavesAddUpUntilCleared) {
  Tensor x = Tensor::Scalar(2).RequireGrad();
  (x * x).Backward();
  (x * x).Backward();
  EXPECT_EQ(x.grad().item(), 8);
  x.ClearGrad();
  EXPECT_FALSE(x.grad().defined());
  (x * x).Backward();
  EXPECT_EQ(x.grad().item(), 4);
}

TEST(Autograd, DetachAndNoGradCutTheTape) {
  Tensor x = Tensor::Scalar(2).RequireGrad();
  (x * (x * x).Detach()).Backward();
  EXPECT_EQ(x.grad().item(), 4);
  NoGrad no_grad;
  EXPECT_FALSE((x * x).requires_grad());
}

TEST(Autograd, FrozenLeavesGetNothing) {
  Tensor x = Tensor::Scalar(2).RequireGrad(), w = Tensor::Scalar(5).RequireGrad();
  w.RequireGrad(false);
  (x * w).Backward();
  EXPECT_EQ(x.grad().item(), 5);
  EXPECT_FALSE(w.grad().defined());
}

TEST(Autograd, SecondBackwardNamesTheOperation) {
  Tensor x = Tensor::Scalar(2).RequireGrad();
  const Tensor y = x * x, loss = y + 1.0f;
  loss.Backward();
  EXPECT_THAT([&] { loss.Backward(); }, ThrowsMessage<std::logic_error>(HasSubstr("'AddScalar'")));
  EXPECT_THAT([&] { (y * 2.0f).Backward(); },
              ThrowsMessage<std::logic_error>(HasSubstr("'Multiply'")));
}

TEST(Autograd, BackwardNeedsANumberAndATape) {
  Tensor x = Tensor::Zeros({2, 3}).RequireGrad();
  EXPECT_THAT([&] { (x * 2.0f).Backward(); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("[2, 3]")));
  EXPECT_THROW(Tensor::Scalar(1).Backward(), std::logic_error);
}

TEST(Autograd, ChangeInPlaceBeforeBackwardIsNoticed) {
  Tensor x = Tensor::Scalar(2).RequireGrad();
  const Tensor y = x * x;
  x.mutable_data()[0] = 3;
  EXPECT_THROW(y.Backward(), std::logic_error);
  EXPECT_THROW(Tensor(x * x).mutable_data(), std::logic_error);
}

// Recursion would need a stack frame for each of a million operations, forwards and in the
// destructor.
TEST(Autograd, AMillionOperationsInARow) {
  Tensor x = Tensor::Scalar(0).RequireGrad();
  {
    Tensor y = x;
    for (int i = 0; i < 1000000; ++i) y = y + 1.0f;
    EXPECT_EQ(y.item(), 1000000);
    y.Backward();
  }
  EXPECT_EQ(x.grad().item(), 1);
  Tensor never_walked = x;
  for (int i = 0; i < 1000000; ++i) never_walked = never_walked + 1.0f;
}

TEST(Autograd, BackwardFreesAsItGoesAndLeavesNothingBehind) {
  Tensor x = Tensor::Ones({1000, 100}).RequireGrad();
  const auto loss = [&] {
    Tensor y = x;
    for (int i = 0; i < 20; ++i) y = ops::Gelu(y);
    return ops::Sum(y);
  };
  loss().Backward();  // leaves the gradient of x behind
  const int64_t before = GetPoolStats().live_bytes, one = x.size() * 4;
  ResetPoolPeak();
  loss().Backward();
  EXPECT_EQ(GetPoolStats().live_bytes, before);
  // 20 saved inputs less x itself, the output, a gradient on either side of an operation, and
  // rounding of sizes.
  EXPECT_LE(GetPoolStats().peak_bytes - before, 23 * one * 9 / 8);
  NoGrad no_grad;
  ResetPoolPeak();
  loss();
  EXPECT_LE(GetPoolStats().peak_bytes - before, 2 * one * 9 / 8 + 4096);
}

TEST(Tensor, ErrorsNameOperationAndShapes) {
  EXPECT_THAT(
      [] {
        ops::MatMul(Tensor::Zeros({2, 6, 3}), Tensor::Zeros({4, 2}));
      },
      ThrowsMessage<std::invalid_argument>(
          "MatMul: [2, 6, 3] x [4, 2]: inner dimensions 3 and 4 differ"));
  EXPECT_THAT(
      [] {
        Tensor::FromValues({2, 2}, {1, 2, 3});
      },
      ThrowsMessage<std::invalid_argument>("FromValues: 3 values do not fit shape [2, 2]"));
  EXPECT_THAT(
      [] {
        Tensor::Zeros({2, 3}) + Tensor::Zeros({2});
      },
      ThrowsMessage<std::invalid_argument>("Add: shapes [2, 3] and [2] do not fit: 3 against 2"));
  const int32_t ids[] = {0, 7};
  EXPECT_THAT(
      [&] {
        ops::EmbeddingLookup(Tensor::Zeros({7, 2}), ids, {2});
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr("id 7 at position 1")));
  EXPECT_THAT(
      [&] {
        ops::CrossEntropy(Tensor::Zeros({2, 7}), ids);
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr("target 7 of row 1")));
}

TEST(Tensor, PrintsLikePyTorch) {
  EXPECT_EQ(Tensor::FromValues({2, 2}, {1, -2.5f, 0.12345f, 4}).ToString(),
            "[[ 1.0000, -2.5000],\n [ 0.1235,  4.0000]]");
}

}  // namespace
}  // namespace gokart
