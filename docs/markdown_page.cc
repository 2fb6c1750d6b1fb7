#include "docs/markdown_page.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>
#include <map>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace gokart::docs {
namespace {

std::string Trimmed(std::string_view text) {
  return std::string(absl::StripAsciiWhitespace(absl::string_view(text.data(), text.size())));
}

size_t Indent(const std::string& line) {
  const size_t indent = line.find_first_not_of(' ');
  return indent == line.npos ? line.size() : indent;
}

// The fence that a line begins with: three or more of ` or ~.
std::string FenceOf(const std::string& line) {
  const size_t begin = Indent(line);
  size_t end = begin;
  while (end < line.size() && line[end] == line[begin]) ++end;
  const bool fence = begin < line.size() && (line[begin] == '`' || line[begin] == '~');
  return fence && end - begin >= 3 ? line.substr(begin, end - begin) : "";
}

// A line that is nothing but <!-- a note -->.
std::optional<std::string> NoteOf(const std::string& line) {
  const std::string text = Trimmed(line);
  if (!absl::StartsWith(text, "<!--") || !absl::EndsWith(text, "-->") || text.size() < 7) return {};
  return Trimmed(std::string_view(text).substr(4, text.size() - 7));
}

bool IsListItem(const std::string& line) {
  const size_t begin = Indent(line);
  if (begin >= line.size()) return false;
  if (absl::StrContains("-*+", line.substr(begin, 1))) return line.substr(begin + 1, 1) == " ";
  size_t end = begin;
  while (end < line.size() && absl::ascii_isdigit(line[end])) ++end;
  return end > begin && (line.substr(end, 2) == ". " || line.substr(end, 2) == ") ");
}

class Parser {
 public:
  explicit Parser(const std::string& path) { page_.path = path; }

  MarkdownPage Parse(std::string_view text) {
    const std::vector<std::string> lines =
        absl::StrSplit(absl::string_view(text.data(), text.size()), '\n');
    for (size_t i = 0; i < lines.size();) {
      line_ = static_cast<int>(i) + 1;
      if (!FenceOf(lines[i]).empty()) {
        i = ReadFencedBlock(lines, i);
      } else if (IsIndentedCode(lines[i])) {
        i = ReadIndentedBlock(lines, i);
      } else {
        ReadLine(lines[i]);
        ++i;
      }
    }
    return std::move(page_);
  }

 private:
  // Four spaces are code, unless the line goes on with a paragraph or belongs to a list.
  bool IsIndentedCode(const std::string& line) const {
    return after_empty_line_ && !in_list_ && Indent(line) >= 4 && Indent(line) < line.size();
  }

  void AddBlock(CodeBlock block) {
    block.notes = std::move(pending_notes_);
    block.follows_block = only_notes_since_block_;
    page_.blocks.push_back(std::move(block));
    pending_notes_.clear();
    only_notes_since_block_ = true;
    after_empty_line_ = true;
  }

  size_t ReadFencedBlock(const std::vector<std::string>& lines, size_t i) {
    const std::string fence = FenceOf(lines[i]);
    const size_t indent = Indent(lines[i]);
    CodeBlock block = {.line = static_cast<int>(i) + 2,
                       .language = Trimmed(lines[i].substr(indent + fence.size()))};
    for (++i; i < lines.size(); ++i) {
      if (absl::StartsWith(FenceOf(lines[i]), fence) &&
          Trimmed(lines[i]).find_first_not_of(fence[0]) == std::string::npos) {
        ++i;
        break;
      }
      block.lines.push_back(lines[i].substr(std::min(indent, Indent(lines[i]))));
    }
    AddBlock(std::move(block));
    return i;
  }

  size_t ReadIndentedBlock(const std::vector<std::string>& lines, size_t i) {
    CodeBlock block = {.line = static_cast<int>(i) + 1, .indented = true};
    for (; i < lines.size() && (Indent(lines[i]) >= 4 || Trimmed(lines[i]).empty()); ++i) {
      block.lines.push_back(lines[i].substr(std::min<size_t>(4, lines[i].size())));
    }
    while (block.lines.back().empty()) block.lines.pop_back();
    AddBlock(std::move(block));
    return i;
  }

  void ReadLine(const std::string& line) {
    if (Trimmed(line).empty()) {
      after_empty_line_ = true;
      return;
    }
    if (const std::optional<std::string> note = NoteOf(line)) {
      page_.notes.push_back({line_, *note});
      pending_notes_.push_back({line_, *note});
      return;
    }
    if (IsListItem(line)) in_list_ = true;
    if (Indent(line) == 0 && !IsListItem(line) && after_empty_line_) in_list_ = false;
    only_notes_since_block_ = false;
    pending_notes_.clear();
    after_empty_line_ = false;
    if (line[0] == '#') ReadHeading(line);
    ReadText(TakeOutSpans(line));
  }

