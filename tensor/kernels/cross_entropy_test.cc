#include "tensor/kernels/cross_entropy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "tensor/kernels/kernel_test_util.h"

namespace gokart::kernels {
namespace {

constexpr int32_t kIgnore = -100;

/// Some of the rows ignored, the others spread over the vocabulary.
std::vector<int32_t> Targets(int64_t rows, int64_t v) {
  std::vector<int32_t> targets(rows);
  for (int64_t r = 0; r < rows; ++r) {
    targets[r] = r % 5 == 3 ? kIgnore : static_cast<int32_t>((r * 7919 + 11) % v);
  }
  return targets;
}

/// The definition in double: -log(exp(x[t]) / sum_j exp(x[j])) and, with weight w, (p_j - [j = t])
/// w.
struct Exact {
  double sum = 0;
  Doubles loss, log_sum_exp, dlogits;

  Exact(Matrix size, const Floats& x, const std::vector<int32_t>& targets, const Floats& row_weight,
        double factor)
      : loss(size.rows), log_sum_exp(size.rows), dlogits(x.size()) {
    const auto [rows, v] = size;
    for (int64_t r = 0; r < rows; ++r) {
      if (targets[r] == kIgnore) continue;
      double exp_sum = 0;
      for (int64_t j = 0; j < v; ++j) exp_sum += std::exp(static_cast<double>(x[r * v + j]));
      log_sum_exp[r] = std::log(exp_sum);
      loss[r] = -std::log(std::exp(static_cast<double>(x[r * v + targets[r]])) / exp_sum);
      sum += loss[r];
      const double weight = factor * (row_weight.empty() ? 1 : row_weight[r]);
      for (int64_t j = 0; j < v; ++j) {
        const double p = std::exp(static_cast<double>(x[r * v + j])) / exp_sum;
        dlogits[r * v + j] = (p - (j == targets[r])) * weight;
      }
    }
  }
};

TEST(CrossEntropyTest, MatchesTheDefinitionAtAllSizes) {
  for (const Matrix size : MatrixSizes()) {
    const auto [rows, v] = size;
    const Floats x = RandomFloats(rows * v, 1, -10, 10);
    const Floats weight = rows % 2 == 0 ? Floats() : RandomFloats(rows, 2);
    const float* weight_or_null = weight.empty() ? nullptr : weight.data();
    const std::vector<int32_t> targets = Targets(rows, v);
    const Exact exact(size, x, targets, weight, 0.5);
    Floats loss(rows, kNan), log_sum_exp(rows, kNan);
    const double sum = CrossEntropyForward(rows, v, x.data(), targets.data(), kIgnore, loss.data(),
                                           log_sum_exp.data());
    EXPECT_NEAR(sum, exact.sum, 1e-6 * (1 + exact.sum));
    EXPECT_EQ(sum, CrossEntropyForward(rows, v, x.data(), targets.data(), kIgnore, nullptr,
                                       log_sum_exp.data()));
    ExpectClose(loss, exact.loss, 1e-6);
    ExpectClose(log_sum_exp, exact.log_sum_exp, 3e-7);

    Floats stored(rows * v, kNan), in_place = x, added(rows * v, 3.0f);
    for (Floats* result : {&stored, &in_place, &added}) {
      CrossEntropyBackward(rows, v, result == &in_place ? in_place.data() : x.data(),
                           targets.data(), kIgnore, log_sum_exp.data(), weight_or_null, 0.5f,
                           result->data(), result == &added);
    }
    Doubles plus = exact.dlogits;
    for (double& entry : plus) entry += 3;
    ExpectClose(stored, exact.dlogits, 2e-6);
    ExpectClose(in_place, exact.dlogits, 2e-6);
    ExpectClose(added, plus, 2e-6);
  }
}

// Equal logits: log V. One logit ln 3 above the three others: p = 1/2, loss ln 2.
TEST(CrossEntropyTest, ByHand) {
  const Floats equal(50257, 1.25f);
  const int32_t target = 50256;
  float log_sum_exp = 0;
  EXPECT_NEAR(CrossEntropyForward(1, 50257, equal.data(), &target, kIgnore, nullptr, &log_sum_exp),
              10.8249051, 1e-5);
  const float ln3 = 1.09861229f;
  const Floats x = {0, ln3, 0, 0};
  const int32_t one = 1;
  EXPECT_NEAR(CrossEntropyForward(1, 4, x.data(), &one, kIgnore, nullptr, &log_sum_exp), 0.69314718,
              2e-7);
  Floats dlogits(4);
  CrossEntropyBackward(1, 4, x.data(), &one, kIgnore, &log_sum_exp, nullptr, 6, dlogits.data(),
                       false);
  ExpectClose(dlogits, {1, -3, 1, 1}, 1e-6);
}

TEST(CrossEntropyTest, SureAndHopelessRows) {
  const Floats x = {0, 90, 0, 0, -90, 0};
  const std::vector<int32_t> targets = {1, 1};
  Floats loss(2), log_sum_exp(2), dlogits(6);
  CrossEntropyForward(2, 3, x.data(), targets.data(), kIgnore, loss.data(), log_sum_exp.data());
  ExpectClose(loss, {0, 90.693147}, 1e-7);
  CrossEntropyBackward(2, 3, x.data(), targets.data(), kIgnore, log_sum_exp.data(), nullptr, 1,
                       dlogits.data(), false);
  ExpectClose(dlogits, {0, 0, 0, 0.5, -1, 0.5}, 1e-6);
}

TEST(CrossEntropyTest, IgnoredRowsAreNotReadAndGetZeros) {
  const Floats x = {kNan, kNan, kNan, 1, 2, 3};
  const std::vector<int32_t> targets = {7, 0, 0};
  Floats loss(2, kNan), log_sum_exp(2, kNan), dlogits(6, kNan);
  // Counted at first: nothing of that may be left over when the row is ignored.
  EXPECT_TRUE(std::isnan(
      CrossEntropyForward(2, 3, x.data(), targets.data() + 1, 7, loss.data(), log_sum_exp.data())));
  const double sum =
      CrossEntropyForward(2, 3, x.data(), targets.data(), 7, loss.data(), log_sum_exp.data());
  EXPECT_NEAR(sum, 2.40760596, 1e-6);
  EXPECT_EQ(loss[0], 0);
  EXPECT_EQ(log_sum_exp[0], 0);
  CrossEntropyBackward(2, 3, x.data(), targets.data(), 7, log_sum_exp.data(), nullptr, 1,
                       dlogits.data(), false);
  EXPECT_EQ(dlogits[0], 0);
  EXPECT_EQ(dlogits[2], 0);
}

TEST(CrossEntropyTest, NanLogitGivesNanLoss) {
  Floats x(5000, 0.5f);
  x[4321] = kNan;
  const int32_t target = 3;
  float log_sum_exp = 0;
  EXPECT_TRUE(
      std::isnan(CrossEntropyForward(1, 5000, x.data(), &target, kIgnore, nullptr, &log_sum_exp)));
}

TEST(CrossEntropyTest, MaskedLogits) {
  const float inf = std::numeric_limits<float>::infinity();
  const Floats x = {-inf, 0, 0, -inf};
  int32_t target = 2;
  float log_sum_exp = 0;
  EXPECT_NEAR(CrossEntropyForward(1, 4, x.data(), &target, kIgnore, nullptr, &log_sum_exp),
              0.69314718, 1e-7);
  target = 0;
  EXPECT_EQ(CrossEntropyForward(1, 4, x.data(), &target, kIgnore, nullptr, &log_sum_exp), inf);
}

TEST(CrossEntropyTest, SameBitsForAnyThreads) {
  for (const Matrix size : {Matrix{1031, 37}, Matrix{7, 50257}}) {
    const auto [rows, v] = size;
    const Floats x = RandomFloats(rows * v, 1);
    const std::vector<int32_t> targets = Targets(rows, v);
    ExpectSameBitsForAnyThreads([&, rows = rows, v = v] {
      Floats loss(rows), log_sum_exp(rows), dlogits(rows * v);
      const double sum = CrossEntropyForward(rows, v, x.data(), targets.data(), kIgnore,
                                             loss.data(), log_sum_exp.data());
      CrossEntropyBackward(rows, v, x.data(), targets.data(), kIgnore, log_sum_exp.data(), nullptr,
                           1, dlogits.data(), false);
      Floats sum_bits(2);
      std::memcpy(sum_bits.data(), &sum, sizeof(sum));
      return Joined(Joined(loss, log_sum_exp), Joined(dlogits, sum_bits));
    });
  }
}

}  // namespace
}  // namespace gokart::kernels
