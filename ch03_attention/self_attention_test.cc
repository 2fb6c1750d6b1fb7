#include "ch03_attention/self_attention.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "ch03_attention/example_sentence.h"
#include "ch03_attention/published_numbers.h"
#include "tensor/ops/layout.h"
#include "tensor/random.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

TEST(SelfAttentionV1, StartsWithThePublishedWeights) {
  ManualSeed(123);
  const SelfAttentionV1 attention(3, 2);
  EXPECT_EQ(
      DifferenceFromPublished(attention.W_query, {0.2961, 0.5166, 0.2517, 0.6886, 0.0740, 0.8665}),
      "");
  EXPECT_EQ(
      DifferenceFromPublished(attention.W_key, {0.1366, 0.1025, 0.1841, 0.7264, 0.3153, 0.6871}),
      "");
  EXPECT_EQ(
      DifferenceFromPublished(attention.W_value, {0.0756, 0.1966, 0.3164, 0.4017, 0.1186, 0.8274}),
      "");
}

TEST(SelfAttentionV1, GivesThePublishedContextVectors) {
  ManualSeed(123);
  const SelfAttentionV1 attention(3, 2);
  EXPECT_EQ(DifferenceFromPublished(attention.Forward(ExampleInputs()),
                                    {0.2996, 0.8053, 0.3061, 0.8210, 0.3058, 0.8203,  //
                                     0.2948, 0.7939, 0.2927, 0.7891, 0.2990, 0.8040}),
            "");
}

TEST(SelfAttentionContext, GivesThePublishedContextVectors) {
  ManualSeed(789);
  const SelfAttentionV2 attention(3, 2);
  EXPECT_EQ(DifferenceFromPublished(attention.Forward(ExampleInputs()),
                                    {-0.0739, 0.0713, -0.0748, 0.0703, -0.0749, 0.0702,  //
                                     -0.0760, 0.0685, -0.0763, 0.0679, -0.0754, 0.0693}),
            "");
}

TEST(SelfAttentionV2, GivesThePublishedWeights) {
  ManualSeed(789);
  const SelfAttentionV2 attention(3, 2);
  const Tensor weights = attention.AttentionWeights(ExampleInputs());
  EXPECT_EQ(DifferenceFromPublished(ops::Slice(weights, 0, 0, 1),
                                    {0.1921, 0.1646, 0.1652, 0.1550, 0.1721, 0.1510}),
            "");
  EXPECT_EQ(DifferenceFromPublished(ops::Slice(weights, 0, 5, 6),
                                    {0.1935, 0.1663, 0.1666, 0.1542, 0.1666, 0.1529}),
            "");
}

TEST(SelfAttentionV2, GivesThePublishedScores) {
  ManualSeed(789);
  const Tensor scores = SelfAttentionV2(3, 2).AttentionScores(ExampleInputs());
  EXPECT_NEAR(scores.at({0, 0}), 0.2899, 0.5e-4);
  EXPECT_NEAR(scores.at({1, 0}), 0.4656, 0.5e-4);
  EXPECT_NEAR(scores.at({1, 1}), 0.1723, 0.5e-4);
}

// The workshop's exercise 3.1: both classes compute the same once they have the same weights.
TEST(SelfAttentionContext, EqualsV1WithTransposedWeights) {
  SelfAttentionV1 v1(3, 2);
  ManualSeed(123);
  const SelfAttentionV2 v2(3, 2);
  v1.W_query = ops::Transpose(v2.W_query.weight, 0, 1);
  v1.W_key = ops::Transpose(v2.W_key.weight, 0, 1);
  v1.W_value = ops::Transpose(v2.W_value.weight, 0, 1);
  const std::vector<double> published = {-0.5337, -0.1051, -0.5323, -0.1080, -0.5323, -0.1079,
                                         -0.5297, -0.1076, -0.5311, -0.1066, -0.5299, -0.1081};
  EXPECT_EQ(DifferenceFromPublished(v1.Forward(ExampleInputs()), published), "");
  EXPECT_EQ(DifferenceFromPublished(v2.Forward(ExampleInputs()), published), "");
}

// With all-zero queries every score is 0, every weight 1/T: the context is the mean of the values.
TEST(SelfAttentionContext, TakesTheMeanWhenNothingStandsOut) {
  ManualSeed(1);
  SelfAttentionV2 attention(2, 2);
  attention.W_query.weight = Tensor::Zeros({2, 2});
  attention.W_value.weight = Tensor::FromValues({2, 2}, {1, 0, 0, 1});
  const Tensor y = attention.Forward(Tensor::FromValues({3, 2}, {1, 10, 2, 20, 6, 60}));
  for (int t = 0; t < 3; ++t) {
    EXPECT_NEAR(y.at({t, 0}), 3, 1e-5);
    EXPECT_NEAR(y.at({t, 1}), 30, 1e-5);
  }
}

TEST(SelfAttentionV2, HasABiasWhenAskedFor) {
  EXPECT_EQ(SelfAttentionV2(3, 2).NumParameters(), 3 * (2 * 3));
  EXPECT_EQ(SelfAttentionV2(3, 2, /*qkv_bias=*/true).NumParameters(), 3 * (2 * 3 + 2));
}

TEST(SelfAttentionContext, HasTheRightGradients) {
  ManualSeed(5);
  const SelfAttentionV1 v1(3, 5);
  const Tensor x = RandomTensor({4, 3}, 1).RequireGrad();
  EXPECT_TRUE(GradientsAreRight([&](const std::vector<Tensor>&) { return v1.Forward(x); },
                                {x, v1.W_query, v1.W_key, v1.W_value}));
  const SelfAttentionV2 v2(3, 5, /*qkv_bias=*/true);
  // A bias of the keys adds the same to all scores of a row, which softmax takes off again.
  EXPECT_TRUE(GradientsAreRight([&](const std::vector<Tensor>&) { return v2.Forward(x); },
                                {x, v2.W_query.weight, v2.W_query.bias, v2.W_key.weight,
                                 v2.W_key.bias, v2.W_value.weight, v2.W_value.bias},
                                {.zero_expected = {4}}));
}

TEST(SelfAttention, RefusesVectorsOfAnotherWidth) {
  const Tensor x = Tensor::Zeros({6, 4});
  EXPECT_THROW(SelfAttentionV1(3, 2).Forward(x), std::invalid_argument);
  EXPECT_THROW(SelfAttentionV2(3, 2).Forward(x), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
