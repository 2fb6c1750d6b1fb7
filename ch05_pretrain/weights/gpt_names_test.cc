#include "ch05_pretrain/weights/gpt_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <stdexcept>

#include "ch04_model/gpt_model.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;

TEST(GptNamesTest, PlacesOfHuggingFace) {
  const GptNaming hf = GptNaming::kHuggingFace;
  EXPECT_EQ(PlaceOf("tok_emb.weight", hf), (StoredPlace{"wte.weight"}));
  EXPECT_EQ(PlaceOf("trf_blocks.11.norm2.shift", hf), (StoredPlace{"h.11.ln_2.bias"}));
  EXPECT_EQ(PlaceOf("trf_blocks.0.att.W_key.weight", hf),
            (StoredPlace{"h.0.attn.c_attn.weight", true, 1, 3}));
  EXPECT_EQ(PlaceOf("trf_blocks.0.att.W_value.bias", hf),
            (StoredPlace{"h.0.attn.c_attn.bias", false, 2, 3}));
  EXPECT_EQ(PlaceOf("trf_blocks.3.ff.layers.2.weight", hf),
            (StoredPlace{"h.3.mlp.c_proj.weight", true}));
  EXPECT_EQ(PlaceOf("out_head.weight", hf), (StoredPlace{"lm_head.weight"}));
}

TEST(GptNamesTest, PlacesOfOpenAi) {
  const GptNaming tf = GptNaming::kOpenAi;
  EXPECT_EQ(PlaceOf("pos_emb.weight", tf), (StoredPlace{"model/wpe"}));
  EXPECT_EQ(PlaceOf("final_norm.shift", tf), (StoredPlace{"model/ln_f/b"}));
  EXPECT_EQ(PlaceOf("trf_blocks.10.att.W_query.weight", tf),
            (StoredPlace{"model/h10/attn/c_attn/w", true, 0, 3}));
  EXPECT_EQ(PlaceOf("trf_blocks.0.ff.layers.0.bias", tf), (StoredPlace{"model/h0/mlp/c_fc/b"}));
}

TEST(GptNamesTest, OwnNamesStayAsTheyAre) {
  EXPECT_EQ(PlaceOf("trf_blocks.1.att.W_key.weight", GptNaming::kWorkshop),
            (StoredPlace{"trf_blocks.1.att.W_key.weight"}));
}

TEST(GptNamesTest, RefusesNamesThatNoGptHas) {
  for (const char* name : {"", "tok_emb", "trf_blocks.0.", "trf_blocks.x.norm1.scale",
                           "trf_blocks.0.norm3.scale", "trf_blocks.0tok_emb.weight"}) {
    EXPECT_THROW(PlaceOf(name, GptNaming::kHuggingFace), std::invalid_argument) << name;
    EXPECT_THROW(PlaceOf(name, GptNaming::kOpenAi), std::invalid_argument) << name;
  }
}

TEST(GptNamesTest, ShapesOfStoredTensors) {
  const int64_t query[] = {48, 48}, up[] = {192, 48}, bias[] = {48}, table[] = {97, 48};
  const auto shape = [](const char* name, std::span<const int64_t> ours, GptNaming naming) {
    return StoredShape(PlaceOf(name, naming), ours, naming);
  };
  const GptNaming hf = GptNaming::kHuggingFace, tf = GptNaming::kOpenAi;
  EXPECT_THAT(shape("trf_blocks.0.att.W_query.weight", query, hf), ElementsAre(48, 144));
  EXPECT_THAT(shape("trf_blocks.0.att.W_query.weight", query, tf), ElementsAre(1, 48, 144));
  EXPECT_THAT(shape("trf_blocks.0.att.W_query.bias", bias, tf), ElementsAre(144));
  EXPECT_THAT(shape("trf_blocks.0.ff.layers.0.weight", up, hf), ElementsAre(48, 192));
  EXPECT_THAT(shape("trf_blocks.0.ff.layers.0.weight", up, GptNaming::kWorkshop),
              ElementsAre(192, 48));
  EXPECT_THAT(shape("tok_emb.weight", table, tf), ElementsAre(97, 48));
}

