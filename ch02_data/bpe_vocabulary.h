// A byte-level byte-pair vocabulary: the bytes of every token, the merges that make them, and added
// tokens. What the trainer learns and the three file formats hold; BpeTokenizer encodes with it.
//
//     id     token                       GPT-2:
//     0      "!"        \                256 single bytes
//     ...               /
//     256    " t"       \                50,000 merges in the order in which they were learnt:
//     257    " a"       /                (" ", "t"), (" ", "a"), ("h", "e"), ...
//     ...
//     50256  <|endoftext|>               added

#ifndef GOKART_CH02_DATA_BPE_VOCABULARY_H_
#define GOKART_CH02_DATA_BPE_VOCABULARY_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/merge_table.h"
#include "ch02_data/special_tokens.h"

namespace gokart {

/// A value: copies are independent. Every id from 0 to size() - 1 is a token, no two ordinary
/// tokens have the same bytes, and all 256 single bytes are among them, so any input can be
/// encoded.
class BpeVocabulary {
 public:
  /// Longer tokens are refused, and never learnt. (GPT-2's longest has 128 bytes.)
  static constexpr size_t kMaxTokenBytes = 1024;
  /// More tokens than any vocabulary in use has, to bound what a file can make us allocate.
  static constexpr int32_t kMaxTokens = 4'000'000;

  /// The 256 single bytes in GPT-2's order and nothing else.
  BpeVocabulary();

  /// From merges in the order of their ranks, as GPT-2's and Hugging Face's files have them.
  /// `tokens` is indexed by id; ids of added tokens may be missing in it (empty) or lie behind its
  /// end. Errors say what does not fit: an id without a token, two tokens with the same bytes, a
  /// merge whose result is not left and right put together, two merges of one pair.
  static absl::StatusOr<BpeVocabulary> FromMerges(std::vector<std::string> tokens,
                                                  const std::vector<std::pair<int, int>>& merges,
                                                  std::vector<AddedToken> added);

  /// From the tokens alone, as tiktoken's files have them: any two neighbouring tokens that
  /// together are a token may merge, and a token's rank is its id.
  static absl::StatusOr<BpeVocabulary> FromRanks(std::vector<std::string> tokens,
                                                 std::vector<AddedToken> added);

  /// Number of ids, added tokens included.
  int size() const { return static_cast<int>(tokens_.size()); }

  /// The bytes that `id` stands for; of an added token its text.
  const std::string& token(int32_t id) const { return tokens_[id]; }
  bool IsAdded(int32_t id) const { return is_added_[id]; }

  /// The ordinary token with these bytes.
  std::optional<int32_t> Find(std::string_view bytes) const;

  /// The token of a single byte.
  int32_t byte_token(uint8_t byte) const { return byte_tokens_[byte]; }

  const std::vector<AddedToken>& added_tokens() const { return added_; }

  /// All merges by rank. After FromRanks there may be several with one result.
  const std::vector<Merge>& merges() const { return merges_; }
  const MergeTable& merge_table() const { return merge_table_; }

  /// Whether a piece that is a token is encoded as it without looking at merges (tiktoken's rule).
  /// For a vocabulary that was learnt from text it makes no difference.
  bool whole_pieces_first() const { return whole_pieces_first_; }
  void set_whole_pieces_first(bool value) { whole_pieces_first_ = value; }

  /// Appends a token (workshop, bonus "Extending tokenizers"); returns its id, the old size().
  /// Error: empty, or already there as an added token.
  absl::StatusOr<int32_t> AddToken(std::string text, bool special = true);

  /// For each learnt token the one merge that makes it, by rank: what GPT-2's vocab.bpe lists.
  /// Error if a token is not reached by one merge of two others (a file made by hand).
  absl::StatusOr<std::vector<Merge>> OneMergePerToken() const;

 private:
  struct NoBytes {};
  explicit BpeVocabulary(NoBytes) {}
  absl::Status PlaceTokens(std::vector<std::string> tokens, std::vector<AddedToken> added);
  absl::Status PlaceAddedToken(const AddedToken& token);
  absl::Status IndexTokens();
  absl::Status AddMerges(const std::vector<std::pair<int, int>>& merges);
  void AddAllPairsOf(int32_t id);
  size_t SlotOf(std::string_view bytes) const;

  std::vector<std::string> tokens_;
  std::vector<bool> is_added_;
  std::vector<AddedToken> added_;
  std::array<int32_t, 256> byte_tokens_;
  std::vector<Merge> merges_;
  MergeTable merge_table_;
  std::vector<int32_t> slots_;  // hash table from a token's bytes to its id; -1: free
  bool whole_pieces_first_ = false;
};

/// The bytes in the order of GPT-2's ids 0 to 255: the 188 printable characters of Latin-1 first,
/// the 68 others after them.
std::vector<uint8_t> Gpt2ByteOrder();

}  // namespace gokart

#endif  // GOKART_CH02_DATA_BPE_VOCABULARY_H_
