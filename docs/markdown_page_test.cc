#include "docs/markdown_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gokart::docs {
namespace {

using ::testing::ElementsAre;
using ::testing::FieldsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

MATCHER_P2(IsLink, line, target, "") { return arg.line == line && arg.target == target; }
MATCHER_P2(IsSpan, line, text, "") { return arg.line == line && arg.text == text; }

TEST(AnchorOf, IsGitHubs) {
  EXPECT_EQ(AnchorOf("What they cost"), "what-they-cost");
  EXPECT_EQ(AnchorOf("1. Words: `word_tokenizer.h`"), "1-words-word_tokenizerh");
  EXPECT_EQ(AnchorOf("What's *new*, and why?"), "whats-new-and-why");
  EXPECT_EQ(AnchorOf("See [the book](https://example.org/a_b) - twice"), "see-the-book---twice");
  EXPECT_EQ(AnchorOf("어텐션 (Attention): 개요"), "어텐션-attention-개요");
}

TEST(ParseMarkdown, FindsLinksWithTheirLines) {
  const MarkdownPage page = ParseMarkdown("a.md",
                                          "See [one](b.md) and [`two`](c.md#top \"title\").\n"
                                          "![picture](p.svg)\n"
                                          "<img src=\"q.svg\"> <a href=\"#here\">x</a>\n"
                                          "\n"
                                          "[three]: d.md\n");
  EXPECT_THAT(page.links, ElementsAre(IsLink(1, "b.md"), IsLink(1, "c.md#top"), IsLink(2, "p.svg"),
                                      IsLink(3, "#here"), IsLink(3, "q.svg"), IsLink(5, "d.md")));
}

TEST(ParseMarkdown, ReadsNothingInCode) {
  const MarkdownPage page = ParseMarkdown("a.md",
                                          "`[a](b.md)`\n"
                                          "```cpp\n"
                                          "# no heading [c](d.md)\n"
                                          "```\n"
                                          "\n"
                                          "    [e](f.md)\n");
  EXPECT_THAT(page.links, IsEmpty());
  EXPECT_THAT(page.anchors, IsEmpty());
  EXPECT_THAT(page.spans, ElementsAre(IsSpan(1, "[a](b.md)")));
}

TEST(ParseMarkdown, NumbersEqualHeadings) {
  const MarkdownPage page = ParseMarkdown("a.md", "# Files\n## Files\n<a id=\"mine\"></a>\n");
  EXPECT_THAT(page.anchors, UnorderedElementsAre("files", "files-1", "mine"));
}

TEST(ParseMarkdown, FindsBlocksWithTheirNotes) {
  const MarkdownPage page = ParseMarkdown("a.md",
                                          "Text.\n"
                                          "<!-- not run: takes long -->\n"
                                          "```sh\n"
                                          "bazel run //x\n"
                                          "```\n"
                                          "\n"
                                          "<!-- numbers within 5% -->\n"
                                          "\n"
                                          "```text\n"
                                          "12\n"
                                          "13\n"
                                          "```\n"
                                          "More.\n"
                                          "\n"
                                          "```text\n"
                                          "```\n");
  ASSERT_EQ(page.blocks.size(), 3);
  EXPECT_EQ(page.blocks[0].line, 4);
  EXPECT_EQ(page.blocks[0].language, "sh");
  EXPECT_THAT(page.blocks[0].notes, ElementsAre(FieldsAre(2, "not run: takes long")));
  EXPECT_FALSE(page.blocks[0].follows_block);
  EXPECT_THAT(page.blocks[1].lines, ElementsAre("12", "13"));
  EXPECT_THAT(page.blocks[1].notes, ElementsAre(FieldsAre(7, "numbers within 5%")));
  EXPECT_TRUE(page.blocks[1].follows_block);
  EXPECT_FALSE(page.blocks[2].follows_block);
  EXPECT_THAT(page.blocks[2].notes, IsEmpty());
}

TEST(ParseMarkdown, KnowsIndentedCodeFromListsThatGoOn) {
  const MarkdownPage page = ParseMarkdown("a.md",
                                          "Formula:\n"
                                          "\n"
                                          "    y = x\n"
                                          "\n"
                                          "    z = y\n"
                                          "\n"
                                          "10. `first`\n"
                                          "\n"
                                          "    belongs to the list\n");
  ASSERT_EQ(page.blocks.size(), 1);
  EXPECT_TRUE(page.blocks[0].indented);
  EXPECT_THAT(page.blocks[0].lines, ElementsAre("y = x", "", "z = y"));
}

TEST(ParseMarkdown, ReadsAFenceWithinAList) {
  const MarkdownPage page = ParseMarkdown("a.md", "- one\n\n  ```sh\n  bazel run //x\n  ```\n");
  ASSERT_EQ(page.blocks.size(), 1);
  EXPECT_THAT(page.blocks[0].lines, ElementsAre("bazel run //x"));
}

}  // namespace
}  // namespace gokart::docs
