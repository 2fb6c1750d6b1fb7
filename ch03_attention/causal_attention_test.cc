#include "ch03_attention/causal_attention.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "ch03_attention/example_sentence.h"
#include "ch03_attention/published_numbers.h"
#include "tensor/ops/dropout.h"
#include "tensor/ops/layout.h"
#include "tensor/random.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

TEST(CausalAttentionLayer, StartsWithThePublishedWeights) {
  ManualSeed(123);
  const CausalAttention attention({.d_in = 3, .d_out = 2, .context_length = 6});
  EXPECT_EQ(DifferenceFromPublished(attention.W_query.weight,
                                    {-0.2354, 0.0191, -0.2867, 0.2177, -0.4919, 0.4232}),
            "");
  EXPECT_EQ(DifferenceFromPublished(attention.W_key.weight,
                                    {-0.4196, -0.4590, -0.3648, 0.2615, -0.2133, 0.2161}),
            "");
  EXPECT_EQ(DifferenceFromPublished(attention.W_value.weight,
                                    {-0.4900, -0.3503, -0.2120, -0.1135, -0.4404, 0.3780}),
            "");
}

TEST(CausalAttention, GivesThePublishedContextVectorsForBothSequences) {
  ManualSeed(123);
  const CausalAttention attention({.d_in = 3, .d_out = 2, .context_length = 6});
  const Tensor context = attention.Forward(ExampleBatch());
  ASSERT_EQ(context.shape(), Shape({2, 6, 2}));
  for (int64_t b = 0; b < 2; ++b) {
    EXPECT_EQ(DifferenceFromPublished(ops::Select(context, 0, b),
                                      {-0.4519, 0.2216, -0.5874, 0.0058, -0.6300, -0.0632,  //
                                       -0.5675, -0.0843, -0.5526, -0.0981, -0.5299, -0.1081}),
              "");
  }
}

// Section 3.5.2.
TEST(Dropout, DrawsThePublishedMask) {
  ManualSeed(123);
  const Tensor dropped = ops::Dropout(Tensor::Ones({6, 6}), 0.5, GlobalGenerator());
  EXPECT_EQ(DifferenceFromPublished(dropped, {2, 2, 0, 2, 2, 0,  //
                                              0, 0, 0, 2, 0, 2,  //
                                              2, 2, 2, 2, 0, 2,  //
                                              0, 2, 2, 0, 0, 2,  //
                                              0, 2, 0, 2, 0, 2,  //
                                              0, 2, 2, 2, 2, 0}),
            "");
}

// With all-zero queries every score is 0: the weights are those of a running mean.
TEST(CausalWeights, AreARunningMeanWhenNothingStandsOut) {
  ManualSeed(1);
  CausalAttention attention({.d_in = 3, .d_out = 5, .context_length = 7});
  attention.W_query.weight = Tensor::Zeros({5, 3});
  const Tensor weights = attention.AttentionWeights(RandomTensor({2, 3, 3}, 1));
  ASSERT_EQ(weights.shape(), Shape({2, 3, 3})) << "x [2, 3, 3]: two sequences of three tokens";
  for (int64_t b = 0; b < 2; ++b) {
    EXPECT_EQ(DifferenceFromPublished(ops::Select(weights, 0, b),
                                      {1, 0, 0, 0.5, 0.5, 0, 0.3333, 0.3333, 0.3333}),
              "")
        << "weights [2, 3, 3], sequence " << b << ", queries all 0";
  }
}

// Query 1 for each token; keys 0 and 2 log 3: the second token's scores are 0 and 2 log 3, over
// sqrt(4) they are 0 and log 3, and e^0 : e^log 3 = 1 : 3.
TEST(CausalWeights, DivideScoresByTheRootOfTheirLength) {
  CausalAttention attention({.d_in = 1, .d_out = 4, .context_length = 2, .qkv_bias = true});
  attention.W_query.weight = Tensor::Zeros({4, 1});
  attention.W_query.bias = Tensor::FromValues({4}, {1, 0, 0, 0});
  attention.W_key.weight = Tensor::FromValues({4, 1}, {1, 0, 0, 0});
  attention.W_key.bias = Tensor::Zeros({4});
  const Tensor x = Tensor::FromValues({1, 2, 1}, {0, 2 * std::log(3.0f)});
  EXPECT_EQ(DifferenceFromPublished(attention.AttentionWeights(x), {1, 0, 0.25, 0.75}), "")
      << "scores (0, 2 log 3), keys of 4 numbers; expected 1 : 3";
}

