#include "tensor/kernels/activation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "tensor/kernels/kernel_test_util.h"

namespace gokart::kernels {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

constexpr Activation kAll[] = {Activation::kGelu, Activation::kGeluExact, Activation::kRelu,
                               Activation::kSilu, Activation::kTanh,      Activation::kSigmoid};

double ExactValue(Activation activation, double x) {
  switch (activation) {
    case Activation::kGelu:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
    case Activation::kGeluExact:
      return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
    case Activation::kRelu:
      return x > 0 ? x : 0;
    case Activation::kSilu:
      return x / (1 + std::exp(-x));
    case Activation::kTanh:
      return std::tanh(x);
    case Activation::kSigmoid:
      return 1 / (1 + std::exp(-x));
  }
  return kNan;
}

/// By central differences: knows nothing of the derivatives' formulas. Error about 1e-10.
double NumericSlope(Activation activation, double x) {
  const double h = 1e-5;
  return (ExactValue(activation, x + h) - ExactValue(activation, x - h)) / (2 * h);
}

TEST(ActivationTest, ForwardMatchesTheDefinitionAtAllSizes) {
  for (const Activation activation : kAll) {
    for (const int64_t n : Sizes()) {
      const Floats x = RandomFloats(n, n + 1, -12, 12);
      Doubles expected(n);
      for (int64_t i = 0; i < n; ++i) expected[i] = ExactValue(activation, x[i]);
      Floats y(n, kNan), serial(n, kNan), in_place = x;
      ActivationForward(activation, n, x.data(), y.data());
      ActivationForwardSerial(activation, n, x.data(), serial.data());
      ActivationForward(activation, n, in_place.data(), in_place.data());
      ExpectClose(y, expected, 4e-7);
      ExpectClose(serial, expected, 4e-7);
      ExpectClose(in_place, expected, 4e-7);
    }
  }
}

TEST(ActivationTest, BackwardMatchesDifferencesAtAllSizes) {
  for (const Activation activation : kAll) {
    for (const int64_t n : Sizes()) {
      const Floats x = RandomFloats(n, n + 1, -8, 8), dy = RandomFloats(n, n + 2);
      Floats stored(n, kNan), serial(n, kNan), added(n, 3.0f), in_place = dy;
      ActivationBackward(activation, n, x.data(), dy.data(), stored.data(), false);
      ActivationBackwardSerial(activation, n, x.data(), dy.data(), serial.data(), false);
      ActivationBackward(activation, n, x.data(), dy.data(), added.data(), true);
      ActivationBackward(activation, n, x.data(), in_place.data(), in_place.data(), false);
      Doubles expected(n), expected_sum(n);
      for (int64_t i = 0; i < n; ++i) {
        expected[i] = NumericSlope(activation, x[i]) * dy[i];
        if (activation == Activation::kRelu) expected[i] = x[i] > 0 ? dy[i] : 0;  // kink
        expected_sum[i] = 3 + expected[i];
      }
      ExpectClose(stored, expected, 1e-6);
      ExpectClose(serial, expected, 1e-6);
      ExpectClose(in_place, expected, 1e-6);
      ExpectClose(added, expected_sum, 1e-6);
    }
  }
}

// torch.nn.functional.gelu(x, approximate='tanh'), gelu(x), silu(x) of PyTorch at x = -3, -1,
// 0.5, 2.
TEST(ActivationTest, PublishedValues) {
  const Floats x = {-3, -1, 0.5, 2};
  Floats y(4);
  ActivationForward(Activation::kGelu, 4, x.data(), y.data());
  ExpectClose(y, {-0.00363739, -0.15880801, 0.34571401, 1.95459769}, 1e-7);
  ActivationForward(Activation::kGeluExact, 4, x.data(), y.data());
  ExpectClose(y, {-0.00404969, -0.15865525, 0.34573123, 1.95449974}, 1e-7);
  ActivationForward(Activation::kSilu, 4, x.data(), y.data());
  ExpectClose(y, {-0.14227762, -0.26894142, 0.31122967, 1.76159416}, 1e-7);
}

// PyTorch's choice: relu'(0) = 0.
TEST(ActivationTest, ReluHasSlopeZeroAtZero) {
  const Floats x = {0.0f, -0.0f, 1e-30f}, dy(3, 1.0f);
  Floats dx(3);
  ActivationBackward(Activation::kRelu, 3, x.data(), dy.data(), dx.data(), false);
  EXPECT_EQ(dx, Floats({0, 0, 1}));
}

TEST(ActivationTest, GeluKeepsItsRelativePrecisionFarLeft) {
  const Floats x = {-4, -6, -8};
  Floats y(3);
  ActivationForward(Activation::kGeluExact, 3, x.data(), y.data());
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(y[i] / ExactValue(Activation::kGeluExact, x[i]), 1, 1e-5) << x[i];
  }
}

TEST(ActivationTest, HugeInputsGiveTheLimits) {
  const Floats x = {-3e38f, -1e20f, -1e10f, 1e10f, 1e20f, 3e38f}, ones(6, 1.0f);
  for (const Activation activation : kAll) {
    Floats y(6), dx(6);
    ActivationForward(activation, 6, x.data(), y.data());
    ActivationBackward(activation, 6, x.data(), ones.data(), dx.data(), false);
    const bool bounded = activation == Activation::kTanh || activation == Activation::kSigmoid;
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(y[i], activation == Activation::kTanh ? -1 : 0);
      EXPECT_EQ(dx[i], 0) << static_cast<int>(activation);
      EXPECT_EQ(y[3 + i], bounded ? 1 : x[3 + i]);
      EXPECT_EQ(dx[3 + i], bounded ? 0 : 1) << static_cast<int>(activation);
    }
  }
}

TEST(ActivationTest, NanStaysNanAndInfinityIsRight) {
  for (const Activation activation : kAll) {
    Floats x(40, 1.0f);
    x[3] = x[37] = kNan;
    x[5] = kInf;
    Floats y(40), dx(40);
    const Floats ones(40, 1.0f);
    ActivationForward(activation, 40, x.data(), y.data());
    ActivationBackward(activation, 40, x.data(), ones.data(), dx.data(), false);
    EXPECT_TRUE(std::isnan(y[3]) && std::isnan(y[37]) && !std::isnan(y[4]));
    const bool bounded = activation == Activation::kTanh || activation == Activation::kSigmoid;
    EXPECT_EQ(y[5], bounded ? 1 : kInf);
    // ReLU's slope is 1 or 0, whatever x is.
    EXPECT_EQ(std::isnan(dx[3]) && std::isnan(dx[37]), activation != Activation::kRelu);
  }
}

TEST(ActivationTest, SameBitsForAnyThreads) {
  const int64_t n = 100003;
  const Floats x = RandomFloats(n, 1), dy = RandomFloats(n, 2);
  for (const Activation activation : kAll) {
    ExpectSameBitsForAnyThreads([&] {
      Floats y(n), dx(n, 1.0f);
      ActivationForward(activation, n, x.data(), y.data());
      ActivationBackward(activation, n, x.data(), dy.data(), dx.data(), true);
      return Joined(y, dx);
    });
  }
}

}  // namespace
}  // namespace gokart::kernels
