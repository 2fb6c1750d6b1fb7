// The sizes of the GPT-2 in a GGUF file, by llama.cpp's keys.
//
//   absl::StatusOr<PublisherConfig> config = ReadGgufConfig(*contents, path);
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_CONFIG_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "ch05_pretrain/weights/gguf/gguf_file.h"
#include "ch05_pretrain/weights/publisher_config.h"

namespace gokart {

namespace gguf_keys {
inline constexpr char kArchitecture[] = "general.architecture";
inline constexpr char kGpt2[] = "gpt2";
inline constexpr char kContextLength[] = "gpt2.context_length";
inline constexpr char kEmbeddingLength[] = "gpt2.embedding_length";
inline constexpr char kFeedForwardLength[] = "gpt2.feed_forward_length";
inline constexpr char kBlockCount[] = "gpt2.block_count";
inline constexpr char kHeadCount[] = "gpt2.attention.head_count";
inline constexpr char kEpsilonKey[] = "gpt2.attention.layer_norm_epsilon";
}  // namespace gguf_keys

/// What the metadata and the table of tokens say; whether the sizes fit each other is for
/// CheckGptConfig to say. Errors name `path`: another architecture than gpt2, values missing or no
/// sizes, another normalisation or feed-forward width than GPT-2's.
absl::StatusOr<PublisherConfig> ReadGgufConfig(const GgufContents& contents,
                                               const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_CONFIG_H_
