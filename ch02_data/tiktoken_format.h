// tiktoken's rank files: one token a line, its bytes in base64 and its rank, which is its id.
//
//     absl::StatusOr<BpeVocabulary> vocabulary = LoadTiktoken("r50k_base.tiktoken");
//
//     IQ== 0
//     Ig== 1
//
// There is no list of merges: neighbours merge if their bytes put together are a token. Special
// tokens are not in the file either; with tiktoken they stand in Python code.

#ifndef GOKART_CH02_DATA_TIKTOKEN_FORMAT_H_
#define GOKART_CH02_DATA_TIKTOKEN_FORMAT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/bpe_vocabulary.h"

namespace gokart {

/// With `<|endoftext|>` at the first id that the file leaves free (GPT-2: 50256), or with the
/// special tokens that are given. Errors name the file and the line.
absl::StatusOr<BpeVocabulary> LoadTiktoken(const std::string& path);
absl::StatusOr<BpeVocabulary> LoadTiktoken(const std::string& path, std::vector<AddedToken> added);

/// Error if ranks cannot say what the vocabulary's merges say, as when ids are not in the order of
/// the merges. Added tokens are not written.
absl::Status SaveTiktoken(const BpeVocabulary& vocabulary, const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_TIKTOKEN_FORMAT_H_
