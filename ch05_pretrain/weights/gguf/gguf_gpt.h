// A GPT's configuration and tokenizer as GGUF metadata, under llama.cpp's names for gpt2.
//
//   GgufMetadata metadata = GptToGguf(config, "my model", DType::kQ8_0);
//   absl::Status status = VocabularyToGguf(vocabulary, config.vocab_size, metadata);
//
//   absl::StatusOr<GptConfig> config = GptFromGguf(*contents, path);
//   absl::StatusOr<BpeVocabulary> vocabulary = VocabularyFromGguf(contents->metadata, path);
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_GPT_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_GPT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/bpe_vocabulary.h"
#include "ch04_model/gpt_config.h"
#include "ch05_pretrain/weights/gguf/gguf_file.h"
#include "tensor/dtype.h"

namespace gokart {

/// What describes the model itself; `dtype` is that of most matrices. Without VocabularyToGguf
/// it is a model without tokenizer.
GgufMetadata GptToGguf(const GptConfig& config, const std::string& name, DType dtype);

/// Adds the tokenizer. Ids from the vocabulary's size to `vocab_size` become unused tokens. Errors:
/// those of NamesInJson and MergesToWrite (ch02_data/vocabulary_file.h).
absl::Status VocabularyToGguf(const BpeVocabulary& vocabulary, int64_t vocab_size,
                              GgufMetadata& metadata);

/// The configuration, with biases for queries, keys and values, which GGUF always has. Errors:
/// another architecture than gpt2, values missing or wrong, a model that CheckGptConfig refuses or
/// that has another normalisation or feed-forward width than GPT-2's.
absl::StatusOr<GptConfig> GptFromGguf(const GgufContents& contents, const std::string& path);

/// The tokenizer. Errors: another kind than GPT-2's byte-level BPE, none, a broken one.
absl::StatusOr<BpeVocabulary> VocabularyFromGguf(const GgufMetadata& metadata,
                                                 const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_GPT_H_
