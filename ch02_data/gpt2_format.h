// OpenAI's two GPT-2 files: encoder.json, which says what id each token has, and vocab.bpe, which
// lists the merges in order. (Hugging Face calls the same files vocab.json and merges.txt.)
//
//     absl::StatusOr<BpeVocabulary> vocabulary = LoadGpt2("encoder.json", "vocab.bpe");
//
//     encoder.json   {"!": 0, "\"": 1, ..., "\u0120t": 256, ..., "<|endoftext|>": 50256}
//     vocab.bpe      #version: 0.2
//                    Ġ t
//                    Ġ a
//
// Both write bytes as visible characters (byte_symbols.h).

#ifndef GOKART_CH02_DATA_GPT2_FORMAT_H_
#define GOKART_CH02_DATA_GPT2_FORMAT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/bpe_vocabulary.h"

namespace gokart {

/// What neither is a single byte nor the result of a merge is a special token. Errors name the file
/// and the line, byte or token.
absl::StatusOr<BpeVocabulary> LoadGpt2(const std::string& encoder_path,
                                       const std::string& merges_path);

/// Of GPT-2's vocabulary this writes OpenAI's files byte for byte. The format does not tell special
/// tokens from other added ones: all are special when it is read again. Errors: a file that cannot
/// be written; an added token spelled like the symbols of an ordinary one; a vocabulary for which
/// BpeVocabulary::OneMergePerToken fails.
absl::Status SaveGpt2(const BpeVocabulary& vocabulary, const std::string& encoder_path,
                      const std::string& merges_path);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_GPT2_FORMAT_H_
