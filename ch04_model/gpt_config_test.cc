// Configurations: the workshop's sizes, what is refused and in which words, and JSON.
#include "ch04_model/gpt_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "nlohmann/json.hpp"

namespace gokart {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Refusal(const GptConfig& config) {
  return std::string(CheckGptConfig(config).message());
}

std::string ParseError(const json& object) {
  return std::string(GptConfigFromJson(object, "here.json").status().message());
}

TEST(GptConfig, DefaultIsTheWorkshops124M) {
  const GptConfig config;
  EXPECT_EQ(config.vocab_size, 50257);
  EXPECT_EQ(config.context_length, 1024);
  EXPECT_EQ(config.emb_dim, 768);
  EXPECT_EQ(config.n_heads, 12);
  EXPECT_EQ(config.n_layers, 12);
  EXPECT_EQ(config.drop_rate, 0.1);
  EXPECT_FALSE(config.qkv_bias);
  EXPECT_FALSE(config.tie_weights);
  EXPECT_EQ(*FindGptConfig("gpt2-small"), config);
}

TEST(GptConfig, NamedOnesAreSound) {
  EXPECT_EQ(NamedGptConfigs().size(), 6u);
  for (const NamedGptConfig& named : NamedGptConfigs()) {
    EXPECT_EQ(Refusal(named.config), "") << named.name;
  }
  EXPECT_EQ(FindGptConfig("gpt2-xl")->n_heads, 25);
  EXPECT_THAT(FindGptConfig("gpt3").status().message(),
              AllOf(HasSubstr("\"gpt3\""), HasSubstr("gpt2-small"), HasSubstr("laptop-large")));
}

TEST(GptConfig, DropRatesOfTheirOwnGoFirst) {
  GptConfig config = {.drop_rate = 0.1, .drop_rate_attn = 0.0};
  EXPECT_EQ(config.EmbDropRate(), 0.1);
  EXPECT_EQ(config.AttnDropRate(), 0);
  EXPECT_EQ(config.ShortcutDropRate(), 0.1);
  config.drop_rate_emb = 0.3;
  config.drop_rate_shortcut = 0.2;
  EXPECT_EQ(config.EmbDropRate(), 0.3);
  EXPECT_EQ(config.ShortcutDropRate(), 0.2);
}

TEST(CheckGptConfig, NamesTheFieldItsValueAndTheRule) {
  EXPECT_EQ(Refusal({}), "");
  EXPECT_EQ(Refusal({.n_heads = 5}), "n_heads is 5, which does not divide emb_dim 768");
  EXPECT_THAT(Refusal({.vocab_size = 0}), HasSubstr("vocab_size is 0, must be between 1 and"));
  EXPECT_THAT(Refusal({.context_length = -1}), HasSubstr("context_length is -1"));
  EXPECT_THAT(Refusal({.emb_dim = -768}), HasSubstr("emb_dim is -768"));
  EXPECT_THAT(Refusal({.n_heads = 0}), HasSubstr("n_heads is 0"));
  EXPECT_THAT(Refusal({.n_layers = 0}), HasSubstr("n_layers is 0"));
  EXPECT_THAT(Refusal({.drop_rate = 1}), HasSubstr("drop_rate is 1, must be at least 0 and less"));
  EXPECT_THAT(Refusal({.drop_rate_emb = -0.5}), HasSubstr("drop_rate_emb is -0.5"));
  EXPECT_THAT(Refusal({.drop_rate_attn = NAN}), HasSubstr("drop_rate_attn is nan"));
  EXPECT_THAT(Refusal({.drop_rate_shortcut = 2}), HasSubstr("drop_rate_shortcut is 2"));
  EXPECT_THAT(Refusal({.attention = "linear"}), AllOf(HasSubstr("linear"), HasSubstr("fused")));
  EXPECT_EQ(Refusal({.n_kv_groups = 5}), "n_kv_groups is 5, which does not divide n_heads 12");
  EXPECT_THAT(Refusal({.n_kv_groups = 0}), HasSubstr("n_kv_groups is 0, must be between 1"));
  EXPECT_THAT(Refusal({.sliding_window_size = -1}), HasSubstr("sliding_window_size is -1"));
  EXPECT_THAT(Refusal({.latent_dim = 0}), HasSubstr("latent_dim is 0"));
  EXPECT_EQ(Refusal({.emb_dim = 36, .n_heads = 4, .attention = "rope"}),
            "attention is rope, which needs heads of an even size, not of 9");
}

TEST(CheckGptConfig, RefusesSizesWhoseProductsOverflow) {
  EXPECT_THAT(Refusal({.vocab_size = int64_t{1} << 40}), HasSubstr("vocab_size is 1099511627776"));
  EXPECT_THAT(Refusal({.emb_dim = INT32_MAX, .n_heads = 1}), HasSubstr("parameters"));
  EXPECT_THAT(Refusal({.n_layers = INT32_MAX}), HasSubstr("parameters"));
  EXPECT_EQ(Refusal({.emb_dim = 12288, .n_heads = 96, .n_layers = 96}), "");  // GPT-3
}

// Breaks, as it should, when a field is added: it needs a line here and in VisitFields.
TEST(VisitFields, ReachesEveryField) {
  GptConfig config;
  auto& [vocab_size, context_length, emb_dim, n_heads, n_layers, drop_rate, drop_rate_emb,
         drop_rate_attn, drop_rate_shortcut, qkv_bias, tie_weights, attention, n_kv_groups,
         sliding_window_size, latent_dim] = config;
  const std::vector<const void*> fields = {&vocab_size,
                                           &context_length,
                                           &emb_dim,
                                           &n_heads,
                                           &n_layers,
                                           &drop_rate,
                                           &drop_rate_emb,
                                           &drop_rate_attn,
                                           &drop_rate_shortcut,
                                           &qkv_bias,
                                           &tie_weights,
                                           &attention,
                                           &n_kv_groups,
                                           &sliding_window_size,
                                           &latent_dim};
  std::vector<const void*> visited;
  VisitFields(config, [&](const std::string&, auto& field) { visited.push_back(&field); });
  EXPECT_EQ(visited, fields);
}

TEST(GptConfigJson, HasTheWorkshopsNames) {
  const json object = GptConfigToJson({});
  EXPECT_EQ(object, json::parse(R"({"vocab_size": 50257, "context_length": 1024, "emb_dim": 768,
      "n_heads": 12, "n_layers": 12, "drop_rate": 0.1, "qkv_bias": false, "tie_weights": false,
      "attention": "fused"})"));
}

TEST(GptConfigJson, RoundTrips) {
  const GptConfig config = {.vocab_size = 97,
                            .context_length = 32,
                            .emb_dim = 48,
                            .n_heads = 4,
                            .n_layers = 2,
                            .drop_rate = 0.125,
                            .drop_rate_emb = 0.0,
                            .drop_rate_attn = 0.2,
                            .drop_rate_shortcut = 0.3,
                            .qkv_bias = true,
                            .tie_weights = true,
                            .attention = "didactic",
                            .n_kv_groups = 2,
                            .sliding_window_size = 16,
                            .latent_dim = 8};
  const json object = json::parse(GptConfigToJson(config).dump());
  const absl::StatusOr<GptConfig> read = GptConfigFromJson(object, "test");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, config);
}

