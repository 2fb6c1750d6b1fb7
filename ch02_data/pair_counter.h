// All pairs of neighbouring tokens in the training pieces, how often each occurs, and where; kept
// up to date while pairs merge. The core of BpeTrainer.
//
// Each distinct piece stands once in one long array, with the number of its occurrences as its
// weight. A merge visits only the places where its pair is, and changes the counts of the pairs
// beside it; so training costs about as much as there are changes, not vocabulary times text. The
// most frequent pair comes from a heap whose entries may be out of date: what it gives is compared
// with the true count and put back if it was too high.

#ifndef GOKART_CH02_DATA_PAIR_COUNTER_H_
#define GOKART_CH02_DATA_PAIR_COUNTER_H_

#include <cstdint>
#include <optional>
#include <queue>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gokart {

class PairCounter {
 public:
  struct PieceCount {
    std::string_view piece;
    int64_t count;
  };
  struct Candidate {
    int64_t count;
    int32_t left, right;

    /// Less urgent than `other`: for a heap with the next pair to merge on top.
    bool operator<(const Candidate& other) const {
      if (count != other.count) return count < other.count;
      return std::pair(left, right) > std::pair(other.left, other.right);
    }
  };

  /// `id_of_byte` gives the tokens to start with. All pieces together must be shorter than 4 GiB
  /// (std::invalid_argument).
  PairCounter(const std::vector<PieceCount>& pieces, const std::vector<int32_t>& id_of_byte);

  /// The most frequent pair if it occurs at least `min_count` times, and forgets it: the next call
  /// gives another one.
  std::optional<Candidate> Pop(int64_t min_count);

  /// Replaces the pair that Pop gave by `result` wherever it stands.
  void Merge(const Candidate& pair, int32_t result);

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};
  static constexpr int32_t kGone = -1;

  struct Token {
    int32_t id;
    uint32_t previous, next;  // within the piece
    uint32_t piece;
  };
  struct Pair {
    int64_t count = 0;
    std::vector<uint32_t> places;  // of the left token; some may have changed since
    bool queued = true;
  };

  static uint64_t Key(int32_t left, int32_t right) {
    return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
  }
  void Add(int32_t left, int32_t right, uint32_t place);
  void Remove(int32_t left, int32_t right, uint32_t place);
  void MergeAt(uint32_t place, int32_t result);
  void QueueChanged();

  std::vector<Token> tokens_;
  std::vector<int64_t> weights_;  // of pieces
  std::unordered_map<uint64_t, Pair> pairs_;
  std::priority_queue<Candidate> queue_;
  std::vector<uint64_t> changed_;  // pairs whose count has grown since they were queued
  std::vector<uint32_t> popped_places_;
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_PAIR_COUNTER_H_
