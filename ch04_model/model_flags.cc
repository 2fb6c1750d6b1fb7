#include "ch04_model/model_flags.h"

#include <cstdint>
#include <optional>

#include "absl/flags/flag.h"

// Without a value each of them leaves the model as it is.
using OptionalSize = std::optional<int64_t>;
using OptionalRate = std::optional<double>;
using OptionalSwitch = std::optional<bool>;
using OptionalName = std::optional<std::string>;

ABSL_FLAG(OptionalSize, vocab_size, std::nullopt,
          "How many different tokens there are. If not given: as in the model.");
ABSL_FLAG(OptionalSize, context_length, std::nullopt,
          "The longest sequence, in tokens. If not given: as in the model.");
ABSL_FLAG(OptionalSize, emb_dim, std::nullopt,
          "Width of the vectors between the blocks. If not given: as in the model.");
ABSL_FLAG(OptionalSize, n_heads, std::nullopt,
          "Attention heads of each block; must divide emb_dim. If not given: as in the model.");
ABSL_FLAG(OptionalSize, n_layers, std::nullopt,
          "Transformer blocks. If not given: as in the model.");
ABSL_FLAG(OptionalRate, drop_rate, std::nullopt,
          "Share of the activations that training drops, at least 0 and less than 1. If not given: "
          "as in the model.");
ABSL_FLAG(OptionalRate, drop_rate_emb, std::nullopt,
          "The same for the embeddings alone. If not given: drop_rate.");
ABSL_FLAG(OptionalRate, drop_rate_attn, std::nullopt,
          "The same for the attention weights alone. If not given: drop_rate.");
ABSL_FLAG(OptionalRate, drop_rate_shortcut, std::nullopt,
          "The same for what is added to the shortcuts alone. If not given: drop_rate.");
ABSL_FLAG(OptionalSwitch, qkv_bias, std::nullopt,
          "true or false: whether query, key and value projections have a bias. If not given: as "
          "in the model.");
ABSL_FLAG(OptionalSwitch, tie_weights, std::nullopt,
          "true or false: whether the output head uses the token embedding's weights. If not "
          "given: as in the model.");
ABSL_FLAG(
    OptionalName, attention, std::nullopt,
    "What stands in the blocks. The same function: fused, didactic, stacked, combined, einsum, "
    "tiled, sdpa, sdpa_mask, flex. Less cache: mqa, gqa, mla, swa, swa_full, deltanet. Other "
    "scores: rope, alibi, sinks, qk_norm. With rope, alibi and deltanet, which know the order "
    "of tokens by themselves, the model has no table of positions. If not given: as in the "
    "model.");
ABSL_FLAG(OptionalSize, n_kv_groups, std::nullopt,
          "Heads of keys and values with --attention=gqa; must divide n_heads. If not given: about "
          "a quarter of n_heads.");
ABSL_FLAG(OptionalSize, sliding_window_size, std::nullopt,
          "Tokens that a token sees with --attention=swa and swa_full. If not given: a quarter of "
          "context_length.");
ABSL_FLAG(OptionalSize, latent_dim, std::nullopt,
          "Numbers kept of each token with --attention=mla. If not given: emb_dim / 8, at least "
          "16.");

namespace gokart {
namespace {

template <typename Value, typename Field>
void Override(const absl::Flag<std::optional<Value>>& flag, Field& field) {
  if (const std::optional<Value> value = absl::GetFlag(flag); value.has_value()) field = *value;
}

}  // namespace

std::vector<std::string> ModelFlagNames() {
  std::vector<std::string> names;
  GptConfig config;
  VisitFields(config, [&](const std::string& name, auto&) { names.push_back(name); });
  return names;
}

absl::StatusOr<GptConfig> ConfigFromFlags(const GptConfig& base) {
  GptConfig config = base;
  Override(FLAGS_vocab_size, config.vocab_size);
  Override(FLAGS_context_length, config.context_length);
  Override(FLAGS_emb_dim, config.emb_dim);
  Override(FLAGS_n_heads, config.n_heads);
  Override(FLAGS_n_layers, config.n_layers);
  Override(FLAGS_drop_rate, config.drop_rate);
  Override(FLAGS_drop_rate_emb, config.drop_rate_emb);
  Override(FLAGS_drop_rate_attn, config.drop_rate_attn);
  Override(FLAGS_drop_rate_shortcut, config.drop_rate_shortcut);
  Override(FLAGS_qkv_bias, config.qkv_bias);
  Override(FLAGS_tie_weights, config.tie_weights);
  Override(FLAGS_attention, config.attention);
  Override(FLAGS_n_kv_groups, config.n_kv_groups);
  Override(FLAGS_sliding_window_size, config.sliding_window_size);
  Override(FLAGS_latent_dim, config.latent_dim);
  const absl::Status status = CheckGptConfig(config);
  if (!status.ok()) return status;
  return config;
}

}  // namespace gokart
