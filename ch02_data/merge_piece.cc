#include "ch02_data/merge_piece.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <queue>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"

namespace gokart {
namespace {

// The tokens of a long piece as a doubly linked list in arrays: token i is where its first byte
// was, so positions keep their order while tokens disappear.
class LinkedPiece {
 public:
  LinkedPiece(const MergeTable& table, std::vector<int32_t> ids, int32_t rank_limit)
      : table_(table), ids_(std::move(ids)), rank_limit_(rank_limit) {
    if (ids_.size() >= kNone) {
      throw std::invalid_argument(
          absl::StrCat("MergePiece: a piece of ", ids_.size(), " bytes is longer than 4 GiB"));
    }
    const uint32_t n = ids_.size();
    previous_.resize(n);
    next_.resize(n);
    pair_.resize(n);
    for (uint32_t i = 0; i < n; ++i) {
      previous_[i] = i == 0 ? kNone : i - 1;
      next_[i] = i + 1 == n ? kNone : i + 1;
    }
    for (uint32_t i = 0; i < n; ++i) UpdatePair(i);
  }

  std::vector<int32_t> MergeAll() {
    while (!queue_.empty()) {
      const auto [rank, i] = queue_.top();
      queue_.pop();
      // A pair that has changed since it was queued has another rank now, or none.
      if (pair_[i].rank == rank) MergeAt(i);
    }
    std::vector<int32_t> left;
    for (uint32_t i = ids_.empty() ? kNone : 0; i != kNone; i = next_[i]) left.push_back(ids_[i]);
    return left;
  }

 private:
  static constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

  // Looks up the merge of token i with the next one, and queues it.
  void UpdatePair(uint32_t i) {
    pair_[i] = {MergeTable::kNoRank, -1};
    if (next_[i] == kNone) return;
    const MergeTable::Found found = table_.Find(ids_[i], ids_[next_[i]]);
    if (found.rank >= rank_limit_) return;
    pair_[i] = found;
    queue_.emplace(found.rank, i);
  }

  void MergeAt(uint32_t i) {
    // [exercise 2.10] Merging without copying
    // Task: Merge token i with the one behind it in the linked list: token i becomes the result of
    //       pair_[i], its neighbour leaves the list, and the pairs that have changed are looked up
    //       again.
    // Hint: Nothing is moved: only next_ of token i and previous_ of the token after the next one
    //       change.
    // Hint: Two pairs have changed: token i with its new neighbour, and the token before i with it.
    //       UpdatePair(j) looks up the pair of j and its next one.
    // Hint: A candidate of the token that is gone may still wait in the queue: give pair_ of it the
    //       rank kNoRank.
    // Test: //ch02_data:merge_piece_test MergeLongPiece.*
    // Read: ch02_data/merge_piece.h

    const uint32_t gone = next_[i];
    ids_[i] = pair_[i].result;
    pair_[gone] = {MergeTable::kNoRank, -1};
    next_[i] = next_[gone];
    if (next_[i] != kNone) previous_[next_[i]] = i;
    UpdatePair(i);
    if (previous_[i] != kNone) UpdatePair(previous_[i]);
    // [end of exercise 2.10]
  }

  using RankAndPosition = std::pair<int32_t, uint32_t>;

  const MergeTable& table_;
  std::vector<int32_t> ids_;
  int32_t rank_limit_;
  std::vector<uint32_t> previous_, next_;
  std::vector<MergeTable::Found> pair_;  // of each token with the next
  std::priority_queue<RankAndPosition, std::vector<RankAndPosition>, std::greater<>> queue_;
};

}  // namespace

int MergeShortPiece(const MergeTable& table, int32_t* ids, int n, int32_t rank_limit) {
  // [exercise 2.9] The byte-pair merge loop
  // Task: Of all neighbours in ids[0, n) that can merge (table.Find gives a rank below rank_limit)
  //       replace those with the lowest rank, the leftmost of several, by the result, until no two
  //       can merge. Return how many ids are left.
  // Hint: Two steps, again and again: a loop over i that finds the best pair (i, i + 1), and then
  //       its replacement.
  // Hint: Begin with the best rank MergeTable::kNoRank and let only a smaller one take its place:
  //       then of equal ranks the leftmost stays, and no pair found means: ready.
  // Hint: After ids[best] has become the result, what stands from best + 2 on moves down by one.
  // Test: //ch02_data:merge_piece_test MergeShortPiece.*
  // Read: ch02_data/README.md, "Byte pairs"

  // pairs[i] is what ids[i] and ids[i + 1] merge to.
  MergeTable::Found pairs[kShortPiece];
  const auto look_up = [&](int i) {
    pairs[i] = table.Find(ids[i], ids[i + 1]);
    if (pairs[i].rank >= rank_limit) pairs[i].rank = MergeTable::kNoRank;
  };
  for (int i = 0; i + 1 < n; ++i) look_up(i);

  while (n > 1) {
    int best = 0;
    for (int i = 1; i + 1 < n; ++i) {
      if (pairs[i].rank < pairs[best].rank) best = i;
    }
    if (pairs[best].rank == MergeTable::kNoRank) break;
    ids[best] = pairs[best].result;
    std::copy(ids + best + 2, ids + n, ids + best + 1);
    if (best + 2 < n) std::copy(pairs + best + 2, pairs + n - 1, pairs + best + 1);
    --n;
    if (best + 1 < n) look_up(best);
    if (best > 0) look_up(best - 1);
  }
  return n;
  // [end of exercise 2.9]
}

void MergeLongPiece(const MergeTable& table, std::vector<int32_t>* ids, int32_t rank_limit) {
  *ids = LinkedPiece(table, std::move(*ids), rank_limit).MergeAll();
}

void MergePiece(const MergeTable& table, std::vector<int32_t>* ids, int32_t rank_limit) {
  if (ids->size() <= kShortPiece) {
    ids->resize(MergeShortPiece(table, ids->data(), static_cast<int>(ids->size()), rank_limit));
  } else {
    MergeLongPiece(table, ids, rank_limit);
  }
}

}  // namespace gokart
