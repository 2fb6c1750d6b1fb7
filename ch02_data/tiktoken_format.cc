#include "ch02_data/tiktoken_format.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ch02_data/tokenizer.h"
#include "ch02_data/vocabulary_file.h"
#include "workshop/file.h"

namespace gokart {
namespace {

absl::Status AddRankLine(std::string_view line, int64_t most, std::vector<std::string>* tokens) {
  const size_t space = line.find(' ');
  std::string bytes;
  int32_t rank = -1;
  if (space == line.npos || !absl::Base64Unescape(absl::string_view(line.data(), space), &bytes) ||
      bytes.empty() ||
      !absl::SimpleAtoi(absl::string_view(line.data() + space + 1, line.size() - space - 1),
                        &rank)) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected a token in base64, a space and its rank, found \"",
                     absl::CHexEscape(std::string(line.substr(0, 60))), "\""));
  }
  if (rank < 0 || rank >= most) {
    return absl::InvalidArgumentError(
        absl::StrCat("the rank ", rank, " is not between 0 and ", most - 1));
  }
  if (rank >= static_cast<int32_t>(tokens->size())) tokens->resize(rank + 1);
  if (!(*tokens)[rank].empty()) {
    return absl::InvalidArgumentError(absl::StrCat("the rank ", rank, " was there before"));
  }
  (*tokens)[rank] = std::move(bytes);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ParseRanks(std::string_view text) {
  // Only a few added tokens may lie between the ranks.
  constexpr int64_t kMaxAdded = 10000;
  const int64_t most = std::min<int64_t>(BpeVocabulary::kMaxTokens,
                                         std::count(text.begin(), text.end(), '\n') + kMaxAdded);
  std::vector<std::string> tokens;
  int line_number = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line_number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (absl::Status status = AddRankLine(line, most, &tokens); !status.ok()) {
      return InFile(absl::StrCat("line ", line_number), status);
    }
  }
  return tokens;
}

absl::StatusOr<std::vector<std::string>> ReadRanks(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path, kMaxVocabularyFile);
  if (!text.ok()) return text.status();
  absl::StatusOr<std::vector<std::string>> tokens = ParseRanks(*text);
  if (!tokens.ok()) return InFile(path, tokens.status());
  return tokens;
}

absl::StatusOr<BpeVocabulary> MakeVocabulary(const std::string& path,
                                             std::vector<std::string> tokens,
                                             std::vector<AddedToken> added) {
  absl::StatusOr<BpeVocabulary> vocabulary =
      BpeVocabulary::FromRanks(std::move(tokens), std::move(added));
  if (!vocabulary.ok()) return InFile(path, vocabulary.status());
  return vocabulary;
}

// Whether tokens that merge by rank merge just as this vocabulary says.
absl::Status CheckRanksSuffice(const BpeVocabulary& vocabulary) {
  if (vocabulary.whole_pieces_first()) return absl::OkStatus();
  std::vector<std::string> tokens(vocabulary.size());
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    if (!vocabulary.IsAdded(id)) tokens[id] = vocabulary.token(id);
  }
  absl::StatusOr<BpeVocabulary> by_rank =
      BpeVocabulary::FromRanks(std::move(tokens), vocabulary.added_tokens());
  if (!by_rank.ok()) return by_rank.status();
  const absl::StatusOr<std::vector<Merge>> merges = by_rank->OneMergePerToken();
  if (!merges.ok()) return merges.status();
  const auto same = [](const Merge& a, const Merge& b) {
    return a.left == b.left && a.right == b.right && a.result == b.result;
  };
  if (!std::equal(merges->begin(), merges->end(), vocabulary.merges().begin(),
                  vocabulary.merges().end(), same)) {
    return absl::FailedPreconditionError(
        "ranks alone cannot express this vocabulary's merges; save it in another format");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BpeVocabulary> LoadTiktoken(const std::string& path) {
  absl::StatusOr<std::vector<std::string>> tokens = ReadRanks(path);
  if (!tokens.ok()) return tokens.status();
  const auto gap = std::find(tokens->begin(), tokens->end(), "");
  const AddedToken end_of_text{std::string(Tokenizer::kEndOfText),
                               static_cast<int32_t>(gap - tokens->begin())};
  return MakeVocabulary(path, *std::move(tokens), {end_of_text});
}

absl::StatusOr<BpeVocabulary> LoadTiktoken(const std::string& path, std::vector<AddedToken> added) {
  absl::StatusOr<std::vector<std::string>> tokens = ReadRanks(path);
  if (!tokens.ok()) return tokens.status();
  return MakeVocabulary(path, *std::move(tokens), std::move(added));
}

absl::Status SaveTiktoken(const BpeVocabulary& vocabulary, const std::string& path) {
  if (absl::Status status = CheckRanksSuffice(vocabulary); !status.ok()) {
    return InFile(path, status);
  }
  std::string text;
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    if (vocabulary.IsAdded(id)) continue;
    absl::StrAppend(&text, absl::Base64Escape(vocabulary.token(id)), " ", id, "\n");
  }
  return WriteFile(path, text);
}

}  // namespace gokart
