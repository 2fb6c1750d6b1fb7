#include "ch05_pretrain/weights/gpt_config_file.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ch04_model/layer_norm.h"
#include "ch05_pretrain/weights/publisher_config.h"
#include "ch05_pretrain/weights/strict_json.h"

namespace gokart {

static_assert(LayerNorm::kEps == static_cast<float>(kLayerNormEpsilon));

absl::StatusOr<GptConfig> GptConfigOf(const PublisherConfig& said, const std::string& path) {
  const GptConfig config = {.vocab_size = said.vocab_size,
                            .context_length = said.context_length,
                            .emb_dim = said.emb_dim,
                            .n_heads = said.n_heads,
                            .n_layers = said.n_layers,
                            .drop_rate_emb = said.drop_rate_emb,
                            .drop_rate_attn = said.drop_rate_attn,
                            .drop_rate_shortcut = said.drop_rate_shortcut,
                            .qkv_bias = true,
                            .tie_weights = said.tie_weights};
  if (absl::Status s = CheckGptConfig(config); !s.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", s.message()));
  }
  return config;
}

absl::StatusOr<GptConfig> ParseGptConfig(std::string_view text, const std::string& path) {
  const absl::StatusOr<nlohmann::json> object = ParseStrictly(text, path);
  if (!object.ok()) return object.status();
  if (object->contains("emb_dim")) return GptConfigFromJson(*object, path);
  const absl::StatusOr<PublisherConfig> said = ReadPublisherConfig(*object, path);
  if (!said.ok()) return said.status();
  return GptConfigOf(*said, path);
}

}  // namespace gokart
