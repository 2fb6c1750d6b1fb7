// Layers and optimiser: names, modes, PyTorch's initial values and PyTorch's steps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "tensor/nn/adamw.h"
#include "tensor/nn/dropout.h"
#include "tensor/nn/embedding.h"
#include "tensor/nn/linear.h"
#include "tensor/nn/module.h"
#include "tensor/ops/ops.h"
#include "tensor/random.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;

class Mlp : public Module {
 public:
  Mlp() : first_(3, 5), second_(5, 2, /*bias=*/false), dropout_(0.5) {
    RegisterModule("layers.0", &first_);
    RegisterModule("layers.1", &second_);
    RegisterModule("drop", &dropout_);
  }
  Tensor Forward(const Tensor& x) const {
    return second_.Forward(dropout_.Forward(ops::Relu(first_.Forward(x))));
  }
  Linear first_, second_;
  Dropout dropout_;
};

TEST(Module, NamesItsParametersInOrder) {
  Mlp mlp;
  std::vector<std::string> names;
  for (const NamedTensor& p : mlp.NamedParameters()) names.push_back(p.name);
  EXPECT_THAT(names, ElementsAre("layers.0.weight", "layers.0.bias", "layers.1.weight"));
  EXPECT_EQ(mlp.NumParameters(), 3 * 5 + 5 + 5 * 2);
}

TEST(Module, FreezingShowsInEveryHandle) {
  Mlp mlp;
  mlp.RequireGrad(false);
  mlp.second_.RequireGrad(true);
  EXPECT_FALSE(mlp.first_.weight.requires_grad());
  EXPECT_EQ(mlp.NumTrainableParameters(), 10);
  ops::Sum(mlp.Forward(Tensor::Ones({1, 3}))).Backward();
  EXPECT_FALSE(mlp.first_.weight.grad().defined());
  EXPECT_TRUE(mlp.second_.weight.grad().defined());
  mlp.ClearGrad();
  EXPECT_FALSE(mlp.second_.weight.grad().defined());
}

TEST(Module, TiedParametersCountOnce) {
  Mlp mlp;
  mlp.second_.weight = mlp.first_.weight;
  EXPECT_EQ(mlp.NumParameters(), 3 * 5 + 5);
}

TEST(Module, EvaluationModeReachesTheLayersInsideAndEnds) {
  Mlp mlp;
  {
    EvalMode eval(mlp);
    EXPECT_EQ(mlp.dropout_.active_rate(), 0);
    EXPECT_EQ(mlp.dropout_.Forward(Tensor::Ones({4})).values()[0], 1);
  }
  EXPECT_EQ(mlp.dropout_.active_rate(), 0.5);
  EXPECT_THROW(Dropout(1), std::invalid_argument);
}

// The workshop's section 2.7, printed by PyTorch.
TEST(Embedding, InitialValuesAreThoseOfPyTorch) {
  ManualSeed(123);
  const Embedding embedding(6, 3);
  EXPECT_THAT(embedding.weight.values().subspan(0, 6),
              Pointwise(FloatNear(5e-5f), {.3374f, -.1778f, -.1690f, .9178f, 1.5810f, 1.3010f}));
  const TokenIds ids = {{2, 3}, {5, 1}};
  const Tensor y = embedding.Forward(ids);
  EXPECT_EQ(y.shape(), (Shape{2, 2, 3}));
  EXPECT_EQ(y.at({1, 0, 0}), embedding.weight.at({5, 0}));
  EXPECT_EQ(embedding.FirstRows(2).shape(), (Shape{2, 3}));
}

// The workshop's appendix A.5 builds its first layer from the same draws: uniform in +-1/sqrt(in).
TEST(Linear, InitialValuesLieInPyTorchsRangeAndRepeat) {
  ManualSeed(7);
  const Linear a(9, 100);
  ManualSeed(7);
  const Linear b(9, 100);
  float largest = 0;
  for (float w : a.weight.values()) largest = std::max(largest, std::fabs(w));
  EXPECT_GT(largest, 0.32f);
  EXPECT_LE(largest, 1 / 3.0f);
  EXPECT_THAT(a.bias.values(), Pointwise(FloatNear(0), b.bias.values()));
}

// One number trained on the gradients 2w, worked out by the formulas of the paper in double.
TEST(AdamW, FollowsTheFormulas) {
  Tensor w = Tensor::Scalar(1.5f).RequireGrad();
  const AdamWConfig config = {.learning_rate = 0.1, .weight_decay = 0.2};
  AdamW optimizer({{"w", w}}, config);
  double x = 1.5, m = 0, v = 0;
  for (int t = 1; t <= 5; ++t) {
    (w * w).Backward();
    optimizer.Step();
    optimizer.ClearGrad();
    const double g = 2 * x;
    x *= 1 - 0.1 * 0.2;
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    x -= 0.1 * (m / (1 - std::pow(0.9, t))) / (std::sqrt(v / (1 - std::pow(0.999, t))) + 1e-8);
    ASSERT_NEAR(w.item(), x, 2e-6) << "step " << t;
  }
}

TEST(AdamW, SkipsFrozenParametersAndThoseWithoutGradient) {
  Tensor trained = Tensor::Scalar(1).RequireGrad(), idle = Tensor::Scalar(1).RequireGrad();
  AdamW optimizer({{"trained", trained}, {"idle", idle}, {"frozen", Tensor::Scalar(1)}}, {});
  EXPECT_EQ(optimizer.state().size(), 2u);
  (trained * 3.0f).Backward();
  EXPECT_EQ(optimizer.GradNorm(), 3);
  optimizer.Step();
  EXPECT_NE(trained.item(), 1);
  EXPECT_EQ(idle.item(), 1);
  EXPECT_EQ(optimizer.state()[1].step, 0);
}

// Scaling the gradients inside the step is the same as scaling the loss: clipping, accumulation.
TEST(AdamW, GradScaleActsLikeAScaledLoss) {
  Tensor a = Tensor::FromValues({2}, {1, -2}).RequireGrad(), b = a.Clone().RequireGrad();
  AdamW for_a({{"a", a}}, {.epsilon = 0.5}), for_b({{"b", b}}, {.epsilon = 0.5});
  ops::Sum(a * a).Backward();
  for_a.Step(0.25f);
  (ops::Sum(b * b) * 0.25f).Backward();
  for_b.Step();
  EXPECT_THAT(a.values(), Pointwise(FloatNear(1e-7f), b.values()));
}

}  // namespace
}  // namespace gokart
