// The sizes and switches that define a GPT, under the workshop's names, and some GPTs by name.
//
//   GptConfig config = *FindGptConfig("gpt2-small");  // the workshop's GPT_CONFIG_124M
//   config.context_length = 256;
//   absl::Status status = CheckGptConfig(config);     // sizes that fit each other?
//   WriteFile("config.json", GptConfigToJson(config).dump(2));
#ifndef GOKART_CH04_MODEL_GPT_CONFIG_H_
#define GOKART_CH04_MODEL_GPT_CONFIG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch03_attention/attention_config.h"
#include "nlohmann/json_fwd.hpp"

namespace gokart {

/// The defaults are those of the workshop's GPT_CONFIG_124M.
struct GptConfig {
  int64_t vocab_size = 50257;     ///< V, how many different tokens
  int64_t context_length = 1024;  ///< the longest sequence, in tokens
  int64_t emb_dim = 768;          ///< C, the width of the vectors between the blocks
  int64_t n_heads = 12;           ///< H; each has dimension D = C / H
  int64_t n_layers = 12;          ///< L, how many transformer blocks
  double drop_rate = 0.1;         ///< of all dropout layers that have no rate of their own
  std::optional<double> drop_rate_emb = {};       ///< of the embeddings (exercise 4.3)
  std::optional<double> drop_rate_attn = {};      ///< of the attention weights
  std::optional<double> drop_rate_shortcut = {};  ///< of what is added to the shortcuts
  bool qkv_bias = false;            ///< whether query, key and value projections have a bias
  bool tie_weights = false;         ///< whether the output head is the token embedding's table
  std::string attention = "fused";  ///< one of AttentionKinds()
  // What some of them choose by themselves unless told.
  std::optional<int64_t> n_kv_groups = {};  ///< heads of keys and values ("gqa")
  std::optional<int64_t> sliding_window_size =
      {};                                  ///< tokens that a token sees ("swa", "swa_full")
  std::optional<int64_t> latent_dim = {};  ///< numbers kept of each token ("mla")

  double EmbDropRate() const { return drop_rate_emb.value_or(drop_rate); }
  double AttnDropRate() const { return drop_rate_attn.value_or(drop_rate); }
  double ShortcutDropRate() const { return drop_rate_shortcut.value_or(drop_rate); }

  bool operator==(const GptConfig&) const = default;
};

/// Calls visit(name, field) for each field of a GptConfig, const or not. This is the one list of
/// them: files, flags and tables are made from it.
template <typename Config, typename Visitor>
void VisitFields(Config& config, const Visitor& visit) {
  visit("vocab_size", config.vocab_size);
  visit("context_length", config.context_length);
  visit("emb_dim", config.emb_dim);
  visit("n_heads", config.n_heads);
  visit("n_layers", config.n_layers);
  visit("drop_rate", config.drop_rate);
  visit("drop_rate_emb", config.drop_rate_emb);
  visit("drop_rate_attn", config.drop_rate_attn);
  visit("drop_rate_shortcut", config.drop_rate_shortcut);
  visit("qkv_bias", config.qkv_bias);
  visit("tie_weights", config.tie_weights);
  visit("attention", config.attention);
  visit("n_kv_groups", config.n_kv_groups);
  visit("sliding_window_size", config.sliding_window_size);
  visit("latent_dim", config.latent_dim);
}

/// OK if a model can be made of this: positive sizes, heads that divide the width, rates in [0, 1),
/// a known attention, and a number of parameters that can be counted. The message names the field,
/// its value and what it must be: "n_heads is 5, which does not divide emb_dim 768".
absl::Status CheckGptConfig(const GptConfig& config);

/// The config as it is, if CheckGptConfig agrees. Otherwise throws std::invalid_argument, with the
/// name of `layer` before the message.
GptConfig CheckedGptConfig(const std::string& layer, const GptConfig& config);

/// What the attention of a model's layer, counted from 0, is made with.
AttentionConfig LayerAttention(const GptConfig& config, int64_t layer);

/// Whether the model adds learned positions to its embeddings. Not if its attention knows the order
/// of tokens by itself, as with rotary embeddings, linear biases or a memory that fades.
bool LearnsPositions(const GptConfig& config);

/// {"vocab_size": 50257, ...}; rates and choices that are not set are left out.
nlohmann::json GptConfigToJson(const GptConfig& config);

/// The inverse. The five sizes must be there, the rest has defaults. Errors start with `source`
/// (a path, for instance): not an object, a field missing, of the wrong type or unknown (with the
/// name that was probably meant), or a config that CheckGptConfig refuses.
absl::StatusOr<GptConfig> GptConfigFromJson(const nlohmann::json& json, const std::string& source);

/// A config under a name that people use.
struct NamedGptConfig {
  std::string name;     ///< "gpt2-small"
  std::string summary;  ///< one line, for help texts
  GptConfig config;
};

/// The four sizes of GPT-2 and two that suit a laptop.
const std::vector<NamedGptConfig>& NamedGptConfigs();

/// The config of that name; the error lists the names there are.
absl::StatusOr<GptConfig> FindGptConfig(const std::string& name);

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_GPT_CONFIG_H_
