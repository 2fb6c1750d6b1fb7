#include "docs/shell_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gokart::docs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CommandsOf, AreWordsWithoutQuotesRedirectionsAndComments) {
  EXPECT_THAT(
      CommandsOf("bazel run //a -- encode 'two words' --x=\"y z\" 2> log | head -3  # why"),
      ElementsAre(ElementsAre("bazel", "run", "//a", "--", "encode", "two words", "--x=y z"),
                  ElementsAre("head", "-3")));
  EXPECT_THAT(CommandsOf("./setup.sh && bazel test //..."),
              ElementsAre(ElementsAre("./setup.sh"), ElementsAre("bazel", "test", "//...")));
  EXPECT_THAT(CommandsOf("  # nothing"), IsEmpty());
  EXPECT_THAT(CommandsOf("echo a#b"), ElementsAre(ElementsAre("echo", "a#b")));
}

TEST(ShellLines, AreJoinedAtBackslashes) {
  const auto lines = ShellLines({"# first", "bazel run //a \\", "    -- b", "", "c"}, 10);
  ASSERT_EQ(lines.size(), 2);
  EXPECT_EQ(lines[0].line, 11);
  EXPECT_EQ(lines[0].text, "bazel run //a  -- b");
  EXPECT_EQ(lines[1].line, 14);
}

TEST(BazelCallsOf, HaveOptionsLabelsAndArguments) {
  const auto calls = BazelCallsOf("bazel run -c opt --//:impl=mine //a:b -- train --x=1 -- y");
  ASSERT_EQ(calls.size(), 1);
  EXPECT_EQ(calls[0].verb, "run");
  EXPECT_THAT(calls[0].options, ElementsAre("-c", "--//:impl=mine"));
  EXPECT_THAT(calls[0].labels, ElementsAre("//a:b"));
  EXPECT_THAT(calls[0].arguments, ElementsAre("train", "--x=1", "--", "y"));
  EXPECT_THAT(BazelCallsOf("ls"), IsEmpty());
}

}  // namespace
}  // namespace gokart::docs
