#include "tensor/kernels/adamw.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "tensor/kernels/kernel_test_util.h"

namespace gokart::kernels {
namespace {

/// Algorithm 2 of the paper, in double and with its own names for the intermediate results.
struct Exact {
  Doubles weight, m, v;

  Exact(const Floats& weight, const Floats& m, const Floats& v)
      : weight(weight.begin(), weight.end()), m(m.begin(), m.end()), v(v.begin(), v.end()) {}

  void Step(const AdamWOptions& options, int64_t step, double grad_scale, const Floats& grad) {
    for (size_t i = 0; i < weight.size(); ++i) {
      const double g = grad[i] * grad_scale;
      m[i] = options.beta1 * m[i] + (1 - options.beta1) * g;
      v[i] = options.beta2 * v[i] + (1 - options.beta2) * g * g;
      const double m_hat = m[i] / (1 - std::pow(options.beta1, step));
      const double v_hat = v[i] / (1 - std::pow(options.beta2, step));
      weight[i] -= options.learning_rate * (m_hat / (std::sqrt(v_hat) + options.epsilon) +
                                            options.weight_decay * weight[i]);
    }
  }
};

TEST(AdamWTest, MatchesThePaperAtAllSizes) {
  const AdamWOptions options{
      .learning_rate = 0.01, .beta1 = 0.8, .beta2 = 0.95, .weight_decay = 0.1};
  for (const int64_t n : Sizes()) {
    Floats weight = RandomFloats(n, 1), m = RandomFloats(n, 2), v = RandomFloats(n, 3, 0, 1);
    Exact exact(weight, m, v);
    for (int64_t step = 4; step < 7; ++step) {
      const Floats grad = RandomFloats(n, 10 + step);
      AdamWStep(n, options, step, 0.25f, grad.data(), weight.data(), m.data(), v.data());
      exact.Step(options, step, 0.25, grad);
    }
    ExpectClose(weight, exact.weight, 5e-7);
    ExpectClose(m, exact.m, 5e-7);
    ExpectClose(v, exact.v, 5e-7);
  }
}

// From zero moments the first step is lr in the direction of the gradient, whatever its size:
// 1 * (1 - 0.1 * 0.5) - 0.1 = 0.85.
TEST(AdamWTest, FirstStepByHand) {
  const AdamWOptions options{.learning_rate = 0.1, .weight_decay = 0.5};
  const Floats grad = {3e-4f, -20.0f, 0.0f};
  Floats weight(3, 1.0f), m(3, 0.0f), v(3, 0.0f);
  AdamWStep(3, options, 1, 1.0f, grad.data(), weight.data(), m.data(), v.data());
  ExpectClose(weight, {0.85, 1.05, 0.95}, 1e-5);
  ExpectClose(m, {3e-5, -2, 0}, 1e-7);
  ExpectClose(v, {9e-11, 0.4, 0}, 1e-7);
}

// The betas of the first steps are rounded to float only after 1 - beta: 1 - 0.999f would be off by
// 5e-5.
TEST(AdamWTest, CorrectionsAreComputedInDouble) {
  Floats grad = {1.0f}, weight = {0.0f}, m = {0.0f}, v = {0.0f};
  AdamWStep(1, {.learning_rate = 1, .weight_decay = 0}, 1, 1.0f, grad.data(), weight.data(),
            m.data(), v.data());
  EXPECT_NEAR(v[0], 1e-3, 1e-10);
  EXPECT_NEAR(weight[0], -1, 2e-7);
}

TEST(AdamWTest, LongRunsStayClose) {
  const int64_t n = 50;
  Floats weight = RandomFloats(n, 1), m(n, 0.0f), v(n, 0.0f);
  Exact exact(weight, m, v);
  for (int64_t step = 1; step <= 500; ++step) {
    const Floats grad = RandomFloats(n, step);
    AdamWStep(n, {}, step, 1.0f, grad.data(), weight.data(), m.data(), v.data());
    exact.Step({}, step, 1, grad);
  }
  ExpectClose(weight, exact.weight, 2e-5);
}

TEST(AdamWTest, SameBitsForAnyThreads) {
  const int64_t n = 100003;
  const Floats grad = RandomFloats(n, 1), start = RandomFloats(n, 2);
  ExpectSameBitsForAnyThreads([&] {
    Floats weight = start, m(n, 0.5f), v(n, 0.25f);
    AdamWStep(n, {}, 3, 1.0f, grad.data(), weight.data(), m.data(), v.data());
    return Joined(weight, Joined(m, v));
  });
}

TEST(SumOfSquaresTest, MatchesAPlainSumAtAllSizes) {
  for (const int64_t n : Sizes()) {
    const Floats x = RandomFloats(n, n + 1);
    double expected = 0;
    for (const float entry : x) expected += static_cast<double>(entry) * entry;
    EXPECT_NEAR(SumOfSquares(n, x.data()), expected, 1e-12 * (1 + expected)) << n;
  }
}

TEST(SumOfSquaresTest, HugeEntriesDoNotOverflow) {
  const Floats x(40, 1e30f);
  EXPECT_NEAR(SumOfSquares(40, x.data()) / 4e61, 1, 1e-6);
}

TEST(SumOfSquaresTest, SameBitsForAnyThreads) {
  const Floats x = RandomFloats(300007, 1);
  ExpectSameBitsForAnyThreads([&] {
    const double sum = SumOfSquares(300007, x.data());
    Floats bits(2);
    std::memcpy(bits.data(), &sum, sizeof(sum));
    return bits;
  });
}

}  // namespace
}  // namespace gokart::kernels
