// What the readers and writers of the vocabulary formats share.

#ifndef GOKART_CH02_DATA_VOCABULARY_FILE_H_
#define GOKART_CH02_DATA_VOCABULARY_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/bpe_vocabulary.h"

namespace gokart {

/// No vocabulary file in use is larger, and what is read takes a multiple of that in memory.
inline constexpr int64_t kMaxVocabularyFile = int64_t{64} << 20;

/// `status` with "path: " before its message.
absl::Status InFile(const std::string& path, const absl::Status& status);
absl::Status FileError(const std::string& path, std::string_view message);

/// The ordinary merges to write in a list of merges: all of a vocabulary that has such a list, one
/// for each token of one that was read from ranks.
absl::StatusOr<std::vector<Merge>> MergesToWrite(const BpeVocabulary& vocabulary);

/// For each id the name under which JSON files have it: a token's byte symbols, an added token's
/// text. Error if two ids have the same name, or an added token's text is not UTF-8.
absl::StatusOr<std::vector<std::string>> NamesInJson(const BpeVocabulary& vocabulary);

/// `text` (UTF-8) as a JSON string with its quotes; `ascii` escapes all else as \uXXXX.
std::string JsonString(const std::string& text, bool ascii);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_VOCABULARY_FILE_H_
