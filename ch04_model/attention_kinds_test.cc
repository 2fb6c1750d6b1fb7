// A GPT with each kind of attention of chapter 3: sizes as counted, text generated with a cache as
// without, and something learned.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "ch03_attention/make_attention.h"
#include "ch04_model/gpt_model.h"
#include "ch04_model/model_summary.h"
#include "tensor/nn/adamw.h"
#include "tensor/ops/cross_entropy.h"
#include "tensor/random.h"

namespace gokart {
namespace {

GptConfig Config(const std::string& attention) {
  return {.vocab_size = 31,
          .context_length = 24,
          .emb_dim = 24,
          .n_heads = 4,
          .n_layers = 4,
          .drop_rate = 0,
          .attention = attention,
          .n_kv_groups = 2,
          .sliding_window_size = 5,
          .latent_dim = 8};
}

TokenIds SomeIds(int64_t batch, int64_t tokens) {
  TokenIds ids = TokenIds::from_shape({static_cast<size_t>(batch), static_cast<size_t>(tokens)});
  for (int64_t b = 0; b < batch; ++b) {
    for (int64_t t = 0; t < tokens; ++t) ids(b, t) = static_cast<int32_t>((b * 5 + t * t) % 31);
  }
  return ids;
}

class EveryKind : public ::testing::TestWithParam<std::string> {};

std::vector<std::string> AllNames() {
  std::vector<std::string> names;
  for (const AttentionKind& kind : AttentionKinds()) names.push_back(kind.name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(All, EveryKind, ::testing::ValuesIn(AllNames()),
                         [](const auto& info) { return info.param; });

TEST_P(EveryKind, HasTheParametersThatTheSummaryCounts) {
  for (const bool choices : {true, false}) {
    GptConfig config = Config(GetParam());
    if (!choices) config.n_kv_groups = config.sliding_window_size = config.latent_dim = {};
    const GPTModel model(config);
    EXPECT_EQ(model.NumParameters(), NumParameters(config));
    int64_t in_parts = 0;
    for (const NamedPart& part : model.NamedParts()) in_parts += part.size();
    EXPECT_EQ(in_parts, NumParameters(config));
  }
}

TEST_P(EveryKind, GeneratesWithACacheWhatItWouldWithout) {
  ManualSeed(1);
  GPTModel model(Config(GetParam()));
  const EvalMode eval(model);
  const NoGrad no_grad;
  const TokenIds ids = SomeIds(1, 24);
  const Tensor all = model.Forward(ids);  // [1, 24, V]
  ASSERT_TRUE(model.CanCache());
  KeyValueCache cache = model.MakeCache();
  KeyValueCache* const caches[] = {&cache};
  TokenIds prompt = SomeIds(1, 7);
  Tensor logits = model.ForwardCached(prompt, caches);
  for (int64_t t = 7; t <= 24; ++t) {
    for (int64_t v = 0; v < 31; ++v) {
      ASSERT_NEAR(logits.data()[v], all.data()[(t - 1) * 31 + v], 2e-5) << "token " << t - 1;
    }
    if (t == 24) break;
    TokenIds next = TokenIds::from_shape({1, 1});
    next(0, 0) = ids(0, t);
    logits = model.ForwardCached(next, caches);
  }
}

// Order matters to each of them, also without a table of positions.
TEST_P(EveryKind, KnowsTheOrderOfTokens) {
  ManualSeed(1);
  GPTModel model(Config(GetParam()));
  const EvalMode eval(model);
  const NoGrad no_grad;
  const Tensor a = model.ForwardLast(TokenIds{{1, 2, 3, 4}});
  const Tensor b = model.ForwardLast(TokenIds{{2, 1, 3, 4}});
  double largest = 0;
  for (int64_t v = 0; v < 31; ++v) {
    largest = std::max<double>(largest, std::abs(a.data()[v] - b.data()[v]));
  }
  EXPECT_GT(largest, 1e-3);
}

TEST_P(EveryKind, Learns) {
  ManualSeed(1);
  GPTModel model(Config(GetParam()));
  AdamW optimizer(model.NamedParameters(), {.learning_rate = 3e-3});
  const TokenIds ids = SomeIds(2, 24);
  float first = 0, last = 0;
  for (int step = 0; step < 30; ++step) {
    const Tensor loss = ops::CrossEntropy(model.Forward(ids), Flat(ids));
    (step == 0 ? first : last) = loss.item();
    loss.Backward();
    optimizer.Step();
    optimizer.ClearGrad();
  }
  EXPECT_LT(last, 0.5f * first);
}

TEST(AttentionKinds, WithPositionsOfTheirOwnNeedNoTable) {
  EXPECT_TRUE(LearnsPositions(Config("fused")));
  EXPECT_FALSE(LearnsPositions(Config("rope")));
  EXPECT_FALSE(LearnsPositions(Config("alibi")));
  EXPECT_FALSE(LearnsPositions(Config("deltanet")));
  EXPECT_EQ(GPTModel(Config("rope")).pos_emb.weight.size(), 0);
  EXPECT_EQ(NumParameters(Config("fused")) - NumParameters(Config("rope")), 24 * 24);
}

// The four layers: a window of 5 in three, everything in the last.
TEST(AttentionKinds, LayersAlternate) {
  const double token = 2 * 24 * 4;  // bytes of keys and values in one layer
  EXPECT_EQ(CacheBytes(Config("swa_full"), 24), (3 * 5 + 24) * token);
  EXPECT_EQ(CacheBytes(Config("swa"), 24), 4 * 5 * token);
  EXPECT_EQ(CacheBytes(Config("fused"), 24), 4 * 24 * token);
  EXPECT_EQ(CacheBytes(Config("gqa"), 24), 4 * 24 * token / 2);
}

}  // namespace
}  // namespace gokart
