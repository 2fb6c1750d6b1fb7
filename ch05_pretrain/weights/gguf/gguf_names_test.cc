#include "ch05_pretrain/weights/gguf/gguf_names.h"

#include <stdexcept>
#include <string>
#include <utility>

#include "ch04_model/gpt_model.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// llama.cpp's own list for the architecture gpt2 (gguf-py's constants).
TEST(GgufNamesTest, AreLlamaCpps) {
  EXPECT_EQ(GgufPlaceOf("tok_emb.weight"), (GgufPlace{"token_embd.weight"}));
  EXPECT_EQ(GgufPlaceOf("pos_emb.weight"), (GgufPlace{"position_embd.weight"}));
  EXPECT_EQ(GgufPlaceOf("final_norm.shift"), (GgufPlace{"output_norm.bias"}));
  EXPECT_EQ(GgufPlaceOf("out_head.weight"), (GgufPlace{"output.weight"}));
  EXPECT_EQ(GgufPlaceOf("trf_blocks.11.norm1.scale"), (GgufPlace{"blk.11.attn_norm.weight"}));
  EXPECT_EQ(GgufPlaceOf("trf_blocks.0.norm2.shift"), (GgufPlace{"blk.0.ffn_norm.bias"}));
  EXPECT_EQ(GgufPlaceOf("trf_blocks.2.att.W_key.bias"), (GgufPlace{"blk.2.attn_qkv.bias", 1, 3}));
  const std::pair<const char*, const char*> kNames[] = {
      {"norm1.scale", "attn_norm.weight"},
      {"norm1.shift", "attn_norm.bias"},
      {"att.out_proj.weight", "attn_output.weight"},
      {"att.out_proj.bias", "attn_output.bias"},
      {"norm2.scale", "ffn_norm.weight"},
      {"norm2.shift", "ffn_norm.bias"},
      {"ff.layers.0.weight", "ffn_up.weight"},
      {"ff.layers.0.bias", "ffn_up.bias"},
      {"ff.layers.2.weight", "ffn_down.weight"},
      {"ff.layers.2.bias", "ffn_down.bias"},
  };
  for (const auto& [workshop, gguf] : kNames) {
    EXPECT_EQ(GgufPlaceOf(std::string("trf_blocks.12.") + workshop).name,
              std::string("blk.12.") + gguf);
  }
  EXPECT_THAT(WorkshopNamesIn("blk.3.attn_qkv.weight"),
              ElementsAre("trf_blocks.3.att.W_query.weight", "trf_blocks.3.att.W_key.weight",
                          "trf_blocks.3.att.W_value.weight"));
}

TEST(GgufNamesTest, EveryParameterHasAPlaceAndComesBackFromIt) {
  const GPTModel model({.vocab_size = 7,
                        .context_length = 4,
                        .emb_dim = 8,
                        .n_heads = 2,
                        .n_layers = 11,
                        .qkv_bias = true});
  for (const NamedPart& part : model.NamedParts()) {
    const GgufPlace place = GgufPlaceOf(part.name);
    const std::vector<std::string> names = WorkshopNamesIn(place.name);
    ASSERT_EQ(names.size(), place.parts) << part.name;
    EXPECT_EQ(names[place.part], part.name);
  }
}

TEST(GgufNamesTest, OtherNames) {
  for (const char* name : {"", "blk.", "blk.0", "blk.x.ffn_up.weight", "blk.0.ffn_gate.weight",
                           "blk.0.output.weight", "ffn_up.weight", "rope_freqs.weight"}) {
    EXPECT_THAT(WorkshopNamesIn(name), IsEmpty()) << name;
  }
  EXPECT_THROW(GgufPlaceOf("wte.weight"), std::invalid_argument);
  EXPECT_THROW(GgufPlaceOf("trf_blocks.0.tok_emb.weight"), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
