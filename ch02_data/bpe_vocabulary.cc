#include "ch02_data/bpe_vocabulary.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <map>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ch02_data/byte_symbols.h"
#include "ch02_data/merge_piece.h"

namespace gokart {
namespace {

// A token in a message: its bytes in quotes, unprintable ones as escapes, not too much of it.
std::string Quoted(std::string_view bytes) {
  const std::string escaped = absl::Utf8SafeCHexEscape(std::string(bytes.substr(0, 40)));
  return absl::StrCat("\"", escaped, bytes.size() > 40 ? "...\"" : "\"");
}

}  // namespace

std::vector<uint8_t> Gpt2ByteOrder() {
  std::vector<uint8_t> order(256);
  for (int byte = 0; byte < 256; ++byte) order[byte] = byte;
  std::stable_partition(order.begin(), order.end(), IsPrintableLatin1);
  return order;
}

BpeVocabulary::BpeVocabulary() {
  for (const uint8_t byte : Gpt2ByteOrder()) tokens_.push_back(std::string(1, byte));
  is_added_.assign(tokens_.size(), false);
  IndexTokens().IgnoreError();  // 256 different bytes
}

absl::StatusOr<BpeVocabulary> BpeVocabulary::FromMerges(
    std::vector<std::string> tokens, const std::vector<std::pair<int, int>>& merges,
    std::vector<AddedToken> added) {
  BpeVocabulary vocabulary{NoBytes{}};
  absl::Status status = vocabulary.PlaceTokens(std::move(tokens), std::move(added));
  if (status.ok()) status = vocabulary.IndexTokens();
  if (status.ok()) status = vocabulary.AddMerges(merges);
  if (!status.ok()) return status;
  return vocabulary;
}

absl::StatusOr<BpeVocabulary> BpeVocabulary::FromRanks(std::vector<std::string> tokens,
                                                       std::vector<AddedToken> added) {
  BpeVocabulary vocabulary{NoBytes{}};
  absl::Status status = vocabulary.PlaceTokens(std::move(tokens), std::move(added));
  if (status.ok()) status = vocabulary.IndexTokens();
  if (!status.ok()) return status;
  for (int32_t id = 0; id < vocabulary.size(); ++id) vocabulary.AddAllPairsOf(id);
  vocabulary.merge_table_ = MergeTable(vocabulary.merges_);
  vocabulary.whole_pieces_first_ = true;
  return vocabulary;
}

absl::Status BpeVocabulary::PlaceTokens(std::vector<std::string> tokens,
                                        std::vector<AddedToken> added) {
  tokens_ = std::move(tokens);
  is_added_.assign(tokens_.size(), false);
  std::set<std::string> seen;
  const size_t most = tokens_.size() + added.size();
  for (AddedToken& token : added) {
    if (token.id >= static_cast<int64_t>(most)) {
      return absl::InvalidArgumentError(
          absl::StrCat("the added token ", Quoted(token.text), " has the id ", token.id,
                       ", though there are at most ", most, " tokens"));
    }
    if (!seen.insert(token.text).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("the added token ", Quoted(token.text), " is there twice"));
    }
    if (absl::Status status = PlaceAddedToken(token); !status.ok()) return status;
    added_.push_back(std::move(token));
  }
  for (size_t id = 0; id < tokens_.size(); ++id) {
    if (tokens_[id].empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "no token has the id ", id, ", though there are ids up to ", tokens_.size() - 1));
    }
  }
  return absl::OkStatus();
}

absl::Status BpeVocabulary::PlaceAddedToken(const AddedToken& token) {
  if (token.text.empty()) return absl::InvalidArgumentError("an added token is empty");
  if (token.id < 0 || token.id >= kMaxTokens) {
    return absl::InvalidArgumentError(absl::StrCat("the added token ", Quoted(token.text),
                                                   " has the id ", token.id, ", expected 0 to ",
                                                   kMaxTokens - 1));
  }
  if (token.id >= size()) {
    tokens_.resize(token.id + 1);
    is_added_.resize(token.id + 1, false);
  }
  if (!tokens_[token.id].empty()) {
    return absl::InvalidArgumentError(absl::StrCat("the added token ", Quoted(token.text),
                                                   " has the id ", token.id, " of the token ",
                                                   Quoted(tokens_[token.id])));
  }
  tokens_[token.id] = token.text;
  is_added_[token.id] = true;
  return absl::OkStatus();
}

// Where the ordinary token `bytes` is in the hash table, or the free slot where it would go.
size_t BpeVocabulary::SlotOf(std::string_view bytes) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = std::hash<std::string_view>()(bytes) & mask;
  while (slots_[slot] >= 0 && tokens_[slots_[slot]] != bytes) slot = (slot + 1) & mask;
  return slot;
}

