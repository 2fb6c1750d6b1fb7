#include "ch02_data/vocabulary_file.h"

#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "ch02_data/byte_symbols.h"
#include "ch02_data/utf8.h"
#include "nlohmann/json.hpp"

namespace gokart {

absl::Status InFile(const std::string& path, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
}

absl::Status FileError(const std::string& path, std::string_view message) {
  return absl::InvalidArgumentError(path + ": " + std::string(message));
}

absl::StatusOr<std::vector<Merge>> MergesToWrite(const BpeVocabulary& vocabulary) {
  const std::vector<Merge>& merges = vocabulary.merges();
  for (size_t rank = 0; rank < merges.size(); ++rank) {
    if (merges[rank].rank != static_cast<int32_t>(rank)) return vocabulary.OneMergePerToken();
  }
  return merges;
}

absl::StatusOr<std::vector<std::string>> NamesInJson(const BpeVocabulary& vocabulary) {
  std::vector<std::string> names;
  std::unordered_map<std::string, int32_t> id_of;
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    const std::string& token = vocabulary.token(id);
    names.push_back(vocabulary.IsAdded(id) ? token : ToSymbols(token));
    if (FindInvalidUtf8(names.back())) {
      return absl::FailedPreconditionError(
          absl::StrCat("the added token ", id, " is not UTF-8, so JSON cannot hold it"));
    }
    const auto [other, is_new] = id_of.emplace(names.back(), id);
    if (!is_new) {
      return absl::FailedPreconditionError(absl::StrCat("the tokens ", other->second, " and ", id,
                                                        " are both written as ", names.back()));
    }
  }
  return names;
}

std::string JsonString(const std::string& text, bool ascii) {
  return nlohmann::json(text).dump(-1, ' ', ascii);
}

}  // namespace gokart
