// MultiHeadAttention and FusedMultiHeadAttention, which must be the same but for rounding: by the
// workshop's numbers, by the definition in double precision, and by each other.
#include "ch03_attention/multi_head_attention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "ch03_attention/example_sentence.h"
#include "ch03_attention/fused_multi_head_attention.h"
#include "ch03_attention/make_attention.h"
#include "ch03_attention/published_numbers.h"
#include "ch03_attention/testing/slow_attention.h"
#include "tensor/ops/layout.h"
#include "tensor/random.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

// Odd sizes, one of everything, and sizes around the vector width and the fused operation's tiles.
std::vector<AttentionConfig> Configs() {
  return {
      {.d_in = 1, .d_out = 1, .context_length = 1, .num_heads = 1},
      {.d_in = 3, .d_out = 2, .context_length = 6, .num_heads = 2},
      {.d_in = 5, .d_out = 21, .context_length = 17, .num_heads = 3, .qkv_bias = true},
      {.d_in = 16, .d_out = 64, .context_length = 33, .num_heads = 4},
      {.d_in = 7, .d_out = 34, .context_length = 131, .num_heads = 2, .qkv_bias = true},
  };
}

std::string Describe(const AttentionConfig& c) {
  return std::to_string(c.d_in) + " -> " + std::to_string(c.d_out) + ", " +
         std::to_string(c.context_length) + " tokens, " + std::to_string(c.num_heads) + " heads";
}

std::unique_ptr<AttentionLayer> MakeSeeded(const std::string& name, const AttentionConfig& config) {
  ManualSeed(123);
  return MakeAttention(name, config);
}

void ExpectNear(const Tensor& a, const Tensor& b, double tolerance) {
  ASSERT_EQ(a.shape(), b.shape());
  for (int64_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a.data()[i], b.data()[i], tolerance) << i;
}

class EveryAttention : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Kinds, EveryAttention, ::testing::Values("didactic", "fused"),
                         [](const auto& info) { return info.param; });

TEST_P(EveryAttention, GivesThePublishedContextVectors) {
  const auto attention =
      MakeSeeded(GetParam(), {.d_in = 3, .d_out = 2, .context_length = 6, .num_heads = 2});
  const Tensor context = attention->Forward(ExampleBatch());
  ASSERT_EQ(context.shape(), Shape({2, 6, 2}));
  for (int64_t b = 0; b < 2; ++b) {
    EXPECT_EQ(DifferenceFromPublished(ops::Select(context, 0, b),
                                      {0.3190, 0.4858, 0.2943, 0.3897, 0.2856, 0.3593,  //
                                       0.2693, 0.3873, 0.2639, 0.3928, 0.2575, 0.4028}),
              "");
  }
}

// The workshop's exercise 3.3: the attention of the smallest GPT-2.
TEST_P(EveryAttention, OfGpt2SizeHasThePublishedNumberOfParameters) {
  const auto attention =
      MakeSeeded(GetParam(), {.d_in = 768, .d_out = 768, .context_length = 1024, .num_heads = 12});
  EXPECT_EQ(attention->NumParameters(), 2360064);
}

TEST_P(EveryAttention, ComputesTheDefinition) {
  for (const AttentionConfig& config : Configs()) {
    SCOPED_TRACE(Describe(config));
    const auto attention = MakeSeeded(GetParam(), config);
    const Tensor x = RandomTensor({3, config.context_length, config.d_in}, 1);
    const Tensor y = attention->Forward(x);
    const std::vector<double> expected = SlowAttention(config, attention->NamedParts(), x);
    ASSERT_EQ(y.shape(), Shape({3, config.context_length, config.d_out}));
    for (int64_t i = 0; i < y.size(); ++i) ASSERT_NEAR(y.data()[i], expected[i], 2e-6) << i;
  }
}

