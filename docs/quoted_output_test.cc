#include "docs/quoted_output.h"

#include <gtest/gtest.h>

#include <limits>

#include "absl/strings/str_split.h"

namespace gokart::docs {
namespace {

constexpr NumberRule kExact = {};
constexpr NumberRule kFivePercent = {.tolerance = 0.05};
constexpr NumberRule kAny = {.tolerance = std::numeric_limits<double>::infinity()};

Quote Whole(const std::string& text) { return {.lines = absl::StrSplit(text, '\n')}; }
Quote Excerpt(const std::string& text) {
  return {.lines = absl::StrSplit(text, '\n'), .excerpt = true};
}

bool Fits(const Quote& quote, const std::string& output) {
  return !FindMismatch(quote, output).has_value();
}

TEST(LineFits, WhenTextIsEqual) {
  EXPECT_TRUE(LineFits("loss 2 of 3", "loss 2 of 3", kExact));
  EXPECT_FALSE(LineFits("loss", "Loss", kExact));
  EXPECT_FALSE(LineFits("loss", "losses", kExact));
  EXPECT_FALSE(LineFits("losses", "loss", kExact));
  EXPECT_FALSE(LineFits("a  b", "a b", kExact));
}

TEST(LineFits, WhenADecimalDiffersInItsLastDigitOnly) {
  EXPECT_TRUE(LineFits("0.4421", "0.4422", kExact));
  EXPECT_TRUE(LineFits("[-0.5000]", "[-0.4999]", kExact));
  EXPECT_FALSE(LineFits("0.4421", "0.4423", kExact));
  EXPECT_FALSE(LineFits("0.44", "0.442", kExact));
  EXPECT_FALSE(LineFits("12", "13", kExact));
  EXPECT_FALSE(LineFits("-0.5", "0.5", kExact));
}

TEST(LineFits, WithinATolerance) {
  EXPECT_TRUE(LineFits("took 100 ms", "took 104 ms", kFivePercent));
  EXPECT_TRUE(LineFits("  100 ms", "1,000 ms", kAny));
  EXPECT_TRUE(LineFits("| 99 ms", "|  102 ms", kFivePercent));
  EXPECT_TRUE(LineFits("1e-5", "1.02e-5", kFivePercent));
  EXPECT_TRUE(LineFits("── ───", "─── ─", kFivePercent));
  EXPECT_FALSE(LineFits("took 100 ms", "took 106 ms", kFivePercent));
  EXPECT_FALSE(LineFits("took 100 ms", "took 100 s", kFivePercent));
  EXPECT_FALSE(LineFits("took 100 ms", "took long", kAny));
}

TEST(LineFits, WithAnythingForThreeDots) {
  EXPECT_TRUE(LineFits("took ..., done", "took 3 min 5 s, done", kExact));
  EXPECT_TRUE(LineFits("wait...", "wait...", kExact));
  EXPECT_FALSE(LineFits("took ..., done", "took 3 min", kExact));
}

TEST(FindMismatch, OfAWholeOutput) {
  EXPECT_TRUE(Fits(Whole("a\nb"), "\na  \nb\n\n"));
  EXPECT_FALSE(Fits(Whole("a\nb"), "a\nb\nc\n"));
  EXPECT_FALSE(Fits(Whole("a\nb"), "z\na\nb\n"));
  EXPECT_FALSE(Fits(Whole("a\nb"), "a\n"));
  EXPECT_FALSE(Fits(Whole("a"), ""));
  EXPECT_FALSE(Fits(Whole("a\nb"), "a\n\nb"));
}

TEST(FindMismatch, WithLinesLeftOut) {
  EXPECT_TRUE(Fits(Whole("a\n...\nd"), "a\nb\nc\nd\n"));
  EXPECT_TRUE(Fits(Whole("a\n...\nd"), "a\nd\nb\nd\n"));
  EXPECT_TRUE(Fits(Whole("...\nc\n..."), "a\nb\nc\nd\n"));
  EXPECT_TRUE(Fits(Whole("a\n  ..."), "a\nb\n"));
  EXPECT_TRUE(Fits(Whole("..."), "a\nb\n"));
  EXPECT_FALSE(Fits(Whole("...\nc"), "a\nc\nd\n"));
  EXPECT_FALSE(Fits(Whole("c\n...\na"), "a\nb\nc\n"));
  EXPECT_FALSE(Fits(Whole("a\n...\na"), "a\n"));
}

TEST(FindMismatch, OfAnExcerpt) {
  EXPECT_TRUE(Fits(Excerpt("b\nc"), "a\nb\nx\nb\nc\nd\n"));
  EXPECT_TRUE(Fits(Excerpt("b\n...\nd"), "a\nb\nc\nd\ne\n"));
  EXPECT_FALSE(Fits(Excerpt("b\nd"), "a\nb\nc\nd\n"));
}

TEST(FindMismatch, NamesTheFirstLineThatDoesNotFit) {
  const auto whole = FindMismatch(Whole("a\nb\nc"), "a\nb\nd\n");
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(whole->index, 2);
  EXPECT_EQ(whole->printed, "d");

  const auto excerpt = FindMismatch(Excerpt("a\n...\nloss\n12"), "a\nx\nloss\n13\ny\n");
  ASSERT_TRUE(excerpt.has_value());
  EXPECT_EQ(excerpt->index, 3);
  EXPECT_EQ(excerpt->printed, "13");
}

}  // namespace
}  // namespace gokart::docs
