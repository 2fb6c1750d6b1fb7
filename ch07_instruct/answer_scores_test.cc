#include "ch07_instruct/answer_scores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace gokart {
namespace {

InstructionEntry Continue() {
  InstructionEntry entry = {
      .instruction = "Go on with cold and kite.",
      .input = "There was a wolf named Oscar. He was very tidy. Oscar loved to skate by the river.",
      .output = "On a cold day, Oscar got an old kite from his cousin.",
      .task = "continue"};
  entry.extra["words"] = {"cold", "kite"};
  return entry;
}

TEST(IsCorrectTest, ExactButForWhiteSpaceAround) {
  const InstructionEntry entry = {.instruction = "?", .output = "small"};
  EXPECT_TRUE(IsCorrect(entry, " small\n"));
  EXPECT_FALSE(IsCorrect(entry, "Small"));
  EXPECT_FALSE(IsCorrect(entry, "small."));
  EXPECT_FALSE(IsCorrect(entry, ""));
}

TEST(IsCorrectTest, GoingOnWithAStory) {
  const InstructionEntry entry = Continue();
  EXPECT_TRUE(IsCorrect(entry, entry.output));
  // Another right answer.
  const std::string other = "One cold morning, his aunt gave him a big blue kite.";
  EXPECT_TRUE(IsCorrect(entry, other));
  EXPECT_FALSE(IsExact(entry, other));
  // A word is missing; only a part of a word is there.
  EXPECT_FALSE(IsCorrect(entry, "On a wet day, Oscar got an old kite from his cousin."));
  // He was a wolf; nobody else's story; no end.
  EXPECT_FALSE(IsCorrect(entry, "On a cold day, Oscar got an old kite from her cousin."));
  EXPECT_FALSE(IsCorrect(entry, "On a cold day, Tom got an old kite from his cousin."));
  EXPECT_FALSE(IsCorrect(entry, "On a cold day, Oscar got an old kite"));
  EXPECT_FALSE(IsCorrect(entry, ""));
}

TEST(WordOverlapTest, IsTheF1ScoreOfWords) {
  EXPECT_DOUBLE_EQ(WordOverlap("The red kite.", "the RED kite"), 1);
  EXPECT_DOUBLE_EQ(WordOverlap("a red kite", "a blue kite"), 2.0 / 3);
  // Two shared words of four and of two: 2 * 2 / (4 + 2).
  EXPECT_DOUBLE_EQ(WordOverlap("red red kite there", "red kite"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(WordOverlap("red", "red red"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(WordOverlap("red", "blue"), 0);
  EXPECT_DOUBLE_EQ(WordOverlap("", "blue"), 0);
  EXPECT_DOUBLE_EQ(WordOverlap("", "?"), 1);
}

TEST(ScoreAnswersTest, CountsByTask) {
  const std::vector<InstructionEntry> entries = {{.instruction = "1", .output = "a b", .task = "x"},
                                                 {.instruction = "2", .output = "c", .task = "y"},
                                                 {.instruction = "3", .output = "d", .task = "x"},
                                                 Continue()};
  const ScoreTable table =
      ScoreAnswers(entries, {"a b", "no", "a", "One cold day, his aunt gave him a big blue kite."});
  ASSERT_EQ(table.tasks.size(), 3);
  EXPECT_EQ(table.tasks[0].task, "continue");
  EXPECT_EQ(table.tasks[0].correct, 1);
  EXPECT_EQ(table.tasks[0].exact, 0);
  EXPECT_EQ(table.tasks[1].task, "x");
  EXPECT_EQ(table.tasks[1].entries, 2);
  EXPECT_EQ(table.tasks[1].correct, 1);
  EXPECT_DOUBLE_EQ(table.tasks[1].overlap, 0.5);
  EXPECT_EQ(table.tasks[2].correct, 0);
  EXPECT_EQ(table.total.entries, 4);
  EXPECT_EQ(table.total.correct, 2);
  EXPECT_EQ(table.total.exact, 1);
  EXPECT_DOUBLE_EQ(table.total.CorrectShare(), 0.5);
  EXPECT_TRUE(std::isnan(table.total.loss));
  EXPECT_THROW(ScoreAnswers(entries, {"a"}), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
