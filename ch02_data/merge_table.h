// The merges of a byte-pair vocabulary as a hash table: which pairs of neighbouring tokens become
// one, and in which order.
//
//     MergeTable table(merges);
//     MergeTable::Found found = table.Find(left, right);
//     if (found.rank != MergeTable::kNoRank) ... found.result ...

#ifndef GOKART_CH02_DATA_MERGE_TABLE_H_
#define GOKART_CH02_DATA_MERGE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace gokart {

/// Tokens `left` and `right` side by side become `result`. Of all merges that a piece of text
/// offers the one with the lowest rank comes first.
struct Merge {
  int32_t left;
  int32_t right;
  int32_t result;
  int32_t rank;

  bool operator==(const Merge&) const = default;
};

/// Open addressing, at most half full, 16 bytes an entry; a search that fails, the most frequent
/// one, mostly touches one cache line.
class MergeTable {
 public:
  static constexpr int32_t kNoRank = std::numeric_limits<int32_t>::max();
  struct Found {
    int32_t rank;
    int32_t result;
  };

  MergeTable() : MergeTable(std::vector<Merge>{}) {}

  /// Of two merges of the same pair the first counts. Ids and ranks are not negative.
  explicit MergeTable(const std::vector<Merge>& merges);

  /// Rank and result of the pair's merge, rank kNoRank if there is none.
  Found Find(int32_t left, int32_t right) const {
    const uint64_t pair = Pair(left, right);
    for (size_t i = Hash(pair) >> shift_;; i = (i + 1) & mask_) {
      const Entry& entry = entries_[i];
      if (entry.pair == pair) return entry.found;
      if (entry.pair == kEmpty) return {kNoRank, -1};
    }
  }

 private:
  static constexpr uint64_t kEmpty = ~uint64_t{0};
  struct Entry {
    uint64_t pair = kEmpty;
    Found found = {kNoRank, -1};
  };

  static uint64_t Pair(int32_t left, int32_t right) {
    return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
  }
  // Fibonacci hashing: the upper bits of the product depend on all bits of the pair.
  static uint64_t Hash(uint64_t pair) { return (pair ^ (pair >> 29)) * 0x9E3779B97F4A7C15u; }

  std::vector<Entry> entries_;
  int shift_;
  size_t mask_;
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_MERGE_TABLE_H_
