#include "ch02_data/simple_vocabulary_format.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "ch02_data/utf8.h"
#include "ch02_data/vocabulary_file.h"
#include "nlohmann/json.hpp"
#include "workshop/file.h"
#include "workshop/json_file.h"

namespace gokart {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 4;  // of arrays and objects: nothing is nested deeply

absl::StatusOr<SimpleVocabulary> FromJson(const Json& root) {
  if (!root.is_object() || !root.contains("gokart_tokenizer") ||
      !root["gokart_tokenizer"].is_string() || !root.contains("vocabulary") ||
      !root["vocabulary"].is_array()) {
    return absl::InvalidArgumentError(
        "expected an object with gokart_tokenizer (a string) and vocabulary (an array)");
  }
  SimpleVocabulary vocabulary{root["gokart_tokenizer"].get<std::string>(), {}};
  std::set<std::string> seen;
  for (const Json& entry : root["vocabulary"]) {
    const size_t id = vocabulary.entries.size();
    if (!entry.is_string() || entry.get_ref<const std::string&>().empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("vocabulary[", id, "]: expected a string that is not empty"));
    }
    vocabulary.entries.push_back(entry.get<std::string>());
    if (!seen.insert(vocabulary.entries.back()).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("vocabulary[", id, "]: ", vocabulary.entries.back(), " is there twice"));
    }
  }
  return vocabulary;
}

}  // namespace

absl::Status SaveSimpleVocabulary(const SimpleVocabulary& vocabulary, const std::string& path) {
  std::string json = absl::StrCat("{\"gokart_tokenizer\": ", JsonString(vocabulary.kind, false),
                                  ",\n \"vocabulary\": [");
  for (size_t id = 0; id < vocabulary.entries.size(); ++id) {
    const std::string& entry = vocabulary.entries[id];
    if (FindInvalidUtf8(entry)) {
      return FileError(path, absl::StrCat("entry ", id, " is not UTF-8, so JSON cannot hold it"));
    }
    absl::StrAppend(&json, id == 0 ? "\n  " : ",\n  ", JsonString(entry, false));
  }
  json += "\n ]\n}\n";
  return WriteFile(path, json);
}

absl::StatusOr<SimpleVocabulary> LoadSimpleVocabulary(const std::string& path) {
  const absl::StatusOr<Json> root = ReadJsonFile(path, kMaxVocabularyFile, kMaxDepth);
  if (!root.ok()) return root.status();
  absl::StatusOr<SimpleVocabulary> vocabulary = FromJson(*root);
  if (!vocabulary.ok()) return InFile(path, vocabulary.status());
  return vocabulary;
}

}  // namespace gokart
