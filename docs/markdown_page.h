// A Markdown page taken apart, as far as its checks need it.
//
//     const MarkdownPage page = ParseMarkdown("ch02_data/README.md", text);
//     for (const Link& link : page.links) ...
//
// The Markdown is GitHub's. What stands in code is code: no link, heading or note is read in it.

#ifndef GOKART_DOCS_MARKDOWN_PAGE_H_
#define GOKART_DOCS_MARKDOWN_PAGE_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gokart::docs {

// Lines count from 1.

/// `[text](target)`, `![text](target)`, `[text]: target`, `href="target"`, `src="target"`.
struct Link {
  int line = 0;
  std::string target;
};

struct Heading {
  int line = 0;
  int level = 0;  // how many #
};

/// What stands between `backticks`.
struct CodeSpan {
  int line = 0;
  std::string text;
};

/// `<!-- text -->`, on a line of its own.
struct Note {
  int line = 0;
  std::string text;
};

/// Lines between ``` and ```, or (`indented`) lines that start with four spaces.
struct CodeBlock {
  int line = 0;  // of the first line of code
  std::string language;
  std::vector<std::string> lines;
  std::vector<Note> notes;  // those between it and the text above
  bool indented = false;
  bool follows_block = false;  // nothing but notes is between it and the block before
};

struct MarkdownPage {
  std::string path;
  std::vector<Link> links;
  std::vector<CodeSpan> spans;
  std::vector<Note> notes;
  std::vector<CodeBlock> blocks;
  std::vector<Heading> headings;
  std::set<std::string> anchors;  // of headings, and those given by id="..." or name="..."
};

/// `path` is only kept, nothing is read.
MarkdownPage ParseMarkdown(const std::string& path, std::string_view text);

/// The anchor that GitHub gives a heading: "1. What it `costs`" -> "1-what-it-costs".
std::string AnchorOf(std::string_view heading);

}  // namespace gokart::docs

#endif  // GOKART_DOCS_MARKDOWN_PAGE_H_
