#include "workshop/section.h"

#include <unistd.h>

#include <cstdio>
#include <vector>

#include "workshop/terminal.h"
#include "workshop/text_width.h"

namespace gokart {
namespace {

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  for (size_t end; (end = text.find(separator, begin)) != std::string_view::npos; begin = end + 1) {
    parts.push_back(text.substr(begin, end - begin));
  }
  parts.push_back(text.substr(begin));
  return parts;
}

// Collects words into lines of at most `width` columns.
class Filler {
 public:
  Filler(int width, int indent) : width_(width), margin_(indent, ' ') {}

  void Word(std::string_view word) {
    if (word.empty()) return;
    const int columns = DisplayWidth(word);
    if (used_ > 0 && used_ + 1 + columns > width_) Break();
    if (used_ > 0) {
      line_ += ' ';
      ++used_;
    }
    line_ += word;
    used_ += columns;
  }

  void Verbatim(std::string_view line) {
    Break();
    text_ += (line.empty() ? "" : margin_) + std::string(line) + "\n";
  }

  void Break() {
    if (used_ > 0) text_ += margin_ + line_ + "\n";
    line_.clear();
    used_ = 0;
  }

  std::string Take() {
    Break();
    return std::move(text_);
  }

 private:
  int width_;
  std::string margin_;
  std::string text_, line_;
  int used_ = 0;
};

std::string Styled(std::string_view text, bool on, const char* code) {
  if (!on) return std::string(text);
  return std::string("\x1b[") + code + "m" + std::string(text) + "\x1b[0m";
}

std::string Rule(const char* dash, int columns) {
  std::string rule;
  for (int i = 0; i < columns; ++i) rule += dash;
  return rule;
}

void Print(const std::string& text) { std::fputs(text.c_str(), stdout); }

}  // namespace

std::string WrapText(std::string_view text, int width, int indent) {
  if (text.empty()) return "";
  if (text.back() == '\n') text.remove_suffix(1);
  Filler filler(width - indent, indent);
  for (std::string_view line : Split(text, '\n')) {
    if (line.empty() || line[0] == ' ') {
      filler.Verbatim(line);
      continue;
    }
    for (std::string_view word : Split(line, ' ')) filler.Word(word);
  }
  return filler.Take();
}

std::string Bold(std::string_view text, bool on) { return Styled(text, on, "1"); }
std::string Dim(std::string_view text, bool on) { return Styled(text, on, "2"); }

void PrintChapter(const std::string& title) {
  const std::string rule = Rule("━", std::max(DisplayWidth(title), 40));
  const bool color = UseColor(STDOUT_FILENO);
  Print("\n" + Bold(title, color) + "\n" + Dim(rule, color) + "\n");
}

void PrintSection(const std::string& number, const std::string& title) {
  const std::string line = number.empty() ? title : number + "  " + title;
  const bool color = UseColor(STDOUT_FILENO);
  Print("\n" + Bold(line, color) + "\n" + Dim(Rule("─", DisplayWidth(line)), color) + "\n");
}

void PrintProse(const std::string& text) {
  Print(WrapText(text, ProseWidth(STDOUT_FILENO)));
  std::fflush(stdout);
}

void PrintBlock(const std::string& text) {
  std::string_view lines = text;
  if (!lines.empty() && lines.back() == '\n') lines.remove_suffix(1);
  for (std::string_view line : Split(lines, '\n')) {
    Print((line.empty() ? "" : "  ") + std::string(line) + "\n");
  }
  std::fflush(stdout);
}

}  // namespace gokart
