#include "docs/page_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace gokart::docs {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kTea[] = "docs/tea";

// What is wrong with a page of this text in folder tea/, where //tea is run and //asked is not.
std::vector<std::string> ProblemsOf(const std::string& text) {
  const std::string folder = testing::TempDir() + "/page";
  std::filesystem::remove_all(folder);
  PageRun run({{"//tea", kTea}, {"//asked", kTea, /*is_run=*/false}}, folder);
  std::vector<std::string> problems;
  for (const Problem& problem : run.Check(ParseMarkdown("tea/README.md", text))) {
    problems.push_back(Describe(problem));
  }
  return problems;
}

std::string Sh(const std::string& commands) { return "```sh\n" + commands + "\n```\n"; }
std::string Text(const std::string& lines) { return "```text\n" + lines + "\n```\n"; }

TEST(Commands, ThatAreRightAreRun) {
  EXPECT_THAT(ProblemsOf(Sh("bazel run //tea -- pour --sugar=2 --nomilk Ann  # for her\n"
                            "bazel run //tea:tea\nbazel run //tea -- help pour\n"
                            "bazel test //tea/...")),
              IsEmpty());
  EXPECT_THAT(ProblemsOf(Sh("echo Ann > guests\nbazel run //tea -- pour $(cat guests) | grep Ann") +
                         Text("for Ann")),
              IsEmpty());
}

TEST(Commands, WithAnUnknownFlagOrSubcommandAreNamedWithTheirLine) {
  EXPECT_THAT(
      ProblemsOf("Tea:\n\n<!-- not run: x -->\n" + Sh("bazel run //tea -- pour --sugars=2")),
      ElementsAre("tea/README.md:5: //tea: 'pour' has no flag --sugars"));
  EXPECT_THAT(ProblemsOf(Sh("# not run, only asked\nbazel run //asked -- brew")),
              ElementsAre("tea/README.md:3: //asked: there is no subcommand brew"));
  EXPECT_THAT(ProblemsOf(Sh("bazel run //asked -- help brew")), ElementsAre(HasSubstr("brew")));
  EXPECT_THAT(ProblemsOf(Sh("bazel run //asked -- wash cup")),
              ElementsAre(HasSubstr("takes no arguments")));
  EXPECT_THAT(ProblemsOf(Sh("bazel run //coffee")),
              ElementsAre(HasSubstr("not among the programs")));
}

TEST(Commands, BetweenBackticksHaveFlagsThatExist) {
  EXPECT_THAT(ProblemsOf("`pour --sugar=3 ...`, `bazel run //tea -- SUBCOMMAND`, `cook --x`, "
                         "`bazel run //tea -- wash ...`, `bazel run //coffee`, "
                         "`bazel run //PROGRAM -- wash --x`"),
              IsEmpty());
  EXPECT_THAT(ProblemsOf("a\n`pour --salt`"), ElementsAre(HasSubstr(":2: //tea: 'pour' has no")));
  EXPECT_THAT(ProblemsOf("`bazel run //tea -- wash --milk`"), ElementsAre(HasSubstr("--milk")));
}

TEST(Commands, ThatFailMustSaySo) {
  EXPECT_THAT(ProblemsOf(Sh("bazel run //tea -- pour --sugar=-1")),
              ElementsAre(AllOf(HasSubstr(":2: exit status 1"), HasSubstr("less than no sugar"))));
  EXPECT_THAT(ProblemsOf(Sh("cat tea-for-nobody\necho done")),
              ElementsAre(HasSubstr("exit status")));
  EXPECT_THAT(ProblemsOf("<!-- fails -->\n" + Sh("bazel run //tea -- pour --sugar=-1") +
                         Text("tea: less than no sugar")),
              IsEmpty());
  EXPECT_THAT(ProblemsOf("<!-- fails -->\n" + Sh("bazel run //tea")),
              ElementsAre(HasSubstr("should fail")));
}

TEST(Output, ThatIsQuotedRightIsGood) {
  EXPECT_THAT(
      ProblemsOf(Sh("bazel run //tea -- pour Ann") + "\n" + Text("tea with 1.25 spoons\nfor Ann")),
      IsEmpty());
  EXPECT_THAT(ProblemsOf(Sh("bazel run //tea -- pour Ann") + Text("...\nfor Ann")), IsEmpty());
  EXPECT_THAT(ProblemsOf(Sh("bazel run //tea") + "<!-- numbers within 20% -->\n" +
                         Text("tea with 1.5 spoons")),
              IsEmpty());
}

TEST(Output, ThatIsQuotedWrongIsNamedWithItsLine) {
  EXPECT_THAT(ProblemsOf(Sh("bazel run //tea -- pour Ann") + Text("tea with 1.25 spoons\nfor Bob")),
              ElementsAre("tea/README.md:6: is not what is printed\n"
                          "    here:    for Bob\n    printed: for Ann"));
  EXPECT_THAT(ProblemsOf(Sh("bazel run //tea") + Text("tea with 1.50 spoons")),
              ElementsAre(HasSubstr(":5: is not what is printed")));
  EXPECT_THAT(ProblemsOf(Sh("bazel run //tea -- pour Ann") + Text("tea with 1.25 spoons")),
              ElementsAre(HasSubstr("and more: for Ann")));
}

TEST(Output, MayBeQuotedAnywhereFromACommandThatIsNamed) {
  const std::string by = "<!-- printed by: bazel run //tea -- pour Ann Bob -->\n";
  EXPECT_THAT(ProblemsOf("Words.\n" + by + Text("for Ann") + "More.\n" + by + Text("for Bob")),
              IsEmpty());
  EXPECT_THAT(
      ProblemsOf(Sh("bazel run //tea > cup") + "Words.\n<!-- printed by: bazel run //tea -->\n" +
                 Text("tea with 1.25 spoons")),
      IsEmpty());
  EXPECT_THAT(ProblemsOf("Words.\n" + by + Text("for Eve")), ElementsAre(HasSubstr(":4: is not")));
  EXPECT_THAT(ProblemsOf("<!-- printed by: bazel run //tea -- brew -->\n" + Text("x")),
              Not(IsEmpty()));
}

TEST(Output, WithoutACommandIsNamed) {
  EXPECT_THAT(ProblemsOf("Words.\n" + Text("tea")), ElementsAre(HasSubstr("which command")));
  EXPECT_THAT(ProblemsOf(Sh("bazel run //tea") + "Words.\n" + Text("tea")),
              ElementsAre(HasSubstr("which command")));
  EXPECT_THAT(ProblemsOf("<!-- not run: x -->\n" + Sh("bazel run //tea") + Text("anything")),
              ElementsAre(HasSubstr("is not run")));
  EXPECT_THAT(ProblemsOf("<!-- not run: x -->\n" + Text("anything")), IsEmpty());
}

}  // namespace
}  // namespace gokart::docs
