#include "exercises/exercise_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace gokart::exercises {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kFile[] = R"(#include "x.h"

int F(int a) {
  // [exercise 2.7] The answer
  // Task: Give the answer,
  //       plus a.
  // Hint: It is a number.
  // Hint: It is between 41
  //       and 43.
  // Test: //x:x_test F.*
  // Test: //x:y_test G.*:H.*
  // Read: x/README.md, "Answers"

  // Of everything.
  return 42 + a;
  // [end of exercise 2.7]
}

int G() {
  // [exercise 2.7, continued]
  return 1;
  // [end of exercise 2.7]
}
)";

std::string ErrorOf(const std::string& text) {
  return std::string(ParseExerciseFile("f.cc", text).status().message());
}

TEST(ParseExerciseFile, ReadsFieldsAndRegions) {
  const auto file = ParseExerciseFile("f.cc", kFile);
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->exercises.size(), 1u);
  const Exercise& exercise = file->exercises[0];
  EXPECT_EQ(exercise.number, "2.7");
  EXPECT_EQ(exercise.title, "The answer");
  EXPECT_EQ(exercise.task, "Give the answer, plus a.");
  EXPECT_THAT(exercise.hints, ElementsAre("It is a number.", "It is between 41 and 43."));
  ASSERT_EQ(exercise.tests.size(), 2u);
  EXPECT_EQ(exercise.tests[1].target, "//x:y_test");
  EXPECT_EQ(exercise.tests[1].filter, "G.*:H.*");
  EXPECT_EQ(exercise.read, "x/README.md, \"Answers\"");
  ASSERT_EQ(exercise.regions.size(), 2u);
  EXPECT_THAT(file->lines[exercise.regions[0].begin], HasSubstr("[exercise 2.7] The answer"));
  EXPECT_EQ(file->lines[exercise.regions[0].body_begin], "");  // the free line ends the comment
  EXPECT_THAT(file->lines[exercise.regions[0].body_end], HasSubstr("[end of exercise 2.7]"));
  EXPECT_EQ(file->lines[exercise.regions[1].body_begin], "  return 1;");
}

TEST(ParseExerciseFile, ErrorsNameTheLine) {
  std::string text = kFile;
  const auto without = [&](const std::string& line) {
    std::string cut = kFile;
    const size_t at = cut.find(line);
    EXPECT_NE(at, cut.npos) << line;
    return cut.erase(at, cut.find('\n', at) + 1 - at);
  };
  EXPECT_THAT(ErrorOf(without("  // Read:")), HasSubstr("f.cc:12: exercise 2.7 has no Read"));
  EXPECT_THAT(ErrorOf(without("  // Task: Give")), HasSubstr("f.cc:5: expected Task"));
  EXPECT_THAT(ErrorOf(without("  // [end of exercise 2.7]")),
              HasSubstr("expected '// [end of exercise 2.7]'"));
  EXPECT_THAT(ErrorOf("// [exercise 2] A\n"), HasSubstr("'2' is no number"));
  EXPECT_THAT(ErrorOf("// [exercise 2.x] A\n"), HasSubstr("'2.x' is no number"));
  EXPECT_THAT(ErrorOf("// [exercise 2.1, continued]\n"), HasSubstr("nothing to continue"));
  EXPECT_THAT(ErrorOf("// [end of exercise 2.1]\n"), HasSubstr("f.cc:1: an end"));
  EXPECT_THAT(ErrorOf("// [exercise 2.1]\n"), HasSubstr("no title"));
  EXPECT_THAT(ErrorOf("// [exercise 2.1 A\n"), HasSubstr("no ']'"));
  EXPECT_THAT(ErrorOf(text + text), HasSubstr("the number was there before"));
}

// A starter has no hints, and a learner may write anything between the markers.
TEST(ParseLearnersFile, NeedsTheMarkersOnly) {
  const auto file = ParseLearnersFile("my/f.cc",
                                      "// [exercise 2.7] The answer\n"
                                      "// Is this right?\n"
                                      "return 42;\n"
                                      "// [end of exercise 2.7]");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->exercises[0].regions[0].body_end, 3u);
  EXPECT_FALSE(ParseLearnersFile("my/f.cc", "// [exercise 2.7] The answer\nreturn 42;\n").ok());
}

TEST(ComesBefore, OrdersByChapterAndNumber) {
  std::vector<std::string> numbers = {"10.1", "2.10", "E.2", "2.9", "3.1", "E.1"};
  std::sort(numbers.begin(), numbers.end(), ComesBefore);
  EXPECT_THAT(numbers, ElementsAre("E.1", "E.2", "2.9", "2.10", "3.1", "10.1"));
  EXPECT_EQ(ChapterOf("2.10"), "2");
  EXPECT_EQ(ChapterOf("E.1"), "E");
}

}  // namespace
}  // namespace gokart::exercises
