// The transformer block: names, initial values, shape, dropout rates, and both kinds of attention.
// That it computes the right thing is seen in gpt2_micro_test, against PyTorch.
#include "ch04_model/transformer_block.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "ch03_attention/fused_multi_head_attention.h"
#include "ch03_attention/multi_head_attention.h"
#include "tensor/nn/linear.h"
#include "tensor/random.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Not;
using ::testing::Pointwise;

GptConfig Small() {
  return {.vocab_size = 11,
          .context_length = 8,
          .emb_dim = 12,
          .n_heads = 3,
          .n_layers = 1,
          .drop_rate = 0};
}

Tensor Input(const GptConfig& config) {
  Generator generator(5);
  Tensor x = Tensor::Empty({2, 4, config.emb_dim});
  generator.Normal(x.mutable_data(), x.size());
  return x;
}

// Section 4.5: [2, 4, 768] stays [2, 4, 768]; the workshop's exercise 4.1 counts the parameters of
// the attention.
TEST(BlockForward, KeepsTheWorkshopsSizes) {
  const TransformerBlock block({});
  EXPECT_EQ(block.att->NumParameters(), 2360064);
  EXPECT_EQ(block.NumParameters(), 2360064 + 4722432 + 4 * 768);
  EXPECT_EQ(block.Forward(Tensor::Ones({2, 4, 768})).shape(), (Shape{2, 4, 768}));
}

TEST(TransformerBlock, NamesItsPartsAsTheWorkshopDoes) {
  for (const std::string attention : {"fused", "didactic"}) {
    GptConfig config = Small();
    config.qkv_bias = true;
    config.attention = attention;
    const TransformerBlock block(config);
    std::vector<std::string> names;
    int64_t size = 0;
    for (const NamedPart& part : block.NamedParts()) {
      names.push_back(part.name);
      size += part.size();
    }
    EXPECT_THAT(names, ElementsAre("att.W_query.weight", "att.W_query.bias", "att.W_key.weight",
                                   "att.W_key.bias", "att.W_value.weight", "att.W_value.bias",
                                   "att.out_proj.weight", "att.out_proj.bias", "ff.layers.0.weight",
                                   "ff.layers.0.bias", "ff.layers.2.weight", "ff.layers.2.bias",
                                   "norm1.scale", "norm1.shift", "norm2.scale", "norm2.shift"));
    EXPECT_EQ(size, block.NumParameters()) << attention;
  }
}

// PyTorch initialises layers as they are made: query, key, value, output, then the feed-forward
// network. The test draws the same numbers by itself.
TEST(TransformerBlock, DrawsInitialValuesInTheWorkshopsOrder) {
  ManualSeed(123);
  const TransformerBlock block(Small());
  ManualSeed(123);
  const Linear query(12, 12, false), key(12, 12, false), value(12, 12, false), out(12, 12);
  const Linear expand(12, 48), contract(48, 12);
  const std::vector<Tensor> expected = {query.weight, key.weight,      value.weight,
                                        out.weight,   out.bias,        expand.weight,
                                        expand.bias,  contract.weight, contract.bias};
  const std::vector<NamedPart> parts = block.NamedParts();
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_THAT(parts[i].values(), Pointwise(FloatNear(0), expected[i].values())) << parts[i].name;
  }
}

TEST(BlockForward, BothKindsOfAttentionGiveTheSame) {
  GptConfig config = Small();
  ManualSeed(1);
  const TransformerBlock fused(config);
  config.attention = "didactic";
  ManualSeed(1);
  const TransformerBlock didactic(config);
  EXPECT_NE(dynamic_cast<const FusedMultiHeadAttention*>(fused.att.get()), nullptr);
  EXPECT_NE(dynamic_cast<const MultiHeadAttention*>(didactic.att.get()), nullptr);
  const Tensor x = Input(config);
  EXPECT_THAT(fused.Forward(x).values(), Pointwise(FloatNear(2e-6f), didactic.Forward(x).values()));
}

// With the last layers of both paths at zero, all that comes through is the shortcut.
TEST(BlockForward, ShortcutsPassTheInputOn) {
  const TransformerBlock block(Small());
  for (NamedPart& part : block.NamedParts()) {
    if (part.name.find("out_proj") == std::string::npos &&
        part.name.find("layers.2") == std::string::npos) {
      continue;
    }
    for (int64_t i = 0; i < part.size(); ++i) part.mutable_data()[i] = 0;
  }
  const Tensor x = Input(Small());
  EXPECT_THAT(block.Forward(x).values(), Pointwise(FloatNear(0), x.values()));
}

// Each rate of its own switches its own dropout on, in training mode only.
TEST(BlockForward, DropoutActsWhereItsRateSays) {
  const Tensor x = Input(Small());
  const auto output = [&](const GptConfig& config, bool training) {
    ManualSeed(3);
    TransformerBlock block(config);
    block.Train(training);
    return block.Forward(x);
  };
  const Tensor plain = output(Small(), true);
  GptConfig off = Small(), attn = Small(), shortcut = Small();
  off.drop_rate = 0.5;
  off.drop_rate_attn = off.drop_rate_shortcut = 0;
  attn.drop_rate_attn = 0.5;
  shortcut.drop_rate_shortcut = 0.5;
  EXPECT_THAT(output(off, true).values(), Pointwise(FloatNear(0), plain.values()));
  EXPECT_THAT(output(attn, true).values(), Not(Pointwise(FloatNear(1e-3f), plain.values())));
  EXPECT_THAT(output(shortcut, true).values(), Not(Pointwise(FloatNear(1e-3f), plain.values())));
  EXPECT_THAT(output(attn, false).values(), Pointwise(FloatNear(0), plain.values()));
  EXPECT_THAT(output(shortcut, false).values(), Pointwise(FloatNear(0), plain.values()));
}

// x + attention(norm1(x)) and then + feed_forward(norm2(...)), added up number by number.
TEST(BlockForward, AddsWhatEachLayerMakesOfTheNormalisedInput) {
  ManualSeed(4);
  TransformerBlock block(Small());
  for (int64_t i = 0; i < 12; ++i) block.norm2.shift.mutable_data()[i] = 0.1f * i;  // not norm1's
  const Tensor x = Input(Small());
  const Tensor attended = block.att->Forward(block.norm1.Forward(x));
  Tensor middle = Tensor::Empty(x.shape());
  for (int64_t i = 0; i < x.size(); ++i) {
    middle.mutable_data()[i] = x.data()[i] + attended.data()[i];
  }
  const Tensor fed = block.ff.Forward(block.norm2.Forward(middle));
  const Tensor y = block.Forward(x);
  ASSERT_EQ(y.shape(), x.shape());
  for (int64_t i = 0; i < x.size(); ++i) {
    ASSERT_NEAR(y.data()[i], middle.data()[i] + fed.data()[i], 1e-5)
        << "y [2, 4, 12], number " << i % 12 << " of token " << i / 12;
  }
}

TEST(TransformerBlock, RefusesAnImpossibleConfig) {
  GptConfig config = Small();
  config.n_heads = 5;
  try {
    TransformerBlock block(config);
    FAIL() << "5 heads for a width of 12 were accepted";
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "TransformerBlock: n_heads is 5, which does not divide emb_dim 12");
  }
}

}  // namespace
}  // namespace gokart