TEST_P(EveryAttention, DropsTheWeightsThatPyTorchWouldDrop) {
  for (AttentionConfig config : Configs()) {
    SCOPED_TRACE(Describe(config));
    config.dropout = 0.25;
    const auto attention = MakeSeeded(GetParam(), config);
    const int64_t num_tokens = config.context_length;
    const Tensor x = RandomTensor({2, num_tokens, config.d_in}, 1);
    ManualSeed(7);
    const Tensor y = attention->Forward(x);
    // PyTorch keeps a weight when a uniform number in double precision is below 1 - p.
    Generator generator(7);
    std::vector<bool> keep(2 * config.num_heads * num_tokens * num_tokens);
    for (size_t i = 0; i < keep.size(); ++i) keep[i] = generator.UniformDouble() < 0.75;
    const std::vector<double> expected = SlowAttention(config, attention->NamedParts(), x, keep);
    for (int64_t i = 0; i < y.size(); ++i) ASSERT_NEAR(y.data()[i], expected[i], 2e-6) << i;
  }
}

TEST_P(EveryAttention, DropsNothingInEvaluation) {
  const AttentionConfig config = {
      .d_in = 3, .d_out = 4, .context_length = 6, .dropout = 0.5, .num_heads = 2};
  const auto attention = MakeSeeded(GetParam(), config);
  attention->Eval();
  const Tensor x = RandomTensor({2, 6, 3}, 1);
  const Tensor y = attention->Forward(x);
  const std::vector<double> expected = SlowAttention(config, attention->NamedParts(), x);
  for (int64_t i = 0; i < y.size(); ++i) ASSERT_NEAR(y.data()[i], expected[i], 1e-6) << i;
}

TEST_P(EveryAttention, DoesNotSeeTheFuture) {
  const auto attention =
      MakeSeeded(GetParam(), {.d_in = 3, .d_out = 6, .context_length = 7, .num_heads = 2});
  Tensor x = RandomTensor({1, 7, 3}, 1);
  const Tensor before = attention->Forward(x);
  for (int64_t i = 4 * 3; i < 7 * 3; ++i) x.mutable_data()[i] += 10;  // tokens 4 to 6
  const Tensor after = attention->Forward(x);
  for (int64_t i = 0; i < 4 * 6; ++i) EXPECT_EQ(before.data()[i], after.data()[i]) << i;
  for (int64_t i = 4 * 6; i < 7 * 6; ++i) EXPECT_NE(before.data()[i], after.data()[i]) << i;
}

TEST_P(EveryAttention, HasTheRightGradients) {
  const AttentionConfig config = {.d_in = 3,
                                  .d_out = 10,
                                  .context_length = 5,
                                  .dropout = 0.3,
                                  .num_heads = 2,
                                  .qkv_bias = true};
  const auto attention = MakeSeeded(GetParam(), config);
  const Tensor x = RandomTensor({2, 5, 3}, 1).RequireGrad();
  const auto forward = [&](const std::vector<Tensor>&) {
    ManualSeed(7);  // the same dropout mask each time
    return attention->Forward(x);
  };
  std::vector<Tensor> inputs = {x};
  std::vector<int> zero_expected;
  for (const NamedTensor& parameter : attention->NamedParameters()) {
    // A bias of the keys shifts all scores of a row, which softmax takes off again.
    if (parameter.name == "W_key.bias") zero_expected.push_back(static_cast<int>(inputs.size()));
    inputs.push_back(parameter.tensor);
  }
  EXPECT_TRUE(GradientsAreRight(forward, inputs, {.zero_expected = zero_expected}));
}

TEST_P(EveryAttention, RefusesWhatDoesNotFit) {
  const auto attention =
      MakeSeeded(GetParam(), {.d_in = 3, .d_out = 2, .context_length = 6, .num_heads = 2});
  EXPECT_THROW(attention->Forward(Tensor::Zeros({1, 7, 3})), std::invalid_argument);
  EXPECT_THROW(attention->Forward(Tensor::Zeros({1, 6, 4})), std::invalid_argument);
  EXPECT_THROW(attention->Forward(Tensor::Zeros({6, 3})), std::invalid_argument);
  EXPECT_NO_THROW(attention->Forward(Tensor::Zeros({1, 6, 3})));
}

