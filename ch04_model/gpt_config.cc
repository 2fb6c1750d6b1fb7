#include "ch04_model/gpt_config.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ch03_attention/make_attention.h"
#include "nlohmann/json.hpp"
#include "workshop/nearest_name.h"

namespace gokart {
namespace {

using nlohmann::json;

// Token ids and positions are 32-bit numbers; the other sizes have the same bound, so that no
// product of two of them overflows 64 bits.
constexpr int64_t kMaxSize = std::numeric_limits<int32_t>::max();
// As many parameters as any machine could hold; more than all published models.
constexpr double kMaxParameters = 1e13;

absl::Status Wrong(const std::string& name, const std::string& value, const std::string& rule) {
  return absl::InvalidArgumentError(absl::StrCat(name, " is ", value, ", ", rule));
}

absl::Status CheckField(const std::string& name, int64_t size) {
  if (size >= 1 && size <= kMaxSize) return absl::OkStatus();
  return Wrong(name, absl::StrCat(size), absl::StrCat("must be between 1 and ", kMaxSize));
}

absl::Status CheckField(const std::string& name, double rate) {
  if (rate >= 0 && rate < 1) return absl::OkStatus();
  return Wrong(name, absl::StrCat(rate), "must be at least 0 and less than 1");
}

template <typename Number>
absl::Status CheckField(const std::string& name, const std::optional<Number>& number) {
  return number.has_value() ? CheckField(name, *number) : absl::OkStatus();
}

absl::Status CheckField(const std::string&, bool) { return absl::OkStatus(); }

absl::Status CheckField(const std::string&, const std::string& attention) {
  return CheckAttentionName(attention);
}

// In floating point, which does not overflow: tables, and 12 C^2 for each block.
double RoughParameters(const GptConfig& config) {
  const double c = static_cast<double>(config.emb_dim);
  return c * (2.0 * config.vocab_size + config.context_length) + 12.0 * config.n_layers * c * c;
}

// What JSON must hold for a field of each type, in words, and whether it does.
bool Reads(const json& value, int64_t& field) {
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned() && value.get<uint64_t>() > kMaxSize) return false;
  field = value.get<int64_t>();
  return true;
}
bool Reads(const json& value, double& field) {
  if (!value.is_number()) return false;
  field = value.get<double>();
  return true;
}
template <typename Number>
bool Reads(const json& value, std::optional<Number>& field) {
  Number number = 0;
  if (!Reads(value, number)) return false;
  field = number;
  return true;
}
bool Reads(const json& value, bool& field) {
  if (!value.is_boolean()) return false;
  field = value.get<bool>();
  return true;
}
bool Reads(const json& value, std::string& field) {
  if (!value.is_string()) return false;
  field = value.get<std::string>();
  return true;
}

template <typename Field>
std::string Expected() {
  if (std::is_same_v<Field, int64_t> || std::is_same_v<Field, std::optional<int64_t>>)
    return absl::StrCat("a whole number up to ", kMaxSize);
  if (std::is_same_v<Field, bool>) return "true or false";
  if (std::is_same_v<Field, std::string>) return "a string";
  return "a number";
}

// The value as JSON, cut to what fits a message.
std::string Shown(const json& value) {
  const std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() <= 40 ? text : text.substr(0, 40) + "...";
}

// One field from its place in `object`; only sizes may not be left out.
template <typename Field>
absl::Status ReadField(const json& object, const std::string& name, Field& field) {
  const auto found = object.find(name);
  if (found == object.end()) {
    if (!std::is_same_v<Field, int64_t>) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(name, " is missing"));
  }
  if (Reads(*found, field)) return absl::OkStatus();
  return Wrong(name, Shown(*found), absl::StrCat("must be ", Expected<Field>()));
}

absl::Status CheckNames(const json& object) {
  std::vector<std::string> names;
  GptConfig config;
  VisitFields(config, [&](const std::string& name, auto&) { names.push_back(name); });
  for (const auto& [name, value] : object.items()) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::string nearest = NearestName(name, names);
    return absl::InvalidArgumentError(
        absl::StrCat("unknown field \"", name, "\"",
                     nearest.empty() ? "" : absl::StrCat("; did you mean \"", nearest, "\"?")));
  }
  return absl::OkStatus();
}

absl::StatusOr<GptConfig> ReadFields(const json& object) {
  if (!object.is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat("an object with the fields of a model expected, found ", Shown(object)));
  }
  absl::Status status = CheckNames(object);
  GptConfig config;
  VisitFields(config, [&](const std::string& name, auto& field) {
    if (status.ok()) status = ReadField(object, name, field);
  });
  if (status.ok()) status = CheckGptConfig(config);
  if (!status.ok()) return status;
  return config;
}

