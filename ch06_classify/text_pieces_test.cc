#include "ch06_classify/text_pieces.h"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <utility>

namespace gokart {
namespace {

constexpr int32_t kPad = 99;

// Ten tokens 1, 2, ..., 10 and two of filling; a row of filling alone.
TokenIds Rows() {
  TokenIds ids({2, 12});
  ids.fill(kPad);
  for (int32_t t = 0; t < 10; ++t) ids(0, t) = t + 1;
  return ids;
}

TEST(PiecesOfTexts, AreNeighboursFromAnyPlaceOfAnyLength) {
  Generator generator(5);
  std::set<std::pair<int32_t, int32_t>> seen;  // (first token, how many)
  for (int i = 0; i < 2000; ++i) {
    const TokenIds piece = PiecesOfTexts(Rows(), kPad, {.rate = 1, .shortest = 0.3}, generator);
    int32_t length = 0;
    while (length < 12 && piece(0, length) != kPad) ++length;
    for (int32_t t = 0; t < 12; ++t) {
      EXPECT_EQ(piece(0, t), t < length ? piece(0, 0) + t : kPad);
      EXPECT_EQ(piece(1, t), kPad);
    }
    seen.emplace(piece(0, 0), length);
  }
  // All that there are: of 3 to 10 tokens, at 8 + 7 + ... + 1 places.
  EXPECT_EQ(seen.size(), 36u);
  EXPECT_EQ(seen.begin()->first, 1);
  EXPECT_TRUE(seen.count({8, 3}) == 1 && seen.count({1, 10}) == 1);
}

TEST(PiecesOfTexts, TakesAsManyTextsAsTold) {
  Generator generator(5);
  int whole = 0;
  for (int i = 0; i < 4000; ++i) {
    whole += PiecesOfTexts(Rows(), kPad, {.rate = 0.25, .shortest = 0}, generator) == Rows();
  }
  EXPECT_NEAR(whole / 4000.0, 0.75 + 0.25 * 0.1, 0.03);  // one length of ten is the whole text
  EXPECT_TRUE(PiecesOfTexts(Rows(), kPad, {.rate = 0}, generator) == Rows());
  EXPECT_TRUE(PiecesOfTexts(Rows(), kPad, {.rate = 1, .shortest = 1}, generator) == Rows());
}

TEST(PiecesOfTexts, RefusesWhatIsNoShare) {
  Generator generator(5);
  EXPECT_THROW(PiecesOfTexts(Rows(), kPad, {.rate = 1.5}, generator), std::invalid_argument);
  EXPECT_THROW(PiecesOfTexts(Rows(), kPad, {.rate = 1, .shortest = -1}, generator),
               std::invalid_argument);
}

}  // namespace
}  // namespace gokart
