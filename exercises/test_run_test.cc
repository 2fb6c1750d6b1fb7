#include "exercises/test_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "exercises/test_builder.h"

namespace gokart::exercises {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOutput[] = R"(Running main() from gmock_main.cc
Note: Google Test filter = *
[==========] Running 4 tests from 2 test suites.
[ RUN      ] Softmax.WorksRowByRow
[       OK ] Softmax.WorksRowByRow (0 ms)
[ RUN      ] Softmax.Overflows
x_test.cc:7: Failure
Expected equality of these values:
[  FAILED  ] Softmax.Overflows (1 ms)
[ RUN      ] Kinds/Every.Works/didactic
unknown file: Failure
C++ exception with description "exercise 3.18 is not written yet (my/x.cc:7). Hint: h" thrown in the test body.
[  FAILED  ] Kinds/Every.Works/didactic, where GetParam() = "didactic" (1 ms)
[ RUN      ] Softmax.Crashes
half a line
)";

TEST(ParseTestRun, ReadsEachCase) {
  const TestRun run =
      ParseTestRun(kOutput, "compiled from my/x.cc\nnoise\ncompiled from y.cc\n", 139);
  ASSERT_EQ(run.cases.size(), 4u);
  EXPECT_TRUE(run.cases[0].passed);
  EXPECT_EQ(run.cases[1].name, "Softmax.Overflows");
  EXPECT_FALSE(run.cases[1].passed);
  EXPECT_TRUE(run.cases[1].finished);
  EXPECT_EQ(run.cases[1].output, "x_test.cc:7: Failure\nExpected equality of these values:\n");
  EXPECT_EQ(run.cases[2].name, "Kinds/Every.Works/didactic");
  EXPECT_EQ(MissingExercise(run.cases[2].output), "3.18");
  EXPECT_EQ(MissingExercise(run.cases[1].output), "");
  EXPECT_FALSE(run.cases[3].finished);
  EXPECT_FALSE(run.cases[3].passed);
  EXPECT_THAT(run.files, ElementsAre("my/x.cc", "y.cc"));
  EXPECT_FALSE(run.passed());
  EXPECT_EQ(run.FirstFailure()->name, "Softmax.Overflows");
}

TEST(ParseTestRun, NoTestIsNoSuccess) {
  EXPECT_FALSE(ParseTestRun("[  PASSED  ] 0 tests.\n", "", 0).passed());
  EXPECT_TRUE(ParseTestRun("[ RUN      ] A.B\n[       OK ] A.B (0 ms)\n", "", 0).passed());
  EXPECT_FALSE(ParseTestRun("[ RUN      ] A.B\n[       OK ] A.B (0 ms)\n", "", 1).passed());
  EXPECT_FALSE(ParseTestRun("[ RUN      ] A.B\n[  SKIPPED ] A.B (0 ms)\n", "", 0).passed());
}

// This program is a test, too.
TEST(RunTests, RunsAndListsThisProgram) {
  const std::string self = "/proc/" + std::to_string(getpid()) + "/exe";
  const auto run = RunTests(self, "ParseTestRun.*");
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_TRUE(run->passed());
  EXPECT_EQ(run->cases.size(), 2u);
  const auto none = RunTests(self, "Nothing.*");
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_FALSE(none->passed());
  EXPECT_THAT(ListCases(self, "ParseTestRun.*").value(),
              ElementsAre("ParseTestRun.ReadsEachCase", "ParseTestRun.NoTestIsNoSuccess"));
  EXPECT_FALSE(RunTests("/no/such/program", "*").ok());
}

TEST(CompilerErrors, LeavesOutWhatIsBazels) {
  const std::string errors = CompilerErrors(
      "Loading: 0 packages loaded\n"
      "INFO: Analyzed target\n"
      "ERROR: /w/ch02_data/BUILD:60:19: Compiling my/x.cc failed: (Exit 1): gcc failed\n"
      "my/x.cc:12:3: error: expected ';' before '}' token\n"
      "FAILED: Build did NOT complete successfully\n");
  EXPECT_EQ(errors, "my/x.cc:12:3: error: expected ';' before '}' token\n");
  EXPECT_THAT(CompilerErrors("ERROR: no such target '//x'\n"), HasSubstr("no such target"));
  std::string many;
  for (int i = 0; i < 50; ++i) many += "line " + std::to_string(i) + "\n";
  EXPECT_THAT(CompilerErrors(many, 10), HasSubstr("(and 40 more lines)"));
  EXPECT_THAT(CompilerErrors(many, 10), Not(HasSubstr("line 10\n")));
}

}  // namespace
}  // namespace gokart::exercises
