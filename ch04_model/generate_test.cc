// Greedy generation: against the same done by hand, and what is refused.
#include "ch04_model/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "tensor/random.h"

namespace gokart {
namespace {

GptConfig Small() {
  return {.vocab_size = 29, .context_length = 6, .emb_dim = 12, .n_heads = 3, .n_layers = 2};
}

// The token with the largest logit after the last of `ids`, computed on its own.
int32_t Next(const GPTModel& model, const std::vector<int32_t>& ids) {
  TokenIds batch = TokenIds::from_shape({1, ids.size()});
  std::copy(ids.begin(), ids.end(), batch.begin());
  const Tensor logits = model.Forward(batch);
  int32_t best = 0;
  for (int32_t v = 1; v < 29; ++v) {
    const int64_t last = static_cast<int64_t>(ids.size()) - 1;
    if (logits.at({0, last, v}) > logits.at({0, last, best})) best = v;
  }
  return best;
}

TEST(GenerateTextSimple, TakesTheLikeliestTokenGivenTheLastOnes) {
  ManualSeed(123);
  GPTModel model(Small());
  const TokenIds start = {{1, 2, 3, 4}, {28, 0, 28, 0}};
  constexpr int64_t kContext = 5;  // shorter than the text soon is
  const TokenIds text = GenerateTextSimple(model, start, 9, kContext);
  ASSERT_EQ(text.shape(0), 2u);
  ASSERT_EQ(text.shape(1), 13u);
  model.Eval();
  for (size_t b = 0; b < 2; ++b) {
    for (size_t t = 0; t < 4; ++t) EXPECT_EQ(text(b, t), start(b, t));
    for (size_t t = 4; t < 13; ++t) {
      const size_t first = t > kContext ? t - kContext : 0;
      const std::vector<int32_t> context(&text(b, first), &text(b, first) + (t - first));
      EXPECT_EQ(text(b, t), Next(model, context)) << "sequence " << b << ", token " << t;
    }
  }
}

TEST(GenerateTextSimple, LeavesTheModeAndTheGeneratorAlone) {
  ManualSeed(123);
  GPTModel model(Small());
  const GeneratorState before = GlobalGenerator().state();
  GenerateTextSimple(model, {{1, 2}}, 3, 6);
  EXPECT_TRUE(model.training());
  EXPECT_TRUE(model.trf_blocks[1]->drop_shortcut.training());
  EXPECT_EQ(GlobalGenerator().state(), before);  // no dropout was drawn
  model.Eval();
  GenerateTextSimple(model, {{1, 2}}, 3, 6);
  EXPECT_FALSE(model.training());
}

TEST(GenerateTextSimple, AddsNothingWhenNothingIsAskedFor) {
  GPTModel model(Small());
  const TokenIds start = {{1, 2}};
  EXPECT_EQ(GenerateTextSimple(model, start, 0, 6), start);
}

TEST(GenerateErrors, WhatMakesNoTextThrows) {
  GPTModel model(Small());
  EXPECT_THROW(GenerateTextSimple(model, TokenIds({1, 0}), 3, 6), std::invalid_argument);
  EXPECT_THROW(GenerateTextSimple(model, TokenIds({0, 3}), 3, 6), std::invalid_argument);
  EXPECT_THROW(GenerateTextSimple(model, {{1}}, -1, 6), std::invalid_argument);
  EXPECT_THROW(GenerateTextSimple(model, {{1}}, 3, 0), std::invalid_argument);
  EXPECT_THROW(GenerateTextSimple(model, {{1}}, 3, 7), std::invalid_argument);
  EXPECT_THROW(GenerateTextSimple(model, {{29}}, 3, 6), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
