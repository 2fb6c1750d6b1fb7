// Flags to config: every field has its flag, and a flag changes its field and no other.
#include "ch04_model/model_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "nlohmann/json.hpp"

namespace gokart {
namespace {

using ::testing::HasSubstr;

// Sets a flag as the command line would; absl::FlagSaver sets it back.
void SetFlag(const std::string& name, const std::string& value) {
  std::string error;
  absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
  ASSERT_NE(flag, nullptr) << name;
  ASSERT_TRUE(flag->ParseFrom(value, &error)) << name << ": " << error;
}

TEST(ModelFlags, WithoutFlagsTheModelStaysAsItIs) {
  for (const NamedGptConfig& named : NamedGptConfigs()) {
    const absl::StatusOr<GptConfig> config = ConfigFromFlags(named.config);
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_EQ(*config, named.config) << named.name;
  }
}

TEST(ModelFlags, EachFlagChangesItsFieldAlone) {
  const std::map<std::string, std::string> values = {
      {"vocab_size", "97"},
      {"context_length", "32"},
      {"emb_dim", "24"},
      {"n_heads", "6"},
      {"n_layers", "3"},
      {"drop_rate", "0.25"},
      {"drop_rate_emb", "0"},
      {"drop_rate_attn", "0.5"},
      {"drop_rate_shortcut", "0.75"},
      {"qkv_bias", "true"},
      {"tie_weights", "true"},
      {"attention", "\"didactic\""},
      {"n_kv_groups", "4"},
      {"sliding_window_size", "64"},
      {"latent_dim", "48"},
  };
  const nlohmann::json before = GptConfigToJson({});
  for (const std::string& name : ModelFlagNames()) {
    const absl::FlagSaver restore;
    const nlohmann::json value = nlohmann::json::parse(values.at(name));
    SetFlag(name, value.is_string() ? value.get<std::string>() : value.dump());
    const absl::StatusOr<GptConfig> config = ConfigFromFlags({});
    ASSERT_TRUE(config.ok()) << config.status();
    nlohmann::json expected = before;
    expected[name] = value;
    EXPECT_EQ(GptConfigToJson(*config), expected) << name;
  }
}

TEST(ModelFlags, RefusesWhatMakesNoModel) {
  const absl::FlagSaver restore;
  SetFlag("n_heads", "5");
  EXPECT_THAT(ConfigFromFlags({}).status().message(),
              HasSubstr("n_heads is 5, which does not divide emb_dim 768"));
  SetFlag("n_heads", "0");
  EXPECT_THAT(ConfigFromFlags({}).status().message(), HasSubstr("n_heads is 0"));
}

}  // namespace
}  // namespace gokart
