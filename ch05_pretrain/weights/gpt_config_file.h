// The configurations that the publishers of GPT-2's weights put beside them.
//
//   absl::StatusOr<GptConfig> config = ParseGptConfig(*ReadFile("config.json"), "config.json");
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_GPT_CONFIG_FILE_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_GPT_CONFIG_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ch04_model/gpt_config.h"
#include "ch05_pretrain/weights/publisher_config.h"

namespace gokart {

/// Understands Hugging Face's config.json (n_positions, n_embd, n_head, n_layer, ...), OpenAI's
/// hparams.json (n_vocab, n_ctx, ...) and the workshop's own names (emb_dim, ...). Rates of dropout
/// are taken over from files that say them. GPT-2's publishers have biases on query, key and value,
/// and tie the head to the embedding unless they say otherwise.
/// Errors name `path` and the field: not JSON, a size that is missing or no whole number, another
/// architecture than GPT-2's ("model_type": "llama"), or something that GPT-2 has otherwise, such
/// as another activation.
absl::StatusOr<GptConfig> ParseGptConfig(std::string_view text, const std::string& path);

/// The model that a publisher's file describes: as GPT-2, with biases on query, key and value.
/// Error: sizes that no model can have, with `path`.
absl::StatusOr<GptConfig> GptConfigOf(const PublisherConfig& said, const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_GPT_CONFIG_FILE_H_
