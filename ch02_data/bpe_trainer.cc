#include "ch02_data/bpe_trainer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch02_data/pair_counter.h"
#include "ch02_data/pretokenizer.h"

namespace gokart {
namespace {

// What the tokens are while they are learnt.
class GrowingVocabulary {
 public:
  GrowingVocabulary() : id_of_byte(256) {
    for (const uint8_t byte : Gpt2ByteOrder()) {
      id_of_byte[byte] = IdOf(std::string(1, static_cast<char>(byte)));
    }
  }

  // The id of these bytes, a new one if there is none yet.
  int32_t IdOf(const std::string& bytes) {
    const auto [entry, is_new] = id_of_.emplace(bytes, static_cast<int32_t>(tokens.size()));
    if (is_new) tokens.push_back(bytes);
    return entry->second;
  }

  std::vector<std::string> tokens;
  std::vector<int32_t> id_of_byte;
  std::vector<std::pair<int, int>> merges;

 private:
  std::unordered_map<std::string, int32_t> id_of_;
};

std::vector<AddedToken> AddedTokens(const std::vector<std::string>& texts) {
  std::vector<AddedToken> added;
  for (const std::string& text : texts) added.push_back({text, static_cast<int32_t>(added.size())});
  return added;
}

}  // namespace

BpeTrainer::BpeTrainer(std::vector<std::string> special_tokens)
    : splitter_(AddedTokens(special_tokens)) {}

void BpeTrainer::AddText(std::string_view text) {
  const auto count_pieces = [this](std::string_view part) {
    for (size_t begin = 0; begin < part.size();) {
      const size_t end = PieceEnd(part, begin);
      const std::string_view piece = part.substr(begin, end - begin);
      auto found = counts_.find(piece);
      if (found == counts_.end()) found = counts_.emplace(std::string(piece), 0).first;
      ++found->second;
      ++num_pieces_;
      begin = end;
    }
  };
  splitter_.Split(text, {.allowed = TokenSet::All()}, count_pieces, [](int32_t) {}).IgnoreError();
}

absl::StatusOr<BpeVocabulary> BpeTrainer::Train(const BpeTrainingOptions& options) const {
  const int num_special = static_cast<int>(options.special_tokens.size());
  if (options.vocab_size < 256 + num_special || options.vocab_size > BpeVocabulary::kMaxTokens) {
    return absl::InvalidArgumentError(
        absl::StrCat("vocab_size ", options.vocab_size, ": must be at least ", 256 + num_special,
                     " (256 bytes and ", num_special, " special tokens) and at most ",
                     BpeVocabulary::kMaxTokens));
  }
  std::vector<PairCounter::PieceCount> pieces;
  for (const auto& [piece, count] : counts_) pieces.push_back({piece, count});
  GrowingVocabulary growing;
  PairCounter pairs(pieces, growing.id_of_byte);
  const size_t limit = options.vocab_size - num_special;
  while (growing.tokens.size() < limit) {
    // [exercise 2.13] Learning merges
    // Task: Take the most frequent pair; if none occurs options.min_count times any more, stop.
    //       Note the pair as a merge, make its bytes a token, and replace the pair by it
    //       everywhere.
    // Hint: pairs.Pop(min_count) gives the most frequent pair and removes it, or nothing. A
    //       min_count below 1 counts as 1.
    // Hint: growing.IdOf(bytes) is the id of a token, made new if need be; pairs.Merge(pair, id)
    //       replaces the pair in all pieces and counts the new neighbours.
    // Hint: A token longer than BpeVocabulary::kMaxTokenBytes is not learnt: go on with the next
    //       pair.
    // Test: //ch02_data:bpe_trainer_test BpeTrainer.*
    // Read: ch02_data/README.md, "Byte pairs"

    const auto pair = pairs.Pop(std::max<int64_t>(options.min_count, 1));
    if (!pair) break;
    const std::string bytes = growing.tokens[pair->left] + growing.tokens[pair->right];
    if (bytes.size() > BpeVocabulary::kMaxTokenBytes) continue;
    growing.merges.emplace_back(pair->left, pair->right);
    pairs.Merge(*pair, growing.IdOf(bytes));
    // [end of exercise 2.13]
    if (options.progress && growing.merges.size() % 64 == 0 &&
        !options.progress(static_cast<int>(growing.tokens.size()))) {
      return absl::CancelledError("training the vocabulary was stopped");
    }
  }
  std::vector<AddedToken> added = AddedTokens(options.special_tokens);
  for (AddedToken& token : added) token.id += static_cast<int32_t>(growing.tokens.size());
  return BpeVocabulary::FromMerges(std::move(growing.tokens), growing.merges, std::move(added));
}

}  // namespace gokart
