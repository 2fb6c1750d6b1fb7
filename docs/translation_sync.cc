#include "docs/translation_sync.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "docs/markdown_page.h"

namespace gokart::docs {
namespace {

// Lines [begin, end) of a page, from 0.
struct Range {
  size_t begin = 0, end = 0;
};

// A block with its fences, and the notes above it.
Range RangeOf(const CodeBlock& block) {
  const size_t code = static_cast<size_t>(block.line) - 1, fence = block.indented ? 0 : 1;
  const size_t begin =
      block.notes.empty() ? code - fence : static_cast<size_t>(block.notes.front().line) - 1;
  return {begin, code + block.lines.size() + fence};
}

std::vector<Range> Ranges(const std::string& text, const std::vector<std::string>& lines) {
  std::vector<Range> ranges;
  for (const CodeBlock& block : ParseMarkdown("", text).blocks) ranges.push_back(RangeOf(block));
  for (size_t i = 0; i < lines.size(); ++i) {
    if (absl::StartsWith(lines[i], "<!-- exercises of ")) ranges.push_back({i, i});
    if (absl::StartsWith(lines[i], "<!-- end of exercises") && !ranges.empty()) {
      ranges.back().end = i + 1;
    }
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const Range& a, const Range& b) { return a.begin < b.begin; });
  size_t end = 0;  // a fence may lack its end, and what looks like a table may stand in a block
  for (Range& range : ranges) {
    range.begin = std::max(range.begin, end);
    range.end = end = std::min(std::max(range.end, range.begin), lines.size());
  }
  return ranges;
}

}  // namespace

absl::StatusOr<std::string> WithBlocksOf(const std::string& original,
                                         const std::string& translation) {
  const std::vector<std::string> from = absl::StrSplit(original, '\n');
  const std::vector<std::string> to = absl::StrSplit(translation, '\n');
  const std::vector<Range> theirs = Ranges(original, from), ours = Ranges(translation, to);
  if (theirs.size() != ours.size()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the original has ", theirs.size(),
                     " code blocks and tables of exercises, the translation ", ours.size()));
  }
  std::vector<std::string> lines;
  size_t next = 0;
  for (size_t i = 0; i < ours.size(); ++i) {
    lines.insert(lines.end(), to.begin() + next, to.begin() + ours[i].begin);
    lines.insert(lines.end(), from.begin() + theirs[i].begin, from.begin() + theirs[i].end);
    next = ours[i].end;
  }
  lines.insert(lines.end(), to.begin() + next, to.end());
  return absl::StrJoin(lines, "\n");
}

}  // namespace gokart::docs
