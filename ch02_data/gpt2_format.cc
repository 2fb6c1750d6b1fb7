#include "ch02_data/gpt2_format.h"

#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ch02_data/byte_symbols.h"
#include "ch02_data/id_table_json.h"
#include "ch02_data/vocabulary_file.h"
#include "workshop/file.h"

namespace gokart {
namespace {

constexpr std::string_view kVersionLine = "#version: 0.2";

using IdOf = std::unordered_map<std::string_view, int>;

// The merges of vocab.bpe as ids, and which tokens they make.
struct MergeList {
  std::vector<std::pair<int, int>> merges;
  std::vector<bool> is_result;
};

absl::Status AddMergeLine(std::string_view line, const IdOf& id_of, MergeList* list) {
  const size_t space = line.find(' ');
  if (space == line.npos || space == 0 || space + 1 == line.size() ||
      line.find(' ', space + 1) != line.npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected two tokens with a space between them, found \"",
                     std::string(line.substr(0, 60)), "\""));
  }
  const std::string left(line.substr(0, space)), right(line.substr(space + 1));
  for (const std::string& symbols : {left, right, left + right}) {
    if (!id_of.contains(symbols)) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", symbols.substr(0, 60), "\" is not in the vocabulary"));
    }
  }
  list->merges.emplace_back(id_of.at(left), id_of.at(right));
  list->is_result[id_of.at(left + right)] = true;
  return absl::OkStatus();
}

absl::StatusOr<MergeList> ParseMerges(std::string_view text, const IdOf& id_of) {
  MergeList list{{}, std::vector<bool>(id_of.size(), false)};
  int line_number = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line_number;
    if (line.ends_with('\r')) line.remove_suffix(1);  // a file that went through Windows
    if (line.empty() || (line_number == 1 && line.starts_with("#version"))) continue;
    if (absl::Status status = AddMergeLine(line, id_of, &list); !status.ok()) {
      return InFile(absl::StrCat("line ", line_number), status);
    }
  }
  return list;
}

// Sorts the names of encoder.json into ordinary tokens, which become bytes, and added ones.
absl::Status SortTokens(const std::vector<std::string>& names, const MergeList& list,
                        std::vector<std::string>* tokens, std::vector<AddedToken>* added) {
  tokens->resize(names.size());
  for (size_t id = 0; id < names.size(); ++id) {
    const std::optional<std::string> bytes = FromSymbols(names[id]);
    if (bytes && (bytes->size() == 1 || list.is_result[id])) {
      (*tokens)[id] = *bytes;
    } else if (list.is_result[id]) {
      return absl::InvalidArgumentError(
          absl::StrCat("the token ", names[id], " has characters that stand for no byte"));
    } else {
      added->push_back({names[id], static_cast<int32_t>(id)});
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BpeVocabulary> LoadGpt2(const std::string& encoder_path,
                                       const std::string& merges_path) {
  const absl::StatusOr<std::string> json = ReadFile(encoder_path, kMaxVocabularyFile);
  if (!json.ok()) return json.status();
  const absl::StatusOr<std::string> merge_text = ReadFile(merges_path, kMaxVocabularyFile);
  if (!merge_text.ok()) return merge_text.status();

  const absl::StatusOr<std::vector<std::string>> names = ParseIdTable(*json);
  if (!names.ok()) return InFile(encoder_path, names.status());
  IdOf id_of;
  for (size_t id = 0; id < names->size(); ++id) id_of.emplace((*names)[id], id);

  const absl::StatusOr<MergeList> list = ParseMerges(*merge_text, id_of);
  if (!list.ok()) return InFile(merges_path, list.status());
  std::vector<std::string> tokens;
  std::vector<AddedToken> added;
  absl::Status status = SortTokens(*names, *list, &tokens, &added);
  if (!status.ok()) return InFile(encoder_path, status);
  absl::StatusOr<BpeVocabulary> vocabulary =
      BpeVocabulary::FromMerges(std::move(tokens), list->merges, std::move(added));
  if (!vocabulary.ok()) return InFile(merges_path, vocabulary.status());
  return vocabulary;
}

absl::Status SaveGpt2(const BpeVocabulary& vocabulary, const std::string& encoder_path,
                      const std::string& merges_path) {
  const absl::StatusOr<std::vector<std::string>> names = NamesInJson(vocabulary);
  if (!names.ok()) return InFile(encoder_path, names.status());
  const absl::StatusOr<std::vector<Merge>> merges = MergesToWrite(vocabulary);
  if (!merges.ok()) return InFile(merges_path, merges.status());

  std::string json = "{";
  for (size_t id = 0; id < names->size(); ++id) {
    absl::StrAppend(&json, id == 0 ? "" : ", ", JsonString((*names)[id], /*ascii=*/true), ": ", id);
  }
  json += "}";
  std::string list = std::string(kVersionLine) + "\n";
  for (const Merge& merge : *merges) {
    absl::StrAppend(&list, (*names)[merge.left], " ", (*names)[merge.right], "\n");
  }
  if (absl::Status status = WriteFile(encoder_path, json); !status.ok()) return status;
  return WriteFile(merges_path, list);
}

}  // namespace gokart
