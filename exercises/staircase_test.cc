// The proof must fail where it should. Its test programs are scripts here, which print what
// GoogleTest would.
#include "exercises/staircase.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>
#include <vector>

#include "exercises/attempt.h"

namespace gokart::exercises {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A program with the cases One.A and Two.A. `one` and `two` are commands of the shell that print
// what is wrong, if anything is; $GOKART_EXERCISES says what is written.
std::string Program(const std::string& one, const std::string& two) {
  const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string path = testing::TempDir() + "/program-" + name;
  std::ofstream(path) << R"sh(#!/bin/bash
has() { [[ " $GOKART_EXERCISES " == *" $1 "* ]]; }
open() { has "$1=starter" || has "*=starter"; }
missing() { echo "exercise $1 is not written yet (x.cc:1). Hint: h"; }
one() { )sh" << one << R"sh(
}
two() { )sh" << two << R"sh(
}
wanted() { [[ "$filter" == *"$1"* || "$filter" == "${1%.*}.*" ]]; }
for argument in "$@"; do
  case "$argument" in
    --gtest_filter=*) filter=${argument#--gtest_filter=} ;;
    --gtest_list_tests) list=yes ;;
  esac
done
echo "compiled from ch02_data/x.cc" >&2
status=0
for suite in One Two; do
  wanted "$suite.A" || continue
  if [ -n "$list" ]; then echo "$suite."; echo "  A"; continue; fi
  echo "[ RUN      ] $suite.A"
  said=$(${suite,,})
  [ "$said" != crash ] || exit 139
  if [ -n "$said" ]; then
    echo "$said"; echo "[  FAILED  ] $suite.A (0 ms)"; status=1
  else
    echo "[       OK ] $suite.A (0 ms)"
  fi
done
exit $status
)sh";
  chmod(path.c_str(), 0755);
  return path;
}

Chapter TwoExercises(const std::string& program) {
  Chapter chapter;
  for (const char* name : {"One", "Two"}) {
    Exercise exercise;
    exercise.number = name == std::string("One") ? "2.1" : "2.2";
    exercise.title = name;
    exercise.read = "x.h";
    exercise.tests = {{"//ch02_data:x_test", std::string(name) + ".*"}};
    chapter.exercises.push_back(exercise);
  }
  chapter.programs["//ch02_data:x_test"] = program;
  return chapter;
}

constexpr char kGoodOne[] = "if open 2.1; then missing 2.1; elif has 2.1=a; then echo wrong; fi";
constexpr char kGoodTwo[] = "if open 2.2; then missing 2.2; fi";

std::vector<std::string> ProblemsOf(const Chapter& chapter) {
  const auto proof = Prove(chapter);
  EXPECT_TRUE(proof.ok()) << proof.status();
  return proof->problems;
}

TEST(Prove, AcceptsWhatCanBeDoneInOrder) {
  Chapter chapter = TwoExercises(Program(kGoodOne, kGoodTwo));
  chapter.wrong_answers = {{"2.1", 'a', "mistake", {}}};
  const auto proof = Prove(chapter);
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_THAT(proof->problems, ElementsAre());
  EXPECT_EQ(proof->cases, 2);
  EXPECT_EQ(proof->rejected, 1);
}

TEST(Prove, AcceptsATestThatUsesAnEarlierExercise) {
  EXPECT_THAT(ProblemsOf(TwoExercises(Program(kGoodOne, "if open 2.1; then missing 2.1; else " +
                                                            std::string(kGoodTwo) + "; fi"))),
              ElementsAre());
}

TEST(Prove, SeesATestThatPassesBeforeItsExerciseIsWritten) {
  EXPECT_THAT(ProblemsOf(TwoExercises(Program(kGoodOne, ":")))[0],
              HasSubstr("2.2 Two.A with no exercise of the chapter written: passes"));
}

TEST(Prove, SeesATestThatNeedsALaterExercise) {
  const auto problems = ProblemsOf(TwoExercises(
      Program("if open 2.2; then missing 2.2; else " + std::string(kGoodOne) + "; fi", kGoodTwo)));
  ASSERT_FALSE(problems.empty());
  EXPECT_THAT(problems[0], HasSubstr("2.1 One.A"));
  EXPECT_THAT(problems[0], HasSubstr("needs exercise 2.2"));
}

