#include "workshop/text_width.h"

#include "gtest/gtest.h"

namespace gokart {
namespace {

TEST(DisplayWidthTest, Characters) {
  EXPECT_EQ(DisplayWidth(""), 0);
  EXPECT_EQ(DisplayWidth("abc"), 3);
  EXPECT_EQ(DisplayWidth("naïve"), 5);
  EXPECT_EQ(DisplayWidth("─●█"), 3);
  EXPECT_EQ(DisplayWidth("日本語"), 6);
  EXPECT_EQ(DisplayWidth("한글"), 4);
  EXPECT_EQ(DisplayWidth("😀"), 2);
}

TEST(DisplayWidthTest, WhatTakesNoColumn) {
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1);  // e and a combining acute accent
  EXPECT_EQ(DisplayWidth("a\xE2\x80\x8B"
                         "b"),
            2);  // zero width space
  EXPECT_EQ(DisplayWidth("\x1b[1;31mred\x1b[0m"), 3);
}

TEST(DisplayWidthTest, InvalidBytesTakeOneEach) {
  EXPECT_EQ(DisplayWidth("a\xff"
                         "b"),
            3);
  EXPECT_EQ(DisplayWidth("\xE2\x94"), 2);   // the first two bytes of a three-byte character
  EXPECT_EQ(DisplayWidth("\x1b[1;31"), 5);  // an unfinished escape: ESC itself is not shown
}

TEST(PadTest, ByColumns) {
  EXPECT_EQ(PadRight("né", 4), "né  ");
  EXPECT_EQ(PadLeft("日", 4), "  日");
  EXPECT_EQ(PadCenter("ab", 5), " ab  ");
  EXPECT_EQ(PadRight("abcdef", 3), "abcdef");
}

TEST(CutToWidthTest, CutsBetweenCharacters) {
  EXPECT_EQ(CutToWidth("abc", 3), "abc");
  EXPECT_EQ(CutToWidth("abcd", 3), "ab…");
  EXPECT_EQ(CutToWidth("日本語", 4), "日…");  // a half character has no place
  EXPECT_EQ(CutToWidth("abc", 0), "");
}

TEST(CutToWidthTest, ColorDoesNotRunOn) {
  EXPECT_EQ(CutToWidth("\x1b[1mabcd", 3), "\x1b[1mab…\x1b[0m");
}

}  // namespace
}  // namespace gokart
