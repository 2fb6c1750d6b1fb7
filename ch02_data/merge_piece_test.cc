#include "ch02_data/merge_piece.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace gokart {
namespace {

using ::testing::ElementsAre;
using Ids = std::vector<int32_t>;

Ids Short(const MergeTable& table, Ids ids, int32_t limit = MergeTable::kNoRank) {
  ids.resize(MergeShortPiece(table, ids.data(), static_cast<int>(ids.size()), limit));
  return ids;
}

Ids Long(const MergeTable& table, Ids ids, int32_t limit = MergeTable::kNoRank) {
  MergeLongPiece(table, &ids, limit);
  return ids;
}

// The definition, with a search through the list of merges for each pair.
Ids Slow(const std::vector<Merge>& merges, Ids ids, int32_t limit = MergeTable::kNoRank) {
  for (;;) {
    const Merge* best = nullptr;
    size_t at = 0;
    for (size_t i = 0; i + 1 < ids.size(); ++i) {
      for (const Merge& merge : merges) {
        if (merge.left == ids[i] && merge.right == ids[i + 1] && merge.rank < limit &&
            (best == nullptr || merge.rank < best->rank)) {
          best = &merge;
          at = i;
        }
      }
    }
    if (best == nullptr) return ids;
    ids[at] = best->result;
    ids.erase(ids.begin() + at + 1);
  }
}

TEST(MergePiece, LowestRankThenLeftmost) {
  // 1 2 -> 10 first, then 2 3 -> 11, then 10 3 -> 12
  const std::vector<Merge> merges = {{1, 2, 10, 0}, {2, 3, 11, 1}, {10, 3, 12, 2}};
  const MergeTable table(merges);
  for (const auto merge : {Short, Long}) {
    EXPECT_THAT(merge(table, {1, 2, 3}, MergeTable::kNoRank), ElementsAre(12));
    EXPECT_THAT(merge(table, {1, 2, 3}, 2), ElementsAre(10, 3));
    EXPECT_THAT(merge(table, {2, 3, 1, 2}, MergeTable::kNoRank), ElementsAre(11, 10));
    EXPECT_THAT(merge(table, {3, 2, 1}, MergeTable::kNoRank), ElementsAre(3, 2, 1));
    EXPECT_THAT(merge(table, {}, MergeTable::kNoRank), ElementsAre());
    EXPECT_THAT(merge(table, {1}, MergeTable::kNoRank), ElementsAre(1));
    EXPECT_THAT(merge(table, {1, 2}, MergeTable::kNoRank), ElementsAre(10));
  }
}

TEST(MergePiece, EqualNeighboursMergeFromTheLeft) {
  const MergeTable table({{1, 1, 2, 0}, {2, 2, 3, 1}});
  for (const auto merge : {Short, Long}) {
    EXPECT_THAT(merge(table, {1, 1, 1}, MergeTable::kNoRank), ElementsAre(2, 1));
    EXPECT_THAT(merge(table, {1, 1, 1, 1, 1, 1, 1}, MergeTable::kNoRank), ElementsAre(3, 2, 1));
  }
}

// Tables of any merges, sensible or not, among few symbols so that everything happens.
TEST(MergePiece, ShortAndLongEqualTheDefinition) {
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::vector<Merge> merges;
    const int num_merges = static_cast<int>(random() % 12);
    for (int32_t rank = 0; rank < num_merges; ++rank) {
      const int32_t left = random() % (3 + rank), right = random() % (3 + rank);
      bool is_new = true;
      for (const Merge& other : merges) is_new &= other.left != left || other.right != right;
      if (is_new) merges.push_back({left, right, 3 + rank, rank});
    }
    const MergeTable table(merges);
    Ids ids(random() % (kShortPiece + 1));
    for (int32_t& id : ids) id = random() % 3;
    const int32_t limit = random() % 2 ? MergeTable::kNoRank : static_cast<int32_t>(random() % 12);
    const Ids expected = Slow(merges, ids, limit);
    ASSERT_EQ(Short(table, ids, limit), expected);
    ASSERT_EQ(Long(table, ids, limit), expected);
  }
}

TEST(MergeTable, FindsWhatItWasGivenAndNothingElse) {
  std::vector<Merge> merges;
  for (int32_t i = 0; i < 5000; ++i) merges.push_back({i * 7 % 5000, i, 5000 + i, i});
  const MergeTable table(merges);
  for (const Merge& merge : merges) {
    const MergeTable::Found found = table.Find(merge.left, merge.right);
    ASSERT_EQ(found.rank, merge.rank);
    ASSERT_EQ(found.result, merge.result);
    ASSERT_EQ(table.Find(merge.left, merge.right + 5000).rank, MergeTable::kNoRank);
  }
  EXPECT_EQ(MergeTable().Find(0, 0).rank, MergeTable::kNoRank);
}

}  // namespace
}  // namespace gokart
