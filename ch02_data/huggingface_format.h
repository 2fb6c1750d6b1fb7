// Hugging Face's tokenizer.json, for byte-level BPE that cuts text as GPT-2 does.
//
//     absl::StatusOr<BpeVocabulary> vocabulary = LoadHuggingFace("tokenizer.json");
//
// One file holds all: the vocabulary, the merges, the added tokens, and how text is cut and
// normalised. Options that would make other ids than ours are refused by name, not ignored.

#ifndef GOKART_CH02_DATA_HUGGINGFACE_FORMAT_H_
#define GOKART_CH02_DATA_HUGGINGFACE_FORMAT_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/bpe_vocabulary.h"

namespace gokart {

/// Errors name the file and the byte or JSON path ("model.merges[7]").
absl::StatusOr<BpeVocabulary> LoadHuggingFace(const std::string& path);
/// The same from the file's text.
absl::StatusOr<BpeVocabulary> ParseHuggingFace(std::string_view text, const std::string& path);

/// Keeps everything that a BpeVocabulary has. Errors as of SaveGpt2.
absl::Status SaveHuggingFace(const BpeVocabulary& vocabulary, const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_HUGGINGFACE_FORMAT_H_