// Every parameter has a place, and the parts of a tensor are all taken exactly once.
TEST(GptNamesTest, CoversEveryParameterOfAModel) {
  const GPTModel model({.vocab_size = 5,
                        .context_length = 3,
                        .emb_dim = 4,
                        .n_heads = 2,
                        .n_layers = 11,
                        .qkv_bias = true});
  for (const GptNaming naming : {GptNaming::kHuggingFace, GptNaming::kOpenAi}) {
    std::map<std::string, std::vector<int64_t>> parts;
    for (const NamedPart& part : model.NamedParts()) {
      if (naming == GptNaming::kOpenAi && part.name == "out_head.weight") continue;
      const StoredPlace place = PlaceOf(part.name, naming);
      std::vector<int64_t>& taken = parts[place.name];
      EXPECT_EQ(place.part, taken.size()) << part.name;
      EXPECT_EQ(place.parts, place.name.find("c_attn") == std::string::npos ? 1 : 3) << part.name;
      taken.push_back(place.part);
    }
    EXPECT_EQ(parts.size(), 11 * 12 + (naming == GptNaming::kOpenAi ? 4 : 5));
  }
}

TEST(GptNamesTest, ListsTheParametersOfAModel) {
  for (const bool flag : {false, true}) {
    const GptConfig config = {.vocab_size = 5,
                              .context_length = 3,
                              .emb_dim = 4,
                              .n_heads = 2,
                              .n_layers = 2,
                              .qkv_bias = flag,
                              .tie_weights = !flag};
    std::vector<GptParameter> expected;
    for (const NamedPart& part : GPTModel(config).NamedParts()) {
      expected.push_back({part.name, part.shape().ToVector()});
    }
    EXPECT_EQ(GptParameters(config), expected);
  }
}

std::vector<StoredTensor> Named(const std::vector<std::string>& names) {
  std::vector<StoredTensor> tensors;
  for (const std::string& name : names) tensors.push_back({.name = name});
  return tensors;
}

TEST(GptNamesTest, FindsOutWhoNamedTheTensors) {
  EXPECT_EQ(FindNaming(Named({"x", "tok_emb.weight"})), GptNaming::kWorkshop);
  EXPECT_EQ(FindNaming(Named({"x", "wte.weight"})), GptNaming::kHuggingFace);
  EXPECT_EQ(FindNaming(Named({"lm_head.weight", "transformer.wte.weight"})),
            GptNaming::kHuggingFace);
  EXPECT_EQ(FindNaming(Named({"model/wte"})), GptNaming::kOpenAi);
  EXPECT_EQ(FindNaming(Named({"model.embed_tokens.weight", "beta1_power"})), std::nullopt);
  EXPECT_EQ(FindNaming({}), std::nullopt);
  EXPECT_EQ(NamePrefix(Named({"lm_head.weight", "transformer.wte.weight"})), "transformer.");
  EXPECT_EQ(NamePrefix(Named({"wte.weight"})), "");
}

TEST(GptNamesTest, KnowsWhatIsNoParameter) {
  EXPECT_TRUE(IsNoParameter("trf_blocks.0.att.mask", GptNaming::kWorkshop));
  EXPECT_TRUE(IsNoParameter("optimizer.m/tok_emb.weight", GptNaming::kWorkshop));
  EXPECT_TRUE(IsNoParameter("h.0.attn.bias", GptNaming::kHuggingFace));
  EXPECT_TRUE(IsNoParameter("h.0.attn.masked_bias", GptNaming::kHuggingFace));
  EXPECT_FALSE(IsNoParameter("h.0.attn.c_attn.bias", GptNaming::kHuggingFace));
  EXPECT_FALSE(IsNoParameter("trf_blocks.0.att.out_proj.bias", GptNaming::kWorkshop));
}

}  // namespace
}  // namespace gokart