TEST_P(EveryAttention, SaysWhichSizesDoNotFit) {
  const auto message = [](const AttentionConfig& config) -> std::string {
    try {
      MakeAttention(GetParam(), config);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  const AttentionConfig good = {.d_in = 3, .d_out = 4, .context_length = 6, .num_heads = 2};
  AttentionConfig heads = good, none = good, width = good, drop = good;
  heads.num_heads = 3;
  EXPECT_THAT(message(heads), ::testing::HasSubstr("d_out 4 does not divide into 3 heads"));
  none.num_heads = 0;
  EXPECT_THAT(message(none), ::testing::HasSubstr("num_heads is 0"));
  width.d_in = -3;
  EXPECT_THAT(message(width), ::testing::HasSubstr("d_in is -3"));
  drop.dropout = std::nan("");
  EXPECT_THAT(message(drop), ::testing::HasSubstr("dropout is nan"));
  EXPECT_EQ(message(good), "");
}

TEST(HeadWeights, AreARunningMeanWhenNothingStandsOut) {
  ManualSeed(1);
  MultiHeadAttention attention({.d_in = 3, .d_out = 4, .context_length = 6, .num_heads = 2});
  attention.W_query.weight = Tensor::Zeros({4, 3});
  const Tensor weights = attention.AttentionWeights(RandomTensor({1, 3, 3}, 1));
  ASSERT_EQ(weights.shape(), Shape({1, 2, 3, 3}));
  for (int64_t h = 0; h < 2; ++h) {
    EXPECT_EQ(DifferenceFromPublished(ops::Slice(weights, 1, h, h + 1),
                                      {1, 0, 0, 0.5, 0.5, 0, 0.3333, 0.3333, 0.3333}),
              "");
  }
}

// As in causal_attention_test: two heads of D = 4 numbers each, so scores are divided by 2, not by
// sqrt(8). Head 0 sees scores 0 and 2 log 3, head 1 only zeros.
TEST(HeadWeights, DivideScoresByTheRootOfAHeadsLength) {
  MultiHeadAttention attention(
      {.d_in = 1, .d_out = 8, .context_length = 2, .num_heads = 2, .qkv_bias = true});
  attention.W_query.weight = Tensor::Zeros({8, 1});
  attention.W_query.bias = Tensor::FromValues({8}, {1, 0, 0, 0, 0, 0, 0, 0});
  attention.W_key.weight = Tensor::FromValues({8, 1}, {1, 0, 0, 0, 0, 0, 0, 0});
  attention.W_key.bias = Tensor::Zeros({8});
  const Tensor x = Tensor::FromValues({1, 2, 1}, {0, 2 * std::log(3.0f)});
  EXPECT_EQ(DifferenceFromPublished(attention.AttentionWeights(x), {1, 0, 0.25, 0.75,  //
                                                                    1, 0, 0.5, 0.5}),
            "")
      << "weights [1, 2, 2, 2]: head 0 has scores (0, 2 log 3), head 1 (0, 0)";
}

TEST(SplitHeads, PutsHeadsInFrontOfTokens) {
  // Two tokens of four numbers: the first two belong to head 0, the others to head 1.
  const Tensor x = Tensor::FromValues({1, 2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
  const Tensor heads = SplitHeads(x, 2);
  ASSERT_EQ(heads.shape(), Shape({1, 2, 2, 2}));
  EXPECT_EQ(DifferenceFromPublished(heads, {1, 2, 5, 6, 3, 4, 7, 8}), "");
  const Tensor back = MergeHeads(heads);
  ASSERT_EQ(back.shape(), Shape({1, 2, 4}));
  EXPECT_EQ(DifferenceFromPublished(back, {1, 2, 3, 4, 5, 6, 7, 8}), "");
}

TEST(FusedMultiHeadAttention, StartsWithTheSameParametersAsTheDidacticOne) {
  for (const bool qkv_bias : {false, true}) {
    const AttentionConfig config = {
        .d_in = 5, .d_out = 6, .context_length = 4, .num_heads = 2, .qkv_bias = qkv_bias};
    const auto fused = MakeSeeded("fused", config)->NamedParts();
    const auto didactic = MakeSeeded("didactic", config)->NamedParts();
    ASSERT_EQ(fused.size(), qkv_bias ? 8 : 5);
    ASSERT_EQ(didactic.size(), fused.size());
    for (size_t i = 0; i < fused.size(); ++i) {
      SCOPED_TRACE(fused[i].name);
      EXPECT_EQ(fused[i].name, didactic[i].name);
      ASSERT_EQ(fused[i].shape(), didactic[i].shape());
      for (int64_t j = 0; j < fused[i].size(); ++j) {
        ASSERT_EQ(fused[i].values()[j], didactic[i].values()[j]) << j;
      }
    }
  }
}

// What chapter 5's checkpoints do: read one layer's parameters into the other, part by part.
TEST(FusedMultiHeadAttention, TakesTheDidacticOnesParameters) {
  const AttentionConfig config = {
      .d_in = 5, .d_out = 6, .context_length = 4, .num_heads = 2, .qkv_bias = true};
  const auto didactic = MakeSeeded("didactic", config);
  ManualSeed(9);
  const auto fused = MakeAttention("fused", config);
  const Tensor x = RandomTensor({2, 4, 5}, 1);
  EXPECT_GT(std::abs(fused->Forward(x).data()[0] - didactic->Forward(x).data()[0]), 1e-3);
  std::vector<NamedPart> to = fused->NamedParts(), from = didactic->NamedParts();
  for (size_t i = 0; i < to.size(); ++i) {
    std::copy(from[i].values().begin(), from[i].values().end(), to[i].mutable_data());
  }
  ExpectNear(fused->Forward(x), didactic->Forward(x), 1e-6);
}

TEST(FusedMultiHeadAttention, TrainsAsTheDidacticOneDoes) {
  for (AttentionConfig config : Configs()) {
    SCOPED_TRACE(Describe(config));
    config.dropout = 0.1;
    const Tensor x = RandomTensor({2, config.context_length, config.d_in}, 1);
    const Tensor seed = RandomTensor({2, config.context_length, config.d_out}, 2);
    const auto train = [&](const std::string& name, Tensor input) {
      auto attention = MakeSeeded(name, config);
      input.RequireGrad();
      ManualSeed(7);
      attention->Forward(input).Backward(seed);
      return attention;
    };
    const Tensor x_didactic = x.Clone(), x_fused = x.Clone();
    const auto didactic = train("didactic", x_didactic), fused = train("fused", x_fused);
    ExpectNear(x_didactic.grad(), x_fused.grad(), 1e-5);
    const auto from = didactic->NamedParts(), to = fused->NamedParts();
    for (size_t i = 0; i < from.size(); ++i) {
      SCOPED_TRACE(from[i].name);
      const Tensor a = from[i].tensor.grad(), b = to[i].tensor.grad();
      for (int64_t j = 0; j < from[i].size(); ++j) {
        ASSERT_NEAR(a.data()[j], b.data()[to[i].offset() + j], 2e-4) << j;
      }
    }
  }
}

TEST(MakeAttention, ListsTheNamesItKnows) {
  EXPECT_TRUE(CheckAttentionName("fused").ok());
  EXPECT_TRUE(CheckAttentionName("didactic").ok());
  const absl::Status status = CheckAttentionName("fussed");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              ::testing::StartsWith("no attention \"fussed\"; there are: fused, didactic, "));
  EXPECT_THROW(MakeAttention("fussed", {.d_in = 1, .d_out = 1, .context_length = 1}),
               std::invalid_argument);
}

}  // namespace
}  // namespace gokart
