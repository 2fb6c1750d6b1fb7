#include "ch02_data/piece_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace gokart {
namespace {

using ::testing::ElementsAre;
using Ids = std::vector<int32_t>;

PieceCache::Key KeyOf(std::string_view text) { return PieceCache::KeyOf(text, 0, text.size()); }

Ids Find(const PieceCache& cache, std::string_view text) {
  const PieceCache::Ids ids = cache.Find(KeyOf(text));
  return ids.data == nullptr ? Ids{} : Ids(ids.data, ids.data + ids.count);
}

TEST(PieceCache, RemembersShortAndLong) {
  PieceCache cache;
  const std::map<std::string, Ids> known = {
      {"a", {1}},
      {" the", {2, 3}},
      {"fifteen bytes 1", {4, 5, 6, 7}},
      {"sixteen bytes 12", {8}},
      {" five ids", {1, 2, 3, 4, 5}},
      {std::string(PieceCache::kMaxPieceBytes, 'x'), Ids(96, 9)},
      {std::string("a\0", 2), {10}},
      {std::string("\0", 1), {11}},
  };
  for (const auto& [piece, ids] : known) {
    EXPECT_THAT(Find(cache, piece), ElementsAre());
    cache.Insert(KeyOf(piece), ids.data(), static_cast<int>(ids.size()));
  }
  for (const auto& [piece, ids] : known) EXPECT_EQ(Find(cache, piece), ids) << piece;
  EXPECT_THAT(Find(cache, "b"), ElementsAre());
  EXPECT_THAT(Find(cache, "sixteen bytes 13"), ElementsAre());
}

TEST(PieceCache, TooLongIsNotKept) {
  PieceCache cache;
  const std::string piece(PieceCache::kMaxPieceBytes + 1, 'x');
  const int32_t id = 1;
  cache.Insert(KeyOf(piece), &id, 1);
  EXPECT_THAT(Find(cache, piece), ElementsAre());
  EXPECT_THAT(Find(cache, ""), ElementsAre());
}

// The key depends on the piece alone, not on what stands beside it.
TEST(PieceCache, NeighboursDoNotCount) {
  PieceCache cache;
  const int32_t id = 5;
  cache.Insert(KeyOf("word"), &id, 1);
  const std::string text = "some word in the middle of a text";
  EXPECT_EQ(cache.Find(PieceCache::KeyOf(text, 5, 9)).count, 1);
  EXPECT_EQ(cache.Find(PieceCache::KeyOf("a word", 2, 6)).count, 1);
  EXPECT_EQ(cache.Find(PieceCache::KeyOf(text, 5, 10)).data, nullptr);
}

// Far more pieces than there is room for: what is found is right, and recent ones are found.
TEST(PieceCache, ForgetsButIsNeverWrong) {
  PieceCache cache;
  std::mt19937 random(1);
  std::unordered_map<std::string, Ids> inserted;
  int recent_found = 0, found = 0;
  constexpr int kRounds = 250'000;
  for (int i = 0; i < kRounds; ++i) {
    const std::string piece = std::to_string(random() % 600'000) + std::string(random() % 30, 'z');
    const auto [entry, is_new] = inserted.try_emplace(piece);
    if (is_new) entry->second = Ids(1 + random() % 9, i);
    const Ids ids = Find(cache, piece);
    if (!ids.empty()) {
      ASSERT_EQ(ids, entry->second) << piece;
      ++found;
      continue;
    }
    cache.Insert(KeyOf(piece), entry->second.data(), static_cast<int>(entry->second.size()));
    recent_found += !Find(cache, piece).empty();
  }
  EXPECT_EQ(recent_found + found, kRounds);
}

// How many of the pieces "first", "first + 1", ... with `count` ids each are found.
int NumFound(const PieceCache& cache, int first, int last) {
  int found = 0;
  for (int i = first; i < last; ++i) found += !Find(cache, std::to_string(i)).empty();
  return found;
}

void InsertNumbers(PieceCache& cache, int n, int count) {
  const Ids ids(count, 1);
  for (int i = 0; i < n; ++i) cache.Insert(KeyOf(std::to_string(i)), ids.data(), count);
}

TEST(PieceCache, RemembersNearlyAllWhileThereIsRoom) {
  PieceCache cache;
  InsertNumbers(cache, 20'000, 2);
  EXPECT_GT(NumFound(cache, 0, 20'000), 18'000);
}

// 1.8 million ids are more than are kept: everything was forgotten once, and what came later is
// there.
TEST(PieceCache, GoesOnAfterForgetting) {
  PieceCache cache;
  InsertNumbers(cache, 200'000, 9);
  EXPECT_EQ(NumFound(cache, 0, 50'000), 0);
  EXPECT_GT(NumFound(cache, 150'000, 200'000), 35'000);
}

}  // namespace
}  // namespace gokart