TEST(CausalAttention, DoesNotSeeTheFuture) {
  ManualSeed(1);
  const CausalAttention attention({.d_in = 3, .d_out = 5, .context_length = 7});
  Tensor x = RandomTensor({1, 7, 3}, 1);
  const Tensor before = attention.Forward(x);
  for (int64_t i = 4 * 3; i < 7 * 3; ++i) x.mutable_data()[i] += 10;  // tokens 4 to 6
  const Tensor after = attention.Forward(x);
  for (int64_t i = 0; i < 4 * 5; ++i) EXPECT_EQ(before.data()[i], after.data()[i]) << i;
  for (int64_t i = 4 * 5; i < 7 * 5; ++i) EXPECT_NE(before.data()[i], after.data()[i]) << i;
}

// A prompt may be shorter than the context: its outputs are those of the longer text's beginning.
TEST(CausalAttention, TakesShorterSequences) {
  ManualSeed(1);
  const CausalAttention attention({.d_in = 3, .d_out = 5, .context_length = 7});
  const Tensor x = RandomTensor({2, 7, 3}, 1);
  const Tensor whole = ops::Slice(attention.Forward(x), 1, 0, 4);
  const Tensor part = attention.Forward(ops::Slice(x, 1, 0, 4));
  ASSERT_EQ(part.shape(), Shape({2, 4, 5}));
  for (int64_t i = 0; i < part.size(); ++i) EXPECT_NEAR(part.data()[i], whole.data()[i], 1e-6);
}

// Dropout removes attention weights, not outputs: the first token, which has but one weight, is
// zero or twice its value, in both its numbers.
TEST(CausalAttention, DropsWeightsInTrainingOnly) {
  ManualSeed(2);
  CausalAttention attention({.d_in = 3, .d_out = 2, .context_length = 4, .dropout = 0.5});
  const Tensor x = RandomTensor({64, 4, 3}, 1);
  attention.Eval();
  const Tensor all = attention.Forward(x);
  attention.Train();
  const Tensor some = attention.Forward(x);
  int zero = 0, twice = 0;
  for (int64_t b = 0; b < 64; ++b) {
    const auto is = [&](int64_t i, float factor) {
      return std::abs(some.at({b, 0, i}) - factor * all.at({b, 0, i})) < 1e-5;
    };
    zero += is(0, 0) && is(1, 0);
    twice += is(0, 2) && is(1, 2);
  }
  EXPECT_EQ(zero + twice, 64) << "the first tokens of 64 sequences, rate 0.5";
  EXPECT_GT(zero, 16);
  EXPECT_GT(twice, 16);
}

TEST(CausalAttention, HasTheRightGradients) {
  ManualSeed(3);
  const CausalAttention attention(
      {.d_in = 3, .d_out = 5, .context_length = 7, .dropout = 0.3, .qkv_bias = true});
  const Tensor x = RandomTensor({2, 7, 3}, 1).RequireGrad();
  const auto forward = [&](const std::vector<Tensor>&) {
    ManualSeed(7);  // the same dropout mask each time
    return attention.Forward(x);
  };
  std::vector<Tensor> inputs = attention.Parameters();
  inputs.push_back(x);
  const int key_bias = 3;  // shifts all scores of a row, which softmax takes off again
  EXPECT_TRUE(GradientsAreRight(forward, inputs, {.zero_expected = {key_bias}}));
}

TEST(CausalAttentionLayer, RefusesWhatDoesNotFit) {
  const CausalAttention attention({.d_in = 3, .d_out = 2, .context_length = 6});
  EXPECT_THROW(attention.Forward(Tensor::Zeros({1, 7, 3})), std::invalid_argument);
  EXPECT_THROW(attention.Forward(Tensor::Zeros({1, 6, 4})), std::invalid_argument);
  EXPECT_THROW(attention.Forward(Tensor::Zeros({6, 3})), std::invalid_argument);
  EXPECT_THROW(CausalAttention({.d_in = 0, .d_out = 2, .context_length = 6}),
               std::invalid_argument);
  EXPECT_THROW(CausalAttention({.d_in = 3, .d_out = -2, .context_length = 6}),
               std::invalid_argument);
  EXPECT_THROW(CausalAttention({.d_in = 3, .d_out = 2}), std::invalid_argument);
  EXPECT_THROW(CausalAttention({.d_in = 3, .d_out = 2, .context_length = 6, .dropout = 1}),
               std::invalid_argument);
}

}  // namespace
}  // namespace gokart
