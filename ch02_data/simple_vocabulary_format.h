// The file of a word or character tokenizer: a JSON list, the place of an entry being its id.
//
//     {"gokart_tokenizer": "characters", "vocabulary": ["\n", " ", "a", "b", ...]}

#ifndef GOKART_CH02_DATA_SIMPLE_VOCABULARY_FORMAT_H_
#define GOKART_CH02_DATA_SIMPLE_VOCABULARY_FORMAT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace gokart {

struct SimpleVocabulary {
  std::string kind;  // "words", "words-v1", "characters"
  std::vector<std::string> entries;
};

/// Error: an entry that is not UTF-8, which JSON cannot hold.
absl::Status SaveSimpleVocabulary(const SimpleVocabulary& vocabulary, const std::string& path);

/// Errors name the file and the byte or entry: no JSON, another layout, an entry that is empty or
/// there twice.
absl::StatusOr<SimpleVocabulary> LoadSimpleVocabulary(const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_SIMPLE_VOCABULARY_FORMAT_H_
