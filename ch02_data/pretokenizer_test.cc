#include "ch02_data/pretokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "ch02_data/bpe_explained.h"
#include "ch02_data/test_texts.h"
#include "ch02_data/utf8.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Pieces(std::string_view text) {
  std::vector<std::string> pieces;
  for (const std::string_view piece : Pretokenize(text)) pieces.emplace_back(piece);
  return pieces;
}

TEST(Pretokenize, WordsNumbersMarks) {
  EXPECT_THAT(Pieces("It's 1908, isn't it?"),
              ElementsAre("It", "'s", " 1908", ",", " isn", "'t", " it", "?"));
  EXPECT_THAT(Pieces("abc123 def-- 4x"), ElementsAre("abc", "123", " def", "--", " 4", "x"));
  EXPECT_THAT(Pieces(""), ElementsAre());
}

TEST(Pretokenize, ContractionsAreLowerCaseAndComeFirst) {
  EXPECT_THAT(Pieces("we'll've'd"), ElementsAre("we", "'ll", "'ve", "'d"));
  EXPECT_THAT(Pieces("IT'S"), ElementsAre("IT", "'", "S"));
  EXPECT_THAT(Pieces("'re 'r 'l"), ElementsAre("'re", " '", "r", " '", "l"));
  EXPECT_THAT(Pieces("x'lx'rx'v"), ElementsAre("x", "'", "lx", "'", "rx", "'", "v"));
  EXPECT_THAT(Pieces("''s"), ElementsAre("''", "s"));
  EXPECT_THAT(Pieces(" 'sa"), ElementsAre(" '", "sa"));
  EXPECT_THAT(Pieces("'sa"), ElementsAre("'s", "a"));
}

TEST(Pretokenize, WhiteSpaceLeavesItsLastCharacterToWhatFollows) {
  EXPECT_THAT(Pieces("a   b"), ElementsAre("a", "  ", " b"));
  EXPECT_THAT(Pieces("a\n\nb"), ElementsAre("a", "\n", "\n", "b"));
  EXPECT_THAT(Pieces("a \nb"), ElementsAre("a", " ", "\n", "b"));
  EXPECT_THAT(Pieces("a\n b"), ElementsAre("a", "\n", " b"));
  EXPECT_THAT(Pieces("a\tb"), ElementsAre("a", "\t", "b"));
  EXPECT_THAT(Pieces("a  \n"), ElementsAre("a", "  \n"));
  EXPECT_THAT(Pieces("a\u2003\u3000b"), ElementsAre("a", "\u2003", "\u3000", "b"));
  EXPECT_THAT(Pieces(" "), ElementsAre(" "));
}

TEST(Pretokenize, BrokenBytesArePunctuation) {
  EXPECT_THAT(Pieces("a\xff\xfe!b"), ElementsAre("a", "\xff\xfe!", "b"));
  EXPECT_THAT(Pieces(" \xc3 \xa9"), ElementsAre(" \xc3", " \xa9"));
  EXPECT_THAT(Pieces("\xed\xa0\x80z"), ElementsAre("\xed\xa0\x80", "z"));
}

TEST(Pretokenize, EqualsTheRegularExpression) {
  for (const std::string& text : SampleTexts()) EXPECT_EQ(Pieces(text), SplitByPattern(text));
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    const std::string text = i % 2 ? RandomText(random, 12) : RandomBytes(random, 12);
    ASSERT_EQ(Pieces(text), SplitByPattern(text)) << text;
  }
}

TEST(Pretokenize, EqualsTheRegularExpressionForEveryCodePoint) {
  std::string text;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    if (c >= 0x3400 && c < 0xA000 && c % 64) continue;  // Han and Hangul by samples
    if (c >= 0x20000 && c % 1024) continue;             // and the upper planes
    text += "a" + EncodeUtf8(c) + " " + EncodeUtf8(c) + "1";
  }
  EXPECT_EQ(Pieces(text), SplitByPattern(text));
}

TEST(Pretokenize, LongRunsTakeLinearTime) {
  EXPECT_EQ(Pretokenize(std::string(5'000'000, ' ') + "x").size(), 2u);
  EXPECT_EQ(Pretokenize(std::string(5'000'000, '\n')).size(), 1u);
  EXPECT_EQ(Pretokenize(std::string(5'000'000, '\'')).size(), 1u);
}

// Whatever follows, cutting there changes nothing.
TEST(LastSafeCut, PiecesAreThoseOfTheWhole) {
  std::mt19937 random(2);
  int cuts = 0;
  for (int i = 0; i < 5000; ++i) {
    const std::string head = i % 2 ? RandomText(random, 8) : RandomBytes(random, 8);
    const std::string whole = head + (i % 3 ? RandomText(random, 3) : RandomBytes(random, 3));
    const size_t cut = LastSafeCut(head);
    ASSERT_LT(cut, std::max<size_t>(head.size(), 1));
    if (cut == 0) continue;
    ++cuts;
    std::vector<std::string> pieces = Pieces(whole.substr(0, cut));
    for (const std::string& piece : Pieces(whole.substr(cut))) pieces.push_back(piece);
    ASSERT_EQ(pieces, Pieces(whole)) << head << "|" << whole.substr(head.size());
  }
  EXPECT_GT(cuts, 4000);
}

TEST(LastSafeCut, FindsTheLastOne) {
  EXPECT_EQ(LastSafeCut("one two"), 3u);
  EXPECT_EQ(LastSafeCut("one  two  "), 8u);
  EXPECT_EQ(LastSafeCut("abc12"), 3u);
  EXPECT_EQ(LastSafeCut("小船，慢"), 6u);
  EXPECT_EQ(LastSafeCut("word"), 0u);
  EXPECT_EQ(LastSafeCut("it's"), 2u);        // before the apostrophe, not behind it
  EXPECT_EQ(LastSafeCut("a \xed\x95"), 1u);  // not before a character that is not complete
  EXPECT_EQ(LastSafeCut(""), 0u);
}

}  // namespace
}  // namespace gokart
