// The published sizes.
#include "ch04_model/llama/llama_config.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <stdexcept>
#include <string>

namespace gokart {
namespace {

// As the files that Meta published hold them.
TEST(LlamaConfig, HasThePublishedNumberOfParameters) {
  const std::map<std::string, int64_t> published = {
      {"llama2-7b", 6738415616},     {"llama2-13b", 13015864320},     {"llama2-70b", 68976648192},
      {"llama3-8b", 8030261248},     {"llama3-70b", 70553706496},     {"llama3.1-8b", 8030261248},
      {"llama3.1-70b", 70553706496}, {"llama3.1-405b", 405853388800}, {"llama3.2-1b", 1235814400},
      {"llama3.2-3b", 3212749824},
  };
  EXPECT_EQ(NamedLlamaConfigs().size(), published.size());
  for (const NamedLlamaConfig& named : NamedLlamaConfigs()) {
    EXPECT_EQ(NumParameters(CheckedLlamaConfig("test", named.config)), published.at(named.name))
        << named.name;
  }
}

// With a head of its own, Llama 3.2 1B would have 1,498,482,688.
TEST(LlamaConfig, TyingSharesOneTable) {
  LlamaConfig config = *FindLlamaConfig("llama3.2-1b");
  config.tie_weights = false;
  EXPECT_EQ(NumParameters(config), 1498482688);
}

TEST(LlamaConfig, UnknownNamesAreAnsweredWithTheKnown) {
  const auto status = FindLlamaConfig("llama4").status();
  EXPECT_NE(std::string(status.message()).find("no Llama \"llama4\"; there are: llama2-7b, "),
            std::string::npos);
}

TEST(LlamaConfig, ChecksNameTheFieldAndItsValue) {
  const auto refused = [](const std::function<void(LlamaConfig&)>& change) -> std::string {
    LlamaConfig config;
    change(config);
    try {
      CheckedLlamaConfig("X", config);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(refused([](LlamaConfig&) {}), "accepted");
  EXPECT_EQ(refused([](LlamaConfig& c) { c.n_layers = 0; }),
            "X: n_layers is 0, must be between 1 and 2147483647");
  EXPECT_EQ(refused([](LlamaConfig& c) { c.n_heads = 48; }),
            "X: n_heads is 48, which does not divide emb_dim 4096");
  EXPECT_EQ(refused([](LlamaConfig& c) { c.n_kv_groups = 5; }),
            "X: n_kv_groups is 5, which does not divide n_heads 32");
  EXPECT_EQ(refused([](LlamaConfig& c) { c.rope_base = 0; }),
            "X: RopeFrequencies: base is 0.000000");
}

}  // namespace
}  // namespace gokart
