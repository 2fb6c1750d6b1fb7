// Where tokens are, and how large queries and keys may be: ALiBi, rotary positions, normalised
// heads.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "ch03_attention/testing/difference.h"
#include "ch03_attention/testing/run_cached.h"
#include "ch03_attention/variants/alibi_attention.h"
#include "ch03_attention/variants/qk_norm_attention.h"
#include "ch03_attention/variants/rope_attention.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/matmul.h"
#include "tensor/random.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

TEST(AlibiSlopes, OfEightHeadsAreHalvedFromHeadToHead) {
  const std::vector<float> eight = AlibiSlopes(8);
  ASSERT_EQ(eight.size(), 8);
  for (int h = 0; h < 8; ++h) EXPECT_FLOAT_EQ(eight[h], std::exp2(-(h + 1.0f))) << "head " << h;
}

TEST(AlibiSlopes, OfSixteenHeadsGoInHalfSteps) {
  const std::vector<float> sixteen = AlibiSlopes(16);
  ASSERT_EQ(sixteen.size(), 16);
  EXPECT_FLOAT_EQ(sixteen[0], 0.70710678f);  // 2^-0.5
  EXPECT_FLOAT_EQ(sixteen[1], 0.5f);
  EXPECT_FLOAT_EQ(sixteen[15], 1.0f / 256);
}

TEST(AlibiSlopes, OfTwelveHeadsAreThoseOfEightAndSomeOfSixteen) {
  const std::vector<float> twelve = AlibiSlopes(12);
  ASSERT_EQ(twelve.size(), 12);
  EXPECT_FLOAT_EQ(twelve[7], 1.0f / 256);
  EXPECT_FLOAT_EQ(twelve[8], 0.70710678f);
  EXPECT_FLOAT_EQ(twelve[9], 0.35355339f);
  EXPECT_FLOAT_EQ(twelve[11], 0.08838835f);
}

// The layers, with their projections open to the tests.
struct OpenRope : RopeAttention {
  using RopeAttention::Project;
  using RopeAttention::RopeAttention;
};
struct OpenQkNorm : QkNormAttention {
  using QkNormAttention::Project;
  using QkNormAttention::QkNormAttention;
};

// weight[i][j] = 1 where i % columns == j: x itself, once or several times.
void SetCopies(Linear& layer) {
  const int64_t rows = layer.weight.dim(0), columns = layer.weight.dim(1);
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      layer.weight.mutable_data()[i * columns + j] = i % columns == j;
    }
  }
}

// Two heads of two channels, x = (1, 0) at each of three positions: a head is a hand that turns by
// one radian from position to position.
TEST(RotaryPositions, TurnEachHeadByItsPosition) {
  OpenRope attention({.d_in = 2, .d_out = 4, .context_length = 8, .num_heads = 2});
  for (Linear* layer : {&attention.W_query, &attention.W_key, &attention.W_value}) {
    SetCopies(*layer);
  }
  const Tensor x = Tensor::FromValues({1, 3, 2}, {1, 0, 1, 0, 1, 0});
  const auto p = attention.Project(x, {});
  std::vector<double> turned;
  for (int t = 0; t < 3; ++t) {
    for (int head = 0; head < 2; ++head) turned.insert(turned.end(), {std::cos(t), std::sin(t)});
  }
  EXPECT_EQ(Difference(p.q, {1, 3, 4}, turned), "") << "queries";
  EXPECT_EQ(Difference(p.k, {1, 3, 4}, turned), "") << "keys";
  EXPECT_EQ(Difference(p.v, {1, 3, 4}, {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0}), "")
      << "values are what is found, wherever it is";
}

TEST(RotaryPositions, MakeScoresThatDependOnDistanceAlone) {
  ManualSeed(1);
  const OpenRope attention({.d_in = 6, .d_out = 6, .context_length = 40, .num_heads = 1});
  const Tensor x = RandomTensor({1, 5, 6}, 1);
  const auto early = attention.Project(x, {}), late = attention.Project(x, {30});
  const Tensor early_scores = ops::MatMul(early.q, early.k, {.transpose_b = true});  // [1, T, T]
  const Tensor late_scores = ops::MatMul(late.q, late.k, {.transpose_b = true});
  EXPECT_EQ(Difference(late_scores, early_scores, 1e-4), "");
  EXPECT_NE(Difference(late.q, early.q, 1e-2), "") << "queries at 30 are those at 0";
}

TEST(RotaryPositions, GoOnWhereTheCacheEnds) {
  ManualSeed(1);
  const RopeAttention attention({.d_in = 5, .d_out = 8, .context_length = 9, .num_heads = 2});
  const Tensor x = RandomTensor({2, 9, 5}, 1);
  EXPECT_EQ(Difference(RunCached(attention, x, {4, 1, 1, 3}), attention.Forward(x)), "");
}

// One token with two heads, (3, 4) and (6, 8): the root of the mean square is sqrt(12.5) in the
// first and twice that in the second, so that both become (3, 4) / sqrt(12.5).
TEST(NormalizedHeads, AreOfOneSize) {
  OpenQkNorm attention({.d_in = 4, .d_out = 4, .context_length = 8, .num_heads = 2});
  for (Linear* layer : {&attention.W_query, &attention.W_key, &attention.W_value}) {
    SetCopies(*layer);
  }
  std::copy_n(std::vector<float>{1, 10}.data(), 2, attention.query_scale.mutable_data());
  std::copy_n(std::vector<float>{2, 3}.data(), 2, attention.key_scale.mutable_data());
  const auto p = attention.Project(Tensor::FromValues({1, 1, 4}, {3, 4, 6, 8}), {});
  const double a = 3 / std::sqrt(12.5), b = 4 / std::sqrt(12.5);
  EXPECT_EQ(Difference(p.q, {1, 1, 4}, {a, 10 * b, a, 10 * b}), "") << "queries";
  EXPECT_EQ(Difference(p.k, {1, 1, 4}, {2 * a, 3 * b, 2 * a, 3 * b}), "") << "keys";
  EXPECT_EQ(Difference(p.v, {1, 1, 4}, {3, 4, 6, 8}), "") << "values";
}

TEST(NormalizedHeads, HaveGradients) {
  ManualSeed(1);
  const OpenQkNorm attention({.d_in = 8, .d_out = 16, .context_length = 8, .num_heads = 2});
  EXPECT_TRUE(GradientsAreRight(
      [&](const std::vector<Tensor>& in) {
        const auto p = attention.Project(in[0], {});
        return ops::Concat({p.q, p.k}, -1);
      },
      {RandomTensor({1, 3, 8}, 1).RequireGrad(), attention.query_scale, attention.key_scale}));
}

}  // namespace
}  // namespace gokart
