// The model around the blocks: names, order of initial values, tied weights, the last position
// alone, what is refused. Its numbers are compared in gpt2_micro_test and gpt2_small_test.
#include "ch04_model/gpt_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>
#include <xtensor/xbuilder.hpp>

#include "tensor/nn/embedding.h"
#include "tensor/nn/linear.h"
#include "tensor/ops/reduce.h"
#include "tensor/ops/unary.h"
#include "tensor/random.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pointwise;

GptConfig Small() {
  return {.vocab_size = 11,
          .context_length = 8,
          .emb_dim = 12,
          .n_heads = 3,
          .n_layers = 2,
          .drop_rate = 0};
}

std::vector<std::string> Names(const GPTModel& model) {
  std::vector<std::string> names;
  for (const NamedPart& part : model.NamedParts()) names.push_back(part.name);
  return names;
}

// What a call throws, or "".
template <typename Call>
std::string Refusal(const Call& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(GPTModel, NamesItsPartsAsTheWorkshopDoes) {
  GptConfig config = Small();
  config.n_layers = 1;
  EXPECT_THAT(Names(GPTModel(config)),
              ElementsAre("tok_emb.weight", "pos_emb.weight", "trf_blocks.0.att.W_query.weight",
                          "trf_blocks.0.att.W_key.weight", "trf_blocks.0.att.W_value.weight",
                          "trf_blocks.0.att.out_proj.weight", "trf_blocks.0.att.out_proj.bias",
                          "trf_blocks.0.ff.layers.0.weight", "trf_blocks.0.ff.layers.0.bias",
                          "trf_blocks.0.ff.layers.2.weight", "trf_blocks.0.ff.layers.2.bias",
                          "trf_blocks.0.norm1.scale", "trf_blocks.0.norm1.shift",
                          "trf_blocks.0.norm2.scale", "trf_blocks.0.norm2.shift",
                          "final_norm.scale", "final_norm.shift", "out_head.weight"));
  config.tie_weights = true;
  EXPECT_EQ(Names(GPTModel(config)).back(), "final_norm.shift");
}

TEST(GPTModel, PartsAreTheParametersThemselves) {
  for (const bool tied : {false, true}) {
    GptConfig config = Small();
    config.tie_weights = tied;
    GPTModel model(config);
    for (NamedPart& part : model.NamedParts()) {
      for (int64_t i = 0; i < part.size(); ++i) part.mutable_data()[i] = 0.5f;
    }
    for (const NamedTensor& parameter : model.NamedParameters()) {
      EXPECT_THAT(parameter.tensor.values(), ::testing::Each(0.5f)) << parameter.name;
    }
  }
}

// The workshop makes the embeddings first, then the blocks, then the head.
TEST(GPTModel, DrawsInitialValuesInTheWorkshopsOrder) {
  ManualSeed(123);
  const GPTModel model(Small());
  ManualSeed(123);
  const Embedding tok_emb(11, 12), pos_emb(8, 12);
  const TransformerBlock first(Small()), second(Small());
  const Linear out_head(12, 11, /*bias=*/false);
  const auto same = [](const Tensor& a, const Tensor& b) {
    EXPECT_THAT(a.values(), Pointwise(FloatNear(0), b.values()));
  };
  same(model.tok_emb.weight, tok_emb.weight);
  same(model.pos_emb.weight, pos_emb.weight);
  same(model.trf_blocks[1]->ff.expand.weight, second.ff.expand.weight);
  same(model.out_head->weight, out_head.weight);
}

TEST(LogitsOf, TheLastPositionAreThoseOfForward) {
  ManualSeed(123);
  const GPTModel model(Small());
  const TokenIds ids = {{1, 2, 3, 4, 5}, {10, 0, 7, 7, 9}};
  const Tensor all = model.Forward(ids), last = model.ForwardLast(ids);
  ASSERT_EQ(all.shape(), (Shape{2, 5, 11}));
  ASSERT_EQ(last.shape(), (Shape{2, 11}));
  for (int64_t b = 0; b < 2; ++b) {
    for (int64_t v = 0; v < 11; ++v) EXPECT_NEAR(last.at({b, v}), all.at({b, 4, v}), 1e-6);
  }
}

TEST(LogitsOf, ATokenDependOnThoseBeforeItAndOnItsPlace) {
  ManualSeed(123);
  const GPTModel model(Small());
  const auto row = [&](const TokenIds& ids, int64_t t) {
    const Tensor logits = model.Forward(ids);
    return std::vector<float>(logits.data() + t * 11, logits.data() + (t + 1) * 11);
  };
  const std::vector<float> before = row({{3, 1, 4, 1}}, 1);
  EXPECT_THAT(row({{3, 1, 9, 9}}, 1), Pointwise(FloatNear(1e-6f), before));       // not the future
  EXPECT_THAT(row({{2, 1, 4, 1}}, 1), Not(Pointwise(FloatNear(1e-2f), before)));  // but the past
  EXPECT_THAT(row({{1, 1, 1, 1}}, 0), Not(Pointwise(FloatNear(1e-2f), row({{1, 1, 1, 1}}, 3))));
}

TEST(LogitsOf, ATiedModelComeFromTheTableOfTokens) {
  GptConfig config = Small();
  const int64_t untied = GPTModel(config).NumParameters();
  config.tie_weights = true;
  ManualSeed(123);
  GPTModel model(config);
  EXPECT_EQ(model.NumParameters(), untied - 11 * 12);

  // Its gradient comes from both of its uses: id 5 is never read, but it is a column of the head.
  ops::Sum(ops::Square(model.Forward({{1, 2, 3}}))).Backward();
  const Tensor grad = model.tok_emb.weight.grad();
  EXPECT_NE(grad.at({5, 0}), 0);

  // An untrained model should be undecided, not sure of something wrong.
  for (float logit : model.Forward({{1, 2, 3}}).values()) EXPECT_LT(std::fabs(logit), 1);
}

TEST(GPTModel, DropoutOfTheEmbeddingsHasARateOfItsOwn) {
  GptConfig config = Small();
  const auto output = [](const GptConfig& c, bool training) {
    ManualSeed(3);
    GPTModel model(c);
    model.Train(training);
    return model.Forward({{1, 2, 3}});
  };
  const Tensor plain = output(config, true);
  config.drop_rate_emb = 0.5;
  EXPECT_THAT(output(config, true).values(), Not(Pointwise(FloatNear(1e-3f), plain.values())));
  EXPECT_THAT(output(config, false).values(), Pointwise(FloatNear(0), plain.values()));
}

// Token and position embeddings added up number by number, then block after block.
TEST(HiddenVectors, AreWhatTheBlocksMakeOfTokensAndPositions) {
  ManualSeed(123);
  const GPTModel model(Small());
  const TokenIds ids = {{1, 2, 3, 4, 5}, {10, 0, 7, 7, 9}};
  Tensor expected = Tensor::Empty({2, 5, 12});
  for (int64_t b = 0; b < 2; ++b) {
    for (int64_t t = 0; t < 5; ++t) {
      for (int64_t c = 0; c < 12; ++c) {
        expected.mutable_data()[(b * 5 + t) * 12 + c] =
            model.tok_emb.weight.at({ids(b, t), c}) + model.pos_emb.weight.at({t, c});
      }
    }
  }
  for (const auto& block : model.trf_blocks) expected = block->Forward(expected);
  const Tensor hidden = model.Hidden(ids);
  ASSERT_EQ(hidden.shape(), (Shape{2, 5, 12})) << "ids [2, 5], emb_dim 12";
  EXPECT_THAT(hidden.values(), Pointwise(FloatNear(1e-5f), expected.values()))
      << "ids [2, 5] through 2 blocks";
}

TEST(HiddenVectors, AreDroppedOutBeforeTheBlocks) {
  GptConfig config = Small();
  config.n_layers = 1;
  config.drop_rate_emb = 0.5;
  ManualSeed(3);
  GPTModel model(config);
  for (NamedPart& part : model.trf_blocks[0]->NamedParts()) {  // a block that changes nothing
    for (int64_t i = 0; i < part.size(); ++i) part.mutable_data()[i] = 0;
  }
  const Tensor dropped = model.Hidden({{1, 2, 3}});
  model.Eval();
  const Tensor whole = model.Hidden({{1, 2, 3}});
  int zero = 0, twice = 0;
  for (int64_t i = 0; i < 36; ++i) {
    zero += dropped.data()[i] == 0;
    twice += std::fabs(dropped.data()[i] - 2 * whole.data()[i]) < 1e-5;
  }
  EXPECT_EQ(zero + twice, 36) << "at a rate of 0.5 each of 36 numbers is 0 or doubled";
  EXPECT_GT(zero, 5);
  EXPECT_GT(twice, 5);
}

// Logits by dot products in double, after the final normalisation.
TEST(LogitsOf, HiddenVectorsAreDotProductsWithTheHead) {
  for (const bool tied : {false, true}) {
    GptConfig config = Small();
    config.tie_weights = tied;
    ManualSeed(5);
    GPTModel model(config);
    model.final_norm.shift.mutable_data()[3] = 2;  // so that leaving it out would show
    Generator generator(6);
    Tensor hidden = Tensor::Empty({2, 12});
    generator.Normal(hidden.mutable_data(), hidden.size());
    const Tensor x = model.final_norm.Forward(hidden);
    const Tensor& head = tied ? model.tok_emb.weight : model.out_head->weight;  // [11, 12]
    const Tensor logits = model.Logits(hidden);
    ASSERT_EQ(logits.shape(), (Shape{2, 11})) << "hidden [2, 12], vocabulary of 11";
    for (int64_t row = 0; row < 2; ++row) {
      for (int64_t v = 0; v < 11; ++v) {
        double sum = 0;
        for (int64_t c = 0; c < 12; ++c) sum += double(x.at({row, c})) * head.at({v, c});
        EXPECT_NEAR(logits.at({row, v}), sum, 1e-5)
            << "vector " << row << ", token " << v << (tied ? ", tied weights" : "");
      }
    }
  }
}

// Without recording, a value lives only until the next layer has read it.
TEST(GPTModel, NoGradNeedsFarLessMemory) {
  GptConfig config = Small();
  config.n_layers = 8;
  const GPTModel model(config);
  const TokenIds ids = xt::ones<int32_t>({8, 8});
  const auto peak = [&] {
    const int64_t before = GetPoolStats().live_bytes;
    ResetPoolPeak();
    model.Forward(ids);
    return GetPoolStats().peak_bytes - before;
  };
  const int64_t recording = peak();
  const NoGrad no_grad;
  EXPECT_LT(5 * peak(), recording);
}

TEST(GPTModel, RefusesInputThatDoesNotFit) {
  const GPTModel model(Small());
  EXPECT_EQ(Refusal([&] {
              model.Forward(TokenIds({1, 9}));
            }),
            "GPTModel: ids [1, 9]: between 1 and 8 tokens (the context length) expected");
  EXPECT_THAT(Refusal([&] { model.Forward(TokenIds({1, 0})); }), HasSubstr("ids [1, 0]"));
  EXPECT_THAT(Refusal([&] { model.Forward({{1, 11}}); }), HasSubstr("11"));
  EXPECT_THAT(Refusal([&] { model.ForwardLast({{-1}}); }), HasSubstr("-1"));
}

TEST(GPTModel, RefusesAnImpossibleConfig) {
  EXPECT_EQ(Refusal([] { GPTModel model({.n_heads = 7}); }),
            "GPTModel: n_heads is 7, which does not divide emb_dim 768");
}

}  // namespace
}  // namespace gokart