absl::Status BpeVocabulary::IndexTokens() {
  slots_.assign(std::bit_ceil(tokens_.size() * 2 + 2), -1);
  byte_tokens_.fill(-1);
  for (int32_t id = 0; id < size(); ++id) {
    if (is_added_[id]) continue;
    const std::string& token = tokens_[id];
    if (token.size() > kMaxTokenBytes) {
      return absl::InvalidArgumentError(absl::StrCat("token ", id, " has ", token.size(),
                                                     " bytes, expected at most ", kMaxTokenBytes));
    }
    int32_t& slot = slots_[SlotOf(token)];
    if (slot >= 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("the tokens ", slot, " and ", id, " are the same: ", Quoted(token)));
    }
    slot = id;
    if (token.size() == 1) byte_tokens_[static_cast<uint8_t>(token[0])] = id;
  }
  for (int byte = 0; byte < 256; ++byte) {
    if (byte_tokens_[byte] < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("a byte-level vocabulary has a token for each of the 256 bytes; none is "
                       "there for byte ",
                       byte));
    }
  }
  return absl::OkStatus();
}

absl::Status BpeVocabulary::AddMerges(const std::vector<std::pair<int, int>>& merges) {
  for (size_t rank = 0; rank < merges.size(); ++rank) {
    const auto [left, right] = merges[rank];
    const auto is_token = [this](int id) { return id >= 0 && id < size() && !is_added_[id]; };
    if (!is_token(left) || !is_token(right)) {
      return absl::InvalidArgumentError(absl::StrCat("merge ", rank + 1, " is of the ids ", left,
                                                     " and ", right, ", which are no tokens"));
    }
    const std::optional<int32_t> result = Find(tokens_[left] + tokens_[right]);
    if (!result) {
      return absl::InvalidArgumentError(absl::StrCat("merge ", rank + 1, " makes ",
                                                     Quoted(tokens_[left] + tokens_[right]),
                                                     ", which is no token"));
    }
    merges_.push_back({left, right, *result, static_cast<int32_t>(rank)});
  }
  merge_table_ = MergeTable(merges_);
  for (const Merge& merge : merges_) {
    const int32_t first = merge_table_.Find(merge.left, merge.right).rank;
    if (first != merge.rank) {
      return absl::InvalidArgumentError(absl::StrCat("merge ", merge.rank + 1, " repeats merge ",
                                                     first + 1, " of ", Quoted(tokens_[merge.left]),
                                                     " and ", Quoted(tokens_[merge.right])));
    }
  }
  return absl::OkStatus();
}

// Every cut of the token into two tokens is a merge that makes it.
void BpeVocabulary::AddAllPairsOf(int32_t id) {
  if (is_added_[id]) return;
  const std::string_view token = tokens_[id];
  for (size_t cut = 1; cut < token.size(); ++cut) {
    const std::optional<int32_t> left = Find(token.substr(0, cut));
    if (!left) continue;
    const std::optional<int32_t> right = Find(token.substr(cut));
    if (right) merges_.push_back({*left, *right, id, id});
  }
}

std::optional<int32_t> BpeVocabulary::Find(std::string_view bytes) const {
  const int32_t id = slots_[SlotOf(bytes)];
  return id < 0 ? std::nullopt : std::make_optional(id);
}

absl::StatusOr<int32_t> BpeVocabulary::AddToken(std::string text, bool special) {
  for (const AddedToken& token : added_) {
    if (token.text == text) {
      return absl::AlreadyExistsError(
          absl::StrCat("the token ", Quoted(text), " was added before, as ", token.id));
    }
  }
  const AddedToken token{std::move(text), size(), special};
  if (absl::Status status = PlaceAddedToken(token); !status.ok()) return status;
  added_.push_back(token);
  return token.id;
}

absl::StatusOr<std::vector<Merge>> BpeVocabulary::OneMergePerToken() const {
  std::vector<Merge> one_each;
  std::vector<bool> done(tokens_.size(), false);
  for (const Merge& merge : merges_) {
    if (done[merge.result]) continue;
    // What the token's bytes become just before the merges of its own rank.
    std::vector<int32_t> parts;
    for (const char byte : tokens_[merge.result]) {
      parts.push_back(byte_tokens_[static_cast<uint8_t>(byte)]);
    }
    MergePiece(merge_table_, &parts, merge.rank);
    if (parts.size() != 2) continue;
    one_each.push_back({parts[0], parts[1], merge.result, merge.rank});
    done[merge.result] = true;
  }
  for (int32_t id = 0; id < size(); ++id) {
    if (tokens_[id].size() > 1 && !is_added_[id] && !done[id]) {
      return absl::FailedPreconditionError(absl::StrCat("token ", id, ", ", Quoted(tokens_[id]),
                                                        ", is not the merge of two other tokens"));
    }
  }
  return one_each;
}

}  // namespace gokart
