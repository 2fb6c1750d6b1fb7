#include "docs/reference_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace gokart::docs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A small project with one page, whose text is given.
Repository ProjectWith(const std::string& text) {
  return Repository::Of({
      {"tea/README.md", text},
      {"tea/BUILD", "cc_binary(\n    name = \"tea\",\n)\nchapter(\n    name = \"cups\",\n)\n"},
      {"tea/pot.h", "class TeaPot { int PourOut(); };\nABSL_FLAG(int, sugar, 1, \"\");\n"},
      {"tea/pictures/pot.svg", ""},
      {"tea/cups/small.cc", ""},
      {"docs/BUILD", "page = \"//tea:README.md\",\n"},
      {".bazelrc", "build:debug -c dbg\n"},
      {"guide.md", "# How to pour\n## Twice\n## Twice\n"},
  });
}

std::vector<std::string> ProblemsOf(const std::string& text) {
  std::vector<std::string> problems;
  for (const Problem& problem : CheckReferences(ProjectWith(text))) {
    problems.push_back(Describe(problem));
  }
  return problems;
}

TEST(Links, ThatResolveAreGood) {
  EXPECT_THAT(ProblemsOf("# Tea\n[a](pot.h) [b](../guide.md#how-to-pour) [c](../guide.md#twice-1)\n"
                         "[d](#tea) ![e](pictures/pot.svg) [f](cups/) [g](..) [h](../tea)\n"
                         "[i](https://example.org/none#x)\n"),
              IsEmpty());
}

TEST(Links, ToAMissingFileAreNamedWithTheirLine) {
  EXPECT_THAT(ProblemsOf("Tea.\n\nSee [the cup](cup.h).\n"),
              ElementsAre("tea/README.md:3: link cup.h: there is no tea/cup.h in version control"));
  EXPECT_THAT(ProblemsOf("![cup](pictures/cup.svg)"), ElementsAre(HasSubstr(":1: link")));
  EXPECT_THAT(ProblemsOf("<img src=\"pictures/cup.svg\">"), ElementsAre(HasSubstr(":1: link")));
}

TEST(Links, ToAMissingHeadingAreNamed) {
  EXPECT_THAT(ProblemsOf("[x](#cups)"),
              ElementsAre("tea/README.md:1: link #cups: tea/README.md has no heading #cups"));
  EXPECT_THAT(ProblemsOf("[x](../guide.md#twice-2)"), ElementsAre(HasSubstr("#twice-2")));
}

TEST(Names, OfFilesMustExist) {
  EXPECT_THAT(ProblemsOf("`pot.h` `tea/pot.h` `cups/small` `cups/*.cc` `cups/` `my.txt` `my/tea/`"),
              IsEmpty());
  EXPECT_THAT(ProblemsOf("\n`kettle.h`"),
              ElementsAre("tea/README.md:2: there is no file kettle.h"));
  EXPECT_THAT(ProblemsOf("`tea/cup.json`"), ElementsAre(HasSubstr("tea/cup.json")));
  EXPECT_THAT(ProblemsOf("`cups/large`"), ElementsAre(HasSubstr("cups/large")));
}

TEST(Names, InTheCodeMustExist) {
  EXPECT_THAT(ProblemsOf("`TeaPot::PourOut(cup)` `Tea` `PATH`"), IsEmpty());
  EXPECT_THAT(ProblemsOf("`TeaKettle`"), ElementsAre(HasSubstr("the code has no TeaKettle")));
  EXPECT_THAT(ProblemsOf("`TeaPot::PourIn()`"), ElementsAre(HasSubstr("the code has no PourIn")));
  EXPECT_THAT(ProblemsOf("<!-- names elsewhere: TeaKettle -->\n`TeaKettle`"), IsEmpty());
}

TEST(Names, OfFlagsMustExist) {
  EXPECT_THAT(ProblemsOf("`--sugar=2` `--nosugar` `--benchmark_filter`"), IsEmpty());
  EXPECT_THAT(ProblemsOf("`--sugars`"), ElementsAre(HasSubstr("no program has a flag --sugars")));
}

TEST(Targets, MustExist) {
  EXPECT_THAT(
      ProblemsOf("```sh\nbazel run --config=debug //tea  # x\nbazel test //tea:cups_proof \\\n"
                 "  //... //tea/...\n```\n`bazel build //tea:all` `bazel run //LABEL`\n"),
      IsEmpty());
  EXPECT_THAT(ProblemsOf("```sh\nbazel run //tea\nbazel test //tea:saucer\n```\n"),
              ElementsAre("tea/README.md:3: there is no target //tea:saucer"));
  EXPECT_THAT(ProblemsOf("`bazel test //coffee/...`"), ElementsAre(HasSubstr("//coffee/...")));
  EXPECT_THAT(ProblemsOf("`bazel test --config=fast //tea`"), ElementsAre(HasSubstr("build:fast")));
  EXPECT_THAT(ProblemsOf("`bazel test --//:brew=x //tea`"), ElementsAre(HasSubstr("//:brew")));
}

TEST(Forms, AreThoseThatAreChecked) {
  EXPECT_THAT(ProblemsOf("```\nbazel run //tea\n```\n"), ElementsAre(HasSubstr(":2: commands")));
  EXPECT_THAT(ProblemsOf("<!-- not run -->\n"), ElementsAre(HasSubstr("no note \"not run\"")));
  EXPECT_THAT(ProblemsOf("<!-- numbers within 5 -->\n"), ElementsAre(HasSubstr("no note")));
  EXPECT_THAT(ProblemsOf("<!-- not run: slow -->\n<!-- numbers within 0.5% -->\n<!-- fails -->\n"
                         "<!-- numbers may differ -->\n<!-- printed by: bazel run //tea -->\n"
                         "<!-- exercises of ch02 -->\n<!-- end of exercises -->\n"),
              IsEmpty());
}

TEST(Forms, OfAPageWithCommandsIncludeItsTest) {
  const Repository repository = Repository::Of({{"a/README.md", "```sh\nls\n```\n"}});
  const std::vector<Problem> problems = CheckReferences(repository);
  ASSERT_EQ(problems.size(), 1);
  EXPECT_THAT(problems[0].message, HasSubstr("no page_test of \"//a:README.md\""));
}

}  // namespace
}  // namespace gokart::docs