TEST(GptConfigJson, TheWorkshopsOwnDictionaryIsEnough) {
  const absl::StatusOr<GptConfig> read = GptConfigFromJson(
      json::parse(R"({"vocab_size": 50257, "context_length": 256, "emb_dim": 768, "n_heads": 12,
                      "n_layers": 12, "drop_rate": 0, "qkv_bias": true})"),
      "test");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, (GptConfig{.context_length = 256, .drop_rate = 0, .qkv_bias = true}));
}

TEST(GptConfigJson, SaysWhatIsWrong) {
  EXPECT_THAT(ParseError(json::array()), HasSubstr("here.json: an object"));
  json missing = GptConfigToJson({});
  missing.erase("n_layers");
  EXPECT_EQ(ParseError(missing), "here.json: n_layers is missing");

  const auto with = [](const std::string& name, const json& value) {
    json object = GptConfigToJson({});
    object[name] = value;
    return ParseError(object);
  };
  EXPECT_THAT(with("num_heads", 12), HasSubstr("unknown field \"num_heads\""));
  EXPECT_THAT(with("n_head", 12), HasSubstr("did you mean \"n_heads\"?"));
  EXPECT_THAT(with("emb_dim", "768"), HasSubstr("emb_dim is \"768\", must be a whole number"));
  EXPECT_THAT(with("emb_dim", 768.5), HasSubstr("emb_dim is 768.5, must be a whole number"));
  EXPECT_THAT(with("emb_dim", 18446744073709551615u), HasSubstr("must be a whole number up to"));
  EXPECT_THAT(with("emb_dim", -768), HasSubstr("emb_dim is -768, must be between"));
  EXPECT_THAT(with("drop_rate", true), HasSubstr("drop_rate is true, must be a number"));
  EXPECT_THAT(with("drop_rate_emb", nullptr), HasSubstr("drop_rate_emb is null, must be a number"));
  EXPECT_THAT(with("qkv_bias", 1), HasSubstr("qkv_bias is 1, must be true or false"));
  EXPECT_THAT(with("attention", 1), HasSubstr("attention is 1, must be a string"));
  EXPECT_THAT(with("latent_dim", 1.5), HasSubstr("latent_dim is 1.5, must be a whole number"));
  EXPECT_THAT(with("n_heads", 7), HasSubstr("here.json: n_heads is 7, which does not divide"));
  EXPECT_LT(with("attention", json::array({std::string(1000, 'x')})).size(), 120u);
}

}  // namespace
}  // namespace gokart
