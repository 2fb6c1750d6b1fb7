#include "docs/translation_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace gokart::docs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const char kOriginal[] = R"(# Tea
[한국어](README.ko.md)

## Water

<!-- not run: hot -->
```sh
boil 1
```

![A cup](pictures/cup.svg)

<!-- exercises of tea -->
| 1 | Pour |
<!-- end of exercises -->
)";

const char kTranslation[] =
    R"(<!-- note: translation of README.md 0123456789012345678901234567890123456789 -->
# 차
[English](README.md)

## 물

<!-- not run: hot -->
```sh
boil 1
```

![잔](pictures/cup.svg)

<!-- exercises of tea -->
| 1 | Pour |
<!-- end of exercises -->
)";

// The problems of the translation after one change: the first `from` in it becomes `to`.
std::vector<std::string> ProblemsAfter(const std::string& from = "", const std::string& to = "",
                                       bool in_original = false) {
  std::map<std::string, std::string> files = {{"tea/README.md", kOriginal},
                                              {"tea/README.ko.md", kTranslation}};
  std::string& text = files.at(in_original ? "tea/README.md" : "tea/README.ko.md");
  text.replace(text.find(from), from.size(), to);
  const Repository repository = Repository::Of(files);
  std::vector<std::string> problems;
  for (const Problem& problem : CheckTranslation(
           ParseMarkdown("tea/README.ko.md", files.at("tea/README.ko.md")), repository)) {
    problems.push_back(Describe(problem));
  }
  return problems;
}

TEST(Translation, OfOtherPagesThereIsNone) {
  EXPECT_EQ(OriginalOf("a/README.ko.md"), "a/README.md");
  EXPECT_EQ(OriginalOf("a/README.md"), "");
  const MarkdownPage page = ParseMarkdown("README.md", kOriginal);
  EXPECT_THAT(CheckTranslation(page, Repository::Of({})), IsEmpty());
}

TEST(Translation, MayHaveOtherWords) {
  EXPECT_THAT(ProblemsAfter(), IsEmpty());
  EXPECT_THAT(ProblemsAfter("물", "뜨거운 물"), IsEmpty());
}

TEST(Translation, HasTheHeadings) {
  EXPECT_THAT(ProblemsAfter("## 물", "### 물"),
              ElementsAre("tea/README.ko.md:5: heading 2 is not that of tea/README.md:4"));
  EXPECT_THAT(ProblemsAfter("## 물", "물"),
              ElementsAre("tea/README.ko.md:1: 1 times heading, tea/README.md has 2"));
}

TEST(Translation, HasTheCodeBlocksWithTheirNotes) {
  const std::string problem = "tea/README.ko.md:9: code block 1 is not that of tea/README.md:8";
  EXPECT_THAT(ProblemsAfter("boil 1", "boil 2"), ElementsAre(problem));
  EXPECT_THAT(ProblemsAfter("```sh", "```text"), ElementsAre(problem));
  EXPECT_THAT(ProblemsAfter("not run: hot", "not run: cold"), ElementsAre(problem));
}

TEST(Translation, HasThePictures) {
  EXPECT_THAT(ProblemsAfter("cup.svg", "mug.svg"),
              ElementsAre("tea/README.ko.md:12: picture 1 is not that of tea/README.md:11"));
}

TEST(Translation, HasTheTableOfExercises) {
  EXPECT_THAT(ProblemsAfter("| 1 | Pour |", "| 1 | Stir |", /*in_original=*/true),
              ElementsAre("tea/README.ko.md:15: line of the table of exercises 2 is not that of "
                          "tea/README.md:14"));
}

TEST(Translation, SaysWhichVersionItFollows) {
  const std::string problem =
      "tea/README.ko.md:1: line 1 must be <!-- note: translation of README.md HASH -->, with the "
      "output of git hash-object";
  EXPECT_THAT(ProblemsAfter("9 -->", " -->"), ElementsAre(problem));
  EXPECT_THAT(ProblemsAfter("translation of README.md", "Korean"), ElementsAre(problem));
}

TEST(Translation, AndItsOriginalLinkToEachOther) {
  const std::string problem =
      "tea/README.ko.md:1: it and tea/README.md must have links to each other";
  EXPECT_THAT(ProblemsAfter("[English](README.md)", ""), ElementsAre(problem));
  EXPECT_THAT(ProblemsAfter("(README.ko.md)", "", /*in_original=*/true), ElementsAre(problem));
}

TEST(Translation, NeedsItsOriginal) {
  const MarkdownPage page = ParseMarkdown("README.ko.md", kTranslation);
  EXPECT_EQ(Describe(CheckTranslation(page, Repository::Of({})).at(0)),
            "README.ko.md:1: there is no README.md to translate");
}

}  // namespace
}  // namespace gokart::docs
