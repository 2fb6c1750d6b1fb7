// A byte-level BPE as GGUF metadata, under llama.cpp's names.
//
//   absl::Status status = VocabularyToGguf(vocabulary, config.vocab_size, metadata);
//   absl::StatusOr<BpeVocabulary> vocabulary = VocabularyFromGguf(contents->metadata, path);
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_VOCABULARY_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_VOCABULARY_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/bpe_vocabulary.h"
#include "ch05_pretrain/weights/gguf/gguf_value.h"

namespace gokart {

/// Adds the tokenizer. Ids from the vocabulary's size to `vocab_size` become unused tokens. Errors:
/// those of NamesInJson and MergesToWrite (ch02_data/vocabulary_file.h).
absl::Status VocabularyToGguf(const BpeVocabulary& vocabulary, int64_t vocab_size,
                              GgufMetadata& metadata);

/// The tokenizer. Errors: another kind than GPT-2's byte-level BPE, none, a broken one.
absl::StatusOr<BpeVocabulary> VocabularyFromGguf(const GgufMetadata& metadata,
                                                 const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_VOCABULARY_H_