  void ReadHeading(const std::string& line) {
    const size_t text = line.find_first_not_of('#');
    if (text == line.npos || text > 6 || line[text] != ' ') return;
    page_.headings.push_back({line_, static_cast<int>(text)});
    const std::string anchor = AnchorOf(line.substr(text));
    const int before = times_seen_[anchor]++;
    page_.anchors.insert(before == 0 ? anchor : absl::StrCat(anchor, "-", before));
  }

  // The line without what stands between backticks, which goes to page_.spans.
  std::string TakeOutSpans(const std::string& line) {
    std::string rest;
    for (size_t i = 0; i < line.size();) {
      if (line[i] != '`') {
        rest += line[i++];
        continue;
      }
      size_t ticks = i;
      while (ticks < line.size() && line[ticks] == '`') ++ticks;
      const std::string fence = line.substr(i, ticks - i);
      const size_t end = line.find(fence, ticks);
      if (end == line.npos) return rest + line.substr(i);
      page_.spans.push_back({line_, Trimmed(line.substr(ticks, end - ticks))});
      i = end + fence.size();
    }
    return rest;
  }

  void ReadText(const std::string& line) {
    for (size_t at = line.find("]("); at != line.npos; at = line.find("](", at + 2)) {
      const size_t end = line.find_first_of(") ", at + 2);  // a title may follow the target
      if (end != line.npos) AddLink(line.substr(at + 2, end - at - 2));
    }
    if (const size_t colon = line.find("]: "); line[0] == '[' && colon != line.npos) {
      AddLink(Trimmed(line.substr(colon + 3)));
    }
    for (const char* attribute : {"href=\"", "src=\"", "srcset=\""}) {
      for (const std::string& value : ValuesOf(line, attribute)) AddLink(value);
    }
    for (const char* attribute : {" id=\"", " name=\""}) {
      for (const std::string& value : ValuesOf(line, attribute)) page_.anchors.insert(value);
    }
  }

  void AddLink(const std::string& target) {
    const bool bracketed = target.size() >= 2 && target.front() == '<' && target.back() == '>';
    page_.links.push_back({line_, bracketed ? target.substr(1, target.size() - 2) : target});
  }

  static std::vector<std::string> ValuesOf(const std::string& line, const std::string& attribute) {
    std::vector<std::string> values;
    for (size_t at = line.find(attribute); at != line.npos; at = line.find(attribute, at + 1)) {
      const size_t begin = at + attribute.size();
      const size_t end = line.find('"', begin);
      if (end != line.npos) values.push_back(line.substr(begin, end - begin));
    }
    return values;
  }

  MarkdownPage page_;
  int line_ = 0;
  bool after_empty_line_ = true;
  bool in_list_ = false;
  bool only_notes_since_block_ = false;
  std::vector<Note> pending_notes_;
  std::map<std::string, int> times_seen_;
};

// `[text](target)` -> text, and no backticks or stars.
std::string WithoutMarkup(std::string_view heading) {
  std::string text;
  for (size_t i = 0; i < heading.size(); ++i) {
    if (heading.substr(i, 2) == "](") {
      const size_t end = heading.find(')', i);
      if (end != heading.npos) i = end;
    } else if (heading[i] != '`' && heading[i] != '*') {
      text += heading[i];
    }
  }
  return text;
}

}  // namespace

MarkdownPage ParseMarkdown(const std::string& path, std::string_view text) {
  return Parser(path).Parse(text);
}

// Letters, marks, digits and connectors stay, in lower case; spaces become hyphens; all else goes.
std::string AnchorOf(std::string_view heading) {
  const std::string text = Trimmed(WithoutMarkup(heading));
  std::string anchor;
  for (int32_t i = 0; i < static_cast<int32_t>(text.size());) {
    UChar32 c;
    U8_NEXT(text.data(), i, static_cast<int32_t>(text.size()), c);
    if (c == ' ') c = '-';
    const uint32_t kept = U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK;
    if (c < 0 || (c != '-' && (U_GET_GC_MASK(c) & kept) == 0)) continue;
    char encoded[U8_MAX_LENGTH];
    int32_t size = 0;
    U8_APPEND_UNSAFE(encoded, size, u_tolower(c));
    anchor.append(encoded, size);
  }
  return anchor;
}

}  // namespace gokart::docs