TEST(Prove, SeesATestThatFailsOnTheSolution) {
  EXPECT_THAT(ProblemsOf(TwoExercises(
                  Program(kGoodOne, "if open 2.2; then missing 2.2; else echo broken; fi"))),
              ElementsAre(HasSubstr("2.2 Two.A with exercises up to 2.2 written: fails")));
}

TEST(Prove, SeesAStarterThatFailsOtherwise) {
  EXPECT_THAT(ProblemsOf(TwoExercises(Program(kGoodOne, "if open 2.2; then echo no; fi")))[0],
              HasSubstr("should fail with NotImplemented"));
}

TEST(Prove, SeesAWrongAnswerThatPassesOrCrashes) {
  Chapter chapter = TwoExercises(
      Program(std::string(kGoodOne) + "; if has 2.1=b; then echo crash; fi", kGoodTwo));
  chapter.wrong_answers = {{"2.2", 'a', "unnoticed", {}}, {"2.1", 'b', "crashes", {}}};
  EXPECT_THAT(ProblemsOf(chapter),
              ElementsAre(HasSubstr("wrong answer 2.2.a (unnoticed) passes the tests"),
                          HasSubstr("wrong answer 2.1.b (crashes) ends the test program")));
}

TEST(Prove, SeesAFilterThatMatchesNothing) {
  Chapter chapter = TwoExercises(Program(kGoodOne, kGoodTwo));
  chapter.exercises[1].tests[0].filter = "Three.*";
  EXPECT_THAT(ProblemsOf(chapter), ElementsAre(HasSubstr("has no test Three.*")));
  chapter.exercises[1].tests[0].target = "//ch02_data:other_test";
  EXPECT_THAT(ProblemsOf(chapter), ElementsAre(HasSubstr("is not among")));
}

TEST(Prove, SeesACaseOfTwoExercises) {
  Chapter chapter = TwoExercises(Program(kGoodOne, kGoodTwo));
  chapter.exercises[1].tests[0].filter = "One.*";
  EXPECT_THAT(ProblemsOf(chapter), ElementsAre(HasSubstr("One.A belongs to 2.1 and 2.2")));
}

// What a learner is told, from the same programs.
TEST(TryExercise, TellsOpenBlockedFailedAndPassed) {
  const Chapter chapter = TwoExercises(Program("missing 2.1", "missing 2.1"));
  const auto attempt = [&](size_t i) {
    return TryExercise(chapter.exercises[i], "ch02_data/x.cc", chapter.programs).value();
  };
  EXPECT_EQ(attempt(0).state, Attempt::kOpen);
  EXPECT_EQ(attempt(1).state, Attempt::kBlocked);
  EXPECT_EQ(attempt(1).needs, "2.1");
  EXPECT_EQ(attempt(1).compiled_from, "ch02_data/x.cc");
}

TEST(TryExercise, ShowsTheFirstExpectationThatFailed) {
  const Chapter chapter = TwoExercises(
      Program("echo 'a.cc:1: Failure'; echo first; echo 'a.cc:2: Failure'; echo second", ":"));
  const auto attempt = TryExercise(chapter.exercises[0], "ch02_data/x.cc", chapter.programs);
  ASSERT_TRUE(attempt.ok()) << attempt.status();
  EXPECT_EQ(attempt->state, Attempt::kFailed);
  EXPECT_EQ(attempt->output, "a.cc:1: Failure\nfirst\n");
  EXPECT_THAT(Describe(chapter.exercises[0], *attempt), HasSubstr("Read: x.h"));
}

TEST(TryExercise, RefusesWhatProvesNothing) {
  Chapter chapter = TwoExercises(Program(":", ":"));
  EXPECT_FALSE(TryExercise(chapter.exercises[0], "ch02_data/y.cc", chapter.programs).ok());
  chapter.exercises[0].tests[0].filter = "Three.*";
  EXPECT_FALSE(TryExercise(chapter.exercises[0], "ch02_data/x.cc", chapter.programs).ok());
  chapter.programs["//ch02_data:x_test"] = "/no/such/program";
  EXPECT_FALSE(TryExercise(chapter.exercises[1], "ch02_data/x.cc", chapter.programs).ok());
}

}  // namespace
}  // namespace gokart::exercises
