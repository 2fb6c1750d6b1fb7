#include "workshop/section.h"

#include "gtest/gtest.h"

namespace gokart {
namespace {

TEST(WrapTextTest, FillsLines) {
  EXPECT_EQ(WrapText("one two three four", 9), "one two\nthree\nfour\n");
  EXPECT_EQ(WrapText("one two three four", 10), "one two\nthree four\n");
}

TEST(WrapTextTest, LinesOfOneParagraphAreJoined) {
  EXPECT_EQ(WrapText("one\ntwo\n", 20), "one two\n");
}

TEST(WrapTextTest, ParagraphsStayApart) { EXPECT_EQ(WrapText("one\n\ntwo", 20), "one\n\ntwo\n"); }

TEST(WrapTextTest, IndentedLinesStay) {
  EXPECT_EQ(WrapText("run:\n  a   b   c   d\nand see", 8), "run:\n  a   b   c   d\nand see\n");
}

TEST(WrapTextTest, LongWordsStandAlone) {
  EXPECT_EQ(WrapText("a incomprehensible b", 6), "a\nincomprehensible\nb\n");
}

TEST(WrapTextTest, Indent) {
  EXPECT_EQ(WrapText("one two\n\nthree", 9, 4), "    one\n    two\n\n    three\n");
}

TEST(WrapTextTest, WidthIsCountedInColumns) {
  EXPECT_EQ(WrapText("é é é", 5), "é é é\n");           // eight bytes
  EXPECT_EQ(WrapText("日本 日本", 8), "日本\n日本\n");  // five characters
}

TEST(WrapTextTest, Empty) { EXPECT_EQ(WrapText("", 20), ""); }

TEST(StyleTest, OnlyIfOn) {
  EXPECT_EQ(Bold("x", false), "x");
  EXPECT_EQ(Bold("x", true), "\x1b[1mx\x1b[0m");
  EXPECT_EQ(Dim("x", true), "\x1b[2mx\x1b[0m");
}

TEST(PrintTest, TitlesAreUnderlinedAndPlainInFiles) {
  ::testing::internal::CaptureStdout();
  PrintSection("3.1", "Ünder");
  PrintBlock("a\n\n  b\n");
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "\n3.1  Ünder\n──────────\n  a\n\n    b\n");
}

}  // namespace
}  // namespace gokart