template <typename Number>
void PutField(json& object, const std::string& name, const std::optional<Number>& field) {
  if (field.has_value()) object[name] = *field;
}
template <typename Field>
void PutField(json& object, const std::string& name, const Field& field) {
  object[name] = field;
}

// What a kind of attention demands of the heads.
absl::Status CheckHeads(const GptConfig& config) {
  if (config.emb_dim % config.n_heads != 0) {
    return Wrong("n_heads", absl::StrCat(config.n_heads),
                 absl::StrCat("which does not divide emb_dim ", config.emb_dim));
  }
  const int64_t groups = config.n_kv_groups.value_or(1);
  if (config.n_heads % groups != 0) {
    return Wrong("n_kv_groups", absl::StrCat(groups),
                 absl::StrCat("which does not divide n_heads ", config.n_heads));
  }
  const int64_t head_dim = config.emb_dim / config.n_heads;
  if (config.attention == "rope" && head_dim % 2 != 0) {
    return Wrong("attention", "rope",
                 absl::StrCat("which needs heads of an even size, not of ", head_dim));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckGptConfig(const GptConfig& config) {
  absl::Status status;
  VisitFields(config, [&](const std::string& name, const auto& field) {
    if (status.ok()) status = CheckField(name, field);
  });
  if (!status.ok()) return status;
  if (status = CheckHeads(config); !status.ok()) return status;
  if (RoughParameters(config) > kMaxParameters) {
    return absl::InvalidArgumentError(
        absl::StrCat("vocab_size ", config.vocab_size, ", context_length ", config.context_length,
                     ", emb_dim ", config.emb_dim, " and n_layers ", config.n_layers,
                     " make more than ", kMaxParameters, " parameters"));
  }
  return absl::OkStatus();
}

GptConfig CheckedGptConfig(const std::string& layer, const GptConfig& config) {
  const absl::Status status = CheckGptConfig(config);
  if (!status.ok()) throw std::invalid_argument(absl::StrCat(layer, ": ", status.message()));
  return config;
}

AttentionConfig LayerAttention(const GptConfig& config, int64_t layer) {
  return {.d_in = config.emb_dim,
          .d_out = config.emb_dim,
          .context_length = config.context_length,
          .dropout = config.AttnDropRate(),
          .num_heads = config.n_heads,
          .qkv_bias = config.qkv_bias,
          .num_kv_groups = config.n_kv_groups.value_or(0),
          .window = config.sliding_window_size.value_or(0),
          .latent_dim = config.latent_dim.value_or(0),
          .layer = layer};
}

bool LearnsPositions(const GptConfig& config) {
  const AttentionKind* const kind = FindAttention(config.attention);
  return kind == nullptr || !kind->own_positions;
}

json GptConfigToJson(const GptConfig& config) {
  json object = json::object();
  VisitFields(config,
              [&](const std::string& name, const auto& field) { PutField(object, name, field); });
  return object;
}

absl::StatusOr<GptConfig> GptConfigFromJson(const json& object, const std::string& source) {
  absl::StatusOr<GptConfig> config = ReadFields(object);
  if (config.ok()) return config;
  return absl::InvalidArgumentError(absl::StrCat(source, ": ", config.status().message()));
}

const std::vector<NamedGptConfig>& NamedGptConfigs() {
  static const auto* const configs = new std::vector<NamedGptConfig>{
      {"gpt2-small", "the workshop's GPT_CONFIG_124M", {}},
      {"gpt2-medium",
       "355 million parameters with tied weights",
       {.emb_dim = 1024, .n_heads = 16, .n_layers = 24}},
      {"gpt2-large",
       "774 million parameters with tied weights",
       {.emb_dim = 1280, .n_heads = 20, .n_layers = 36}},
      {"gpt2-xl",
       "1.56 billion parameters with tied weights",
       {.emb_dim = 1600, .n_heads = 25, .n_layers = 48}},
      {"laptop",
       "learns simple stories in minutes, without a graphics card",
       {.vocab_size = 1024,
        .context_length = 256,
        .emb_dim = 192,
        .n_heads = 6,
        .n_layers = 4,
        .drop_rate = 0}},
      {"laptop-large",
       "for an evening's training on a text of some megabytes",
       {.vocab_size = 1024,
        .context_length = 256,
        .emb_dim = 384,
        .n_heads = 6,
        .n_layers = 6,
        .drop_rate = 0}},
  };
  return *configs;
}

absl::StatusOr<GptConfig> FindGptConfig(const std::string& name) {
  std::vector<std::string> names;
  for (const NamedGptConfig& named : NamedGptConfigs()) {
    if (named.name == name) return named.config;
    names.push_back(named.name);
  }
  return absl::NotFoundError(
      absl::StrCat("no model \"", name, "\"; there are: ", absl::StrJoin(names, ", ")));
}

}  // namespace gokart
