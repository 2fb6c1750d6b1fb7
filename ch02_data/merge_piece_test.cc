#include "ch02_data/merge_piece.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace gokart {
namespace {

using Ids = std::vector<int32_t>;

Ids Short(const MergeTable& table, Ids ids, int32_t limit) {
  ids.resize(MergeShortPiece(table, ids.data(), static_cast<int>(ids.size()), limit));
  return ids;
}

Ids Long(const MergeTable& table, Ids ids, int32_t limit) {
  MergeLongPiece(table, &ids, limit);
  return ids;
}

// The definition, with a search through the list of merges for each pair.
Ids Slow(const std::vector<Merge>& merges, Ids ids, int32_t limit) {
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

// 1 2 -> 10 is the first merge, 2 3 -> 11 the second, 10 3 -> 12 the third.
const std::vector<Merge>& ThreeMerges() {
  static const auto& merges = *new std::vector<Merge>{{1, 2, 10, 0}, {2, 3, 11, 1}, {10, 3, 12, 2}};
  return merges;
}

// 1 1 -> 2, then 2 2 -> 3.
const std::vector<Merge>& Doubling() {
  static const auto& merges = *new std::vector<Merge>{{1, 1, 2, 0}, {2, 2, 3, 1}};
  return merges;
}

// What a failure shows: "merges 1+2->10 2+3->11 below rank 2 of ids {1, 2, 3}".
std::string Setting(const std::vector<Merge>& merges, const Ids& ids, int32_t limit) {
  std::string text = "merges in order of their ranks:";
  for (const Merge& merge : merges) {
    text += " " + std::to_string(merge.left) + "+" + std::to_string(merge.right) + "->" +
            std::to_string(merge.result);
  }
  if (limit != MergeTable::kNoRank) text += "; only ranks below " + std::to_string(limit);
  return text + "; ids " + testing::PrintToString(ids);
}

using MergeFunction = Ids (*)(const MergeTable&, Ids, int32_t);

void ExpectMerged(MergeFunction merge, const std::vector<Merge>& merges, const Ids& ids,
                  const Ids& expected, int32_t limit = MergeTable::kNoRank) {
  EXPECT_EQ(merge(MergeTable(merges), ids, limit), expected) << Setting(merges, ids, limit);
}

void ExpectLowestRankFirst(MergeFunction merge) {
  ExpectMerged(merge, ThreeMerges(), {1, 2, 3}, {12});
  ExpectMerged(merge, ThreeMerges(), {2, 3, 1, 2}, {11, 10});
  ExpectMerged(merge, ThreeMerges(), {1, 2}, {10});
}

void ExpectLeftmostFirst(MergeFunction merge) {
  ExpectMerged(merge, Doubling(), {1, 1, 1}, {2, 1});
  ExpectMerged(merge, Doubling(), {1, 1, 1, 1, 1, 1, 1}, {3, 2, 1});
}

void ExpectTheRestLeftAlone(MergeFunction merge) {
  ExpectMerged(merge, ThreeMerges(), {3, 2, 1}, {3, 2, 1});
  ExpectMerged(merge, ThreeMerges(), {}, {});
  ExpectMerged(merge, ThreeMerges(), {1}, {1});
}

// Tables of any merges, sensible or not, among few symbols so that everything happens.
void ExpectTheDefinition(MergeFunction merge) {
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
    Ids ids(random() % (kShortPiece + 1));
    for (int32_t& id : ids) id = random() % 3;
    const int32_t limit = random() % 2 ? MergeTable::kNoRank : static_cast<int32_t>(random() % 12);
    ASSERT_EQ(merge(MergeTable(merges), ids, limit), Slow(merges, ids, limit))
        << Setting(merges, ids, limit);
  }
}

TEST(MergeShortPiece, TakesTheLowestRankFirst) { ExpectLowestRankFirst(Short); }
TEST(MergeShortPiece, TakesTheLeftmostOfEqualPairs) { ExpectLeftmostFirst(Short); }
TEST(MergeShortPiece, LeavesWhatCannotMerge) { ExpectTheRestLeftAlone(Short); }
TEST(MergeShortPiece, LeavesRanksFromTheLimitOn) {
  ExpectMerged(Short, ThreeMerges(), {1, 2, 3}, {10, 3}, 2);
}
TEST(MergeShortPiece, EqualsTheDefinition) { ExpectTheDefinition(Short); }

TEST(MergeLongPiece, TakesTheLowestRankFirst) { ExpectLowestRankFirst(Long); }
TEST(MergeLongPiece, TakesTheLeftmostOfEqualPairs) { ExpectLeftmostFirst(Long); }
TEST(MergePieces, LongOnesAreLeftWhereNothingCanMerge) { ExpectTheRestLeftAlone(Long); }
TEST(MergeLongPiece, LeavesRanksFromTheLimitOn) {
  ExpectMerged(Long, ThreeMerges(), {1, 2, 3}, {10, 3}, 2);
}
TEST(MergeLongPiece, EqualsTheDefinition) { ExpectTheDefinition(Long); }

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
