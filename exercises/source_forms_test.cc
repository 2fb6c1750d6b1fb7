// What is made of a file with exercises: the starter, the instrumented form, a wrong answer, and a
// learner's difference from the solution.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "exercises/exercise_file.h"
#include "exercises/instrument.h"
#include "exercises/line_diff.h"
#include "exercises/starter.h"
#include "exercises/variant.h"
#include "exercises/wrong_answer.h"

namespace gokart::exercises {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kFile[] = R"(#include "x.h"

#include <cmath>

int F(int a) {
  // [exercise 2.7] The answer
  // Task: Give the answer.
  // Hint: It is a "number".
  // Hint: It is even.
  // Test: //x:x_test F.*
  // Read: x.h

  const int answer = 42;
  return answer + a;
  // [end of exercise 2.7]
}
)";

ExerciseFile File() { return ParseExerciseFile("f.cc", kFile).value(); }

TEST(MakeStarter, KeepsEverythingButBodiesAndHints) {
  EXPECT_EQ(MakeStarter(File()), R"(#include "x.h"

#include <cmath>
#include "exercises/not_implemented.h"

int F(int a) {
  // [exercise 2.7] The answer
  // Task: Give the answer.
  // Test: //x:x_test F.*
  // Read: x.h
  throw NotImplemented("2.7", "It is a \"number\".");
  // [end of exercise 2.7]
}
)");
}

TEST(ThrowStatement, IsBrokenIntoLines) {
  ExerciseFile file = File();
  std::string hint, joined;
  for (int i = 0; i < 60; ++i) hint += (i == 0 ? "" : " ") + std::string("word");
  file.exercises[0].hints[0] = hint;
  for (const std::string& line : ThrowStatement(file.exercises[0], "    ")) {
    EXPECT_LE(line.size(), 100u);
    const size_t begin = line.find('"', line.find("2.7") == line.npos ? 0 : line.find(',') + 1) + 1;
    joined += line.substr(begin, line.rfind('"') - begin);
  }
  EXPECT_EQ(joined, hint);
}

std::vector<WrongAnswer> Answers(const std::string& text) {
  return ParseWrongAnswers("w.txt", text).value();
}

TEST(ParseWrongAnswers, GivesLettersInTheirOrder) {
  const auto answers =
      Answers("# comment\n[2.7] odd\n- a\n- b\n+ c\n- d\n[3.1] x\n- e\n[2.7] y\n- f\n");
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0].title, "odd");
  EXPECT_EQ(answers[0].letter, 'a');
  ASSERT_EQ(answers[0].changes.size(), 2u);
  EXPECT_THAT(answers[0].changes[0].old_lines, ElementsAre(" a", " b"));
  EXPECT_THAT(answers[0].changes[0].new_lines, ElementsAre(" c"));
  EXPECT_THAT(answers[0].changes[1].new_lines, ElementsAre());
  EXPECT_EQ(answers[1].letter, 'a');
  EXPECT_EQ(answers[2].letter, 'b');
}

TEST(ParseWrongAnswers, ErrorsNameTheLine) {
  const auto error = [](const std::string& text) {
    return std::string(ParseWrongAnswers("w.txt", text).status().message());
  };
  EXPECT_THAT(error("- a\n"), HasSubstr("w.txt:1: a change before"));
  EXPECT_THAT(error("[2.7] x\n+ a\n"), HasSubstr("w.txt:2: a + without a -"));
  EXPECT_THAT(error("[2.7] x\n\nfoo\n"), HasSubstr("w.txt:3: expected a line"));
  EXPECT_THAT(error("[2.7 x\n"), HasSubstr("w.txt:1: expected [NUMBER]"));
}

TEST(ApplyWrongAnswer, ReplacesLinesWhateverTheirIndent) {
  const ExerciseFile file = File();
  const auto bodies = ApplyWrongAnswer(
      file, file.exercises[0], Answers("[2.7] odd\n- const int answer = 42;\n+ int answer;\n")[0]);
  ASSERT_TRUE(bodies.ok()) << bodies.status();
  EXPECT_THAT((*bodies)[0], ElementsAre("", " int answer;", "  return answer + a;"));
}

TEST(ApplyWrongAnswer, RefusesWhatNoLongerFits) {
  const ExerciseFile file = File();
  const auto error = [&](const std::string& text) {
    const auto bodies = ApplyWrongAnswer(file, file.exercises[0], Answers(text)[0]);
    return std::string(bodies.status().message());
  };
  EXPECT_THAT(error("[2.7] odd\n- return 43;\n"), HasSubstr("found 0 times"));
  EXPECT_THAT(error("[2.7] odd\n- int F(int a) {\n"), HasSubstr("found 0 times"));  // not the body
  EXPECT_THAT(error("[2.7] odd\n"), HasSubstr("no change"));
}

TEST(MakeInstrumented, HoldsAllBodies) {
  const auto text = MakeInstrumented(
      File(), Answers("[2.7] odd\n- const int answer = 42;\n+ int answer = 43;\n"));
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_THAT(*text, HasSubstr("throw NotImplemented(\"2.7\""));
  EXPECT_THAT(*text, HasSubstr("gokart_variant == 'a'"));
  EXPECT_THAT(*text, HasSubstr("int answer = 43;"));
  EXPECT_THAT(*text, HasSubstr("const int answer = 42;"));
  EXPECT_THAT(*text, Not(HasSubstr("gokart_variant == 'b'")));
  EXPECT_FALSE(MakeInstrumented(File(), Answers("[2.8] odd\n- x\n")).ok());
}

TEST(VariantOf, TakesTheFirstItemThatNamesTheExercise) {
  EXPECT_EQ(VariantOf("2.7", ""), kSolved);
  EXPECT_EQ(VariantOf("2.7", "2.8=a"), kSolved);
  EXPECT_EQ(VariantOf("2.7", "2.6=starter 2.7=b 2.7=a"), 'b');
  EXPECT_EQ(VariantOf("2.7", "2.77=a 2.7=starter"), kStarter);
  EXPECT_EQ(VariantOf("2.7", "2.7=solved *=starter"), kSolved);
  EXPECT_EQ(VariantOf("2.8", "2.7=solved *=starter"), kStarter);
}

TEST(LineDiff, KeepsWhatIsInBoth) {
  EXPECT_EQ(LineDiff({"a", "b", "c"}, {"a", "x", "c", "d"}), " a\n-b\n+x\n c\n+d\n");
  EXPECT_EQ(LineDiff({"a"}, {"a"}), "");
  EXPECT_EQ(LineDiff({}, {"a"}), "+a\n");
  EXPECT_EQ(LineDiff({"a"}, {}), "-a\n");
}

}  // namespace
}  // namespace gokart::exercises
