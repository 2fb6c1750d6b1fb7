// A GPT's configuration as GGUF metadata, under llama.cpp's names for gpt2.
//
//   GgufMetadata metadata = GptToGguf(config, "my model", DType::kQ8_0);
//   absl::StatusOr<GptConfig> config = GptFromGguf(*contents, path);
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_GPT_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_GPT_H_

#include <string>

#include "absl/status/statusor.h"
#include "ch04_model/gpt_config.h"
#include "ch05_pretrain/weights/gguf/gguf_file.h"
#include "tensor/dtype.h"

namespace gokart {

/// What describes the model itself; `dtype` is that of most matrices. Without VocabularyToGguf
/// it is a model without tokenizer.
GgufMetadata GptToGguf(const GptConfig& config, const std::string& name, DType dtype);

/// The configuration, with biases for queries, keys and values, which GGUF always has. Errors:
/// another architecture than gpt2, values missing or wrong, a model that CheckGptConfig refuses or
/// that has another normalisation or feed-forward width than GPT-2's.
absl::StatusOr<GptConfig> GptFromGguf(const GgufContents& contents, const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_GPT_H_
