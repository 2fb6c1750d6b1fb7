// The fields by which Hugging Face and OpenAI describe a GPT-2.
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_PUBLISHER_CONFIG_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_PUBLISHER_CONFIG_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "nlohmann/json_fwd.hpp"

namespace gokart {

/// GPT-2's layer normalisation: LayerNorm::kEps.
inline constexpr double kLayerNormEpsilon = 1e-5;

struct PublisherConfig {
  int64_t vocab_size = 0, context_length = 0, emb_dim = 0, n_heads = 0, n_layers = 0;
  std::optional<double> drop_rate_emb, drop_rate_attn, drop_rate_shortcut;
  bool tie_weights = true;  ///< unless they say otherwise
};

/// Reads config.json (n_positions, n_embd, ...) or hparams.json (n_vocab, n_ctx, ...); whether the
/// sizes fit each other is for CheckGptConfig to say. Errors: see ParseGptConfig.
absl::StatusOr<PublisherConfig> ReadPublisherConfig(const nlohmann::json& object,
                                                    const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_PUBLISHER_CONFIG_H_
