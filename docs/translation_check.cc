#include "docs/translation_check.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace gokart::docs {
namespace {

constexpr absl::string_view kEnding = ".ko.md";

// Something that a page has several of, as one string to compare, with its line.
struct Piece {
  int line = 0;
  std::string text;
};

std::string NameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::vector<Piece> Headings(const MarkdownPage& page) {
  std::vector<Piece> pieces;
  for (const Heading& heading : page.headings) {
    pieces.push_back({heading.line, std::string(heading.level, '#')});
  }
  return pieces;
}

std::vector<Piece> Blocks(const MarkdownPage& page) {
  std::vector<Piece> pieces;
  for (const CodeBlock& block : page.blocks) {
    std::string text = absl::StrCat("```", block.language, "\n", absl::StrJoin(block.lines, "\n"));
    for (const Note& note : block.notes) absl::StrAppend(&text, "\n", note.text);
    pieces.push_back({block.line, std::move(text)});
  }
  return pieces;
}

std::vector<Piece> Pictures(const MarkdownPage& page) {
  std::vector<Piece> pieces;
  for (const Link& link : page.links) {
    if (absl::EndsWith(link.target, ".svg") || absl::EndsWith(link.target, ".png")) {
      pieces.push_back({link.line, link.target});
    }
  }
  return pieces;
}

// The lines of the table that //exercises:tables makes.
std::vector<Piece> ExerciseTable(const std::string& text) {
  std::vector<Piece> pieces;
  int line = 0;
  bool inside = false;
  for (absl::string_view text_line : absl::StrSplit(text, '\n')) {
    ++line;
    if (absl::StartsWith(text_line, "<!-- exercises of ")) inside = true;
    if (inside) pieces.push_back({line, std::string(text_line)});
    if (absl::StartsWith(text_line, "<!-- end of exercises")) inside = false;
  }
  return pieces;
}

// The first place where the two differ, if there is one.
void Compare(const MarkdownPage& page, const std::string& what, const std::vector<Piece>& ours,
             const std::string& original, const std::vector<Piece>& theirs,
             std::vector<Problem>& problems) {
  const size_t both = std::min(ours.size(), theirs.size());
  for (size_t i = 0; i < both; ++i) {
    if (ours[i].text == theirs[i].text) continue;
    problems.push_back(
        {page.path, ours[i].line,
         absl::StrCat(what, " ", i + 1, " is not that of ", original, ":", theirs[i].line)});
    return;
  }
  if (ours.size() == theirs.size()) return;
  problems.push_back(
      {page.path, both < ours.size() ? ours[both].line : 1,
       absl::StrCat(ours.size(), " times ", what, ", ", original, " has ", theirs.size())});
}

bool SaysItsVersion(const MarkdownPage& page, const std::string& original) {
  const std::string start = absl::StrCat("note: translation of ", NameOf(original), " ");
  return std::any_of(page.notes.begin(), page.notes.end(), [&](const Note& note) {
    const std::string hash =
        absl::StartsWith(note.text, start) ? note.text.substr(start.size()) : "";
    return note.line == 1 && hash.size() == 40 &&
           std::all_of(hash.begin(), hash.end(), [](char c) { return absl::ascii_isxdigit(c); });
  });
}

}  // namespace

std::string OriginalOf(std::string_view path) {
  const absl::string_view name(path.data(), path.size());
  if (!absl::EndsWith(name, kEnding)) return "";
  return absl::StrCat(name.substr(0, name.size() - kEnding.size()), ".md");
}

std::vector<Problem> CheckTranslation(const MarkdownPage& page, const Repository& repository) {
  const std::string original = OriginalOf(page.path);
  if (original.empty()) return {};
  if (!repository.HasFile(original)) {
    return {{page.path, 1, absl::StrCat("there is no ", original, " to translate")}};
  }
  const std::string& text = repository.files().at(original);
  const MarkdownPage other = ParseMarkdown(original, text);
  std::vector<Problem> problems;
  const auto compare = [&](const std::string& what, const std::vector<Piece>& ours,
                           const std::vector<Piece>& theirs) {
    Compare(page, what, ours, original, theirs, problems);
  };
  compare("heading", Headings(page), Headings(other));
  compare("code block", Blocks(page), Blocks(other));
  compare("picture", Pictures(page), Pictures(other));
  compare("line of the table of exercises", ExerciseTable(repository.files().at(page.path)),
          ExerciseTable(text));
  if (!SaysItsVersion(page, original)) {
    problems.push_back({page.path, 1,
                        absl::StrCat("line 1 must be <!-- note: translation of ", NameOf(original),
                                     " HASH -->, with the output of git hash-object")});
  }
  const auto links_to = [](const MarkdownPage& from, const std::string& target) {
    return std::any_of(from.links.begin(), from.links.end(),
                       [&](const Link& link) { return link.target == target; });
  };
  if (!links_to(page, NameOf(original)) || !links_to(other, NameOf(page.path))) {
    problems.push_back(
        {page.path, 1, absl::StrCat("it and ", original, " must have links to each other")});
  }
  return problems;
}

}  // namespace gokart::docs
