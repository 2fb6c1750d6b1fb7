#include "docs/shell_line.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace gokart::docs {
namespace {

// Reads a line word by word.
class Words {
 public:
  explicit Words(const std::string& line) : line_(line) {}

  std::vector<std::vector<std::string>> Commands() {
    for (; i_ < line_.size() && !AtComment(); ++i_) {
      const char c = line_[i_];
      if (c == '|' || c == '&' || c == ';') {
        EndCommand();
      } else if (c == '<' || c == '>') {
        word_.clear();  // the number in 2>
        in_word_ = false;
        EndWord();
        redirected_ = true;
      } else if (absl::ascii_isspace(c)) {
        EndWord();
      } else {
        ReadCharacter(c);
      }
    }
    EndCommand();
    return commands_;
  }

 private:
  bool AtComment() const { return line_[i_] == '#' && !in_word_; }

  void ReadCharacter(char c) {
    in_word_ = true;
    if (c == '\\' && i_ + 1 < line_.size()) {
      word_ += line_[++i_];
    } else if (c == '\'' || c == '"') {
      const size_t end = std::min(line_.find(c, i_ + 1), line_.size());
      word_ += line_.substr(i_ + 1, end - i_ - 1);
      i_ = end;
    } else {
      word_ += c;
    }
  }

  void EndWord() {
    if (in_word_ && !redirected_) command_.push_back(word_);
    if (in_word_) redirected_ = false;
    word_.clear();
    in_word_ = false;
  }

  void EndCommand() {
    EndWord();
    if (!command_.empty()) commands_.push_back(command_);
    command_.clear();
    redirected_ = false;
  }

  const std::string& line_;
  size_t i_ = 0;
  std::string word_;
  bool in_word_ = false;
  bool redirected_ = false;  // the next word is a file's name
  std::vector<std::string> command_;
  std::vector<std::vector<std::string>> commands_;
};

BazelCall ReadCall(const std::vector<std::string>& words) {
  BazelCall call = {.verb = words.size() > 1 ? words[1] : ""};
  size_t i = 2;
  for (; i < words.size() && words[i] != "--"; ++i) {
    if (words[i][0] != '-') {
      call.labels.push_back(words[i]);
    } else {
      call.options.push_back(words[i]);
      if (words[i] == "-c") ++i;  // its value
    }
  }
  if (i < words.size()) call.arguments.assign(words.begin() + i + 1, words.end());
  return call;
}

}  // namespace

std::vector<ShellLine> ShellLines(const std::vector<std::string>& lines, int first_line) {
  std::vector<ShellLine> joined;
  bool goes_on = false;
  for (size_t i = 0; i < lines.size(); ++i) {
    std::string text(absl::StripTrailingAsciiWhitespace(lines[i]));
    const bool backslash = absl::EndsWith(text, "\\");
    if (backslash) text.pop_back();
    const absl::string_view begin = absl::StripLeadingAsciiWhitespace(text);
    if (goes_on) {
      absl::StrAppend(&joined.back().text, " ", begin);
    } else if (!begin.empty() && begin[0] != '#') {
      joined.push_back({first_line + static_cast<int>(i), text});
    }
    goes_on = backslash && !joined.empty();
  }
  return joined;
}

std::vector<std::vector<std::string>> CommandsOf(const std::string& line) {
  return Words(line).Commands();
}

std::vector<BazelCall> BazelCallsOf(const std::string& line) {
  std::vector<BazelCall> calls;
  for (const std::vector<std::string>& words : CommandsOf(line)) {
    if (words[0] == "bazel") calls.push_back(ReadCall(words));
  }
  return calls;
}

}  // namespace gokart::docs
