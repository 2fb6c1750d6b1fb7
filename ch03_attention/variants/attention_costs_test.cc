// Costs worked out by hand, and how they grow.
#include "ch03_attention/variants/attention_costs.h"

#include <gtest/gtest.h>

#include "ch03_attention/make_attention.h"

namespace gokart {
namespace {

AttentionCosts Costs(const std::string& name, int64_t num_tokens) {
  return FindAttention(name)->costs({.d_in = 768,
                                     .d_out = 768,
                                     .context_length = 4096,
                                     .num_heads = 12,
                                     .num_kv_groups = 3,
                                     .window = 256,
                                     .latent_dim = 96},
                                    num_tokens);
}

TEST(VisiblePairs, CountsWhatAMaskLeaves) {
  EXPECT_EQ(VisiblePairs(0), 0);
  EXPECT_EQ(VisiblePairs(4), 10);
  EXPECT_EQ(VisiblePairs(4, 4), 10);
  EXPECT_EQ(VisiblePairs(4, 100), 10);
  EXPECT_EQ(VisiblePairs(4, 1), 4);
  EXPECT_EQ(VisiblePairs(6, 3), 1 + 2 + 3 + 3 + 3 + 3);
}

// The attention of the smallest GPT-2 at 1024 tokens.
TEST(AttentionCosts, OfTheChaptersAttention) {
  const AttentionCosts fused = Costs("fused", 1024), didactic = Costs("didactic", 1024);
  EXPECT_EQ(fused.parameters, 2360064);
  EXPECT_EQ(fused.projection_flops, 2.0 * 1024 * 4 * 768 * 768);
  EXPECT_EQ(fused.attention_flops, 4.0 * 768 * 1024 * 1025 / 2);
  EXPECT_EQ(fused.cache_bytes, 6291456);  // 1024 tokens of 2 * 768 floats
  EXPECT_EQ(fused.training_bytes, 4.0 * 1024 * (4 * 768 + 12));
  EXPECT_EQ(didactic.training_bytes, 4.0 * 1024 * (4 * 768 + 12 * 1024));
  EXPECT_EQ(didactic.ForwardFlops(), fused.ForwardFlops());
}

TEST(AttentionCosts, OfTheAlternatives) {
  EXPECT_EQ(Costs("gqa", 1024).cache_bytes, 6291456 / 4);
  EXPECT_EQ(Costs("gqa", 1024).parameters, 2360064 - 2 * 768 * 576);
  EXPECT_EQ(Costs("mqa", 1024).cache_bytes, 6291456 / 12);
  EXPECT_EQ(Costs("mla", 1024).cache_bytes, 1024 * 96 * 4);
  EXPECT_EQ(Costs("mla", 1024).parameters, 2 * 768 * 768 + 3 * 768 * 96 + 768);
  EXPECT_EQ(Costs("swa", 1024).cache_bytes, 6291456 / 4);
  EXPECT_EQ(Costs("deltanet", 1024).cache_bytes, 12 * 64 * 64 * 4);
  EXPECT_EQ(Costs("sinks", 1024).parameters, 2360064 + 12);
  EXPECT_EQ(Costs("qk_norm", 1024).parameters, 2360064 + 2 * 64);
}

// From 2048 to 4096 tokens: times two for what is linear, nearly four for what is not.
TEST(AttentionCosts, GrowAsTheyShould) {
  const auto growth = [](const std::string& name) {
    return Costs(name, 4096).attention_flops / Costs(name, 2048).attention_flops;
  };
  EXPECT_NEAR(growth("fused"), 4, 0.01);
  EXPECT_NEAR(growth("swa"), 2, 0.1);
  EXPECT_EQ(growth("deltanet"), 2);
  EXPECT_EQ(Costs("deltanet", 4096).cache_bytes, Costs("deltanet", 1).cache_bytes);
  EXPECT_EQ(Costs("swa", 4096).cache_bytes, Costs("swa", 256).cache_bytes);
}

}  // namespace
}  // namespace gokart
