#include "exercises/wrong_answer.h"

#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace gokart::exercises {
namespace {

using Lines = std::vector<std::string>;

bool MatchesAt(const Lines& body, size_t at, const Lines& old_lines) {
  if (at + old_lines.size() > body.size()) return false;
  for (size_t i = 0; i < old_lines.size(); ++i) {
    if (absl::StripAsciiWhitespace(body[at + i]) != absl::StripAsciiWhitespace(old_lines[i])) {
      return false;
    }
  }
  return true;
}

absl::Status ApplyChange(const Change& change, const std::string& name,
                         std::vector<Lines>* bodies) {
  Lines* where = nullptr;
  size_t at = 0;
  int places = 0;
  for (Lines& body : *bodies) {
    for (size_t i = 0; i < body.size(); ++i) {
      if (!MatchesAt(body, i, change.old_lines)) continue;
      where = &body;
      at = i;
      ++places;
    }
  }
  if (places != 1) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": expected once in the exercise, found ",
                                                   places, " times:\n  ",
                                                   absl::StrJoin(change.old_lines, "\n  ")));
  }
  where->erase(where->begin() + at, where->begin() + at + change.old_lines.size());
  where->insert(where->begin() + at, change.new_lines.begin(), change.new_lines.end());
  return absl::OkStatus();
}

// Adds a line with - or + to the answer.
absl::Status AddLine(absl::string_view line, WrongAnswer* answer) {
  const std::string code(line.substr(1));
  if (line[0] == '-') {
    if (answer->changes.empty() || !answer->changes.back().new_lines.empty()) {
      answer->changes.emplace_back();
    }
    answer->changes.back().old_lines.push_back(code);
    return absl::OkStatus();
  }
  if (answer->changes.empty()) return absl::InvalidArgumentError("a + without a - before it");
  answer->changes.back().new_lines.push_back(code);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<WrongAnswer>> ParseWrongAnswers(const std::string& path,
                                                           std::string_view text) {
  std::vector<WrongAnswer> answers;
  std::map<std::string, int> count;  // of answers to an exercise
  int number = 0;
  for (const absl::string_view line :
       absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    ++number;
    const auto error = [&](absl::string_view message) {
      return absl::InvalidArgumentError(absl::StrCat(path, ":", number, ": ", message));
    };
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '[') {
      const size_t bracket = line.find("] ");
      if (bracket == line.npos) return error("expected [NUMBER] and what is wrong");
      WrongAnswer& answer = answers.emplace_back();
      answer.number = std::string(line.substr(1, bracket - 1));
      answer.title = std::string(line.substr(bracket + 2));
      answer.letter = static_cast<char>('a' + count[answer.number]++);
      if (answer.letter > 'z') return error("more answers than letters");
    } else if (line[0] == '-' || line[0] == '+') {
      if (answers.empty()) return error("a change before the first [NUMBER]");
      if (absl::Status status = AddLine(line, &answers.back()); !status.ok()) {
        return error(status.message());
      }
    } else {
      return error("expected a line with [, -, + or # at its beginning");
    }
  }
  return answers;
}

absl::StatusOr<std::vector<Lines>> ApplyWrongAnswer(const ExerciseFile& file,
                                                    const Exercise& exercise,
                                                    const WrongAnswer& answer) {
  std::vector<Lines> bodies;
  for (const Region& region : exercise.regions) {
    bodies.emplace_back(file.lines.begin() + region.body_begin,
                        file.lines.begin() + region.body_end);
  }
  const std::string name = absl::StrCat("wrong answer ", answer.number, ".",
                                        std::string(1, answer.letter), " (", answer.title, ")");
  if (answer.changes.empty()) return absl::InvalidArgumentError(absl::StrCat(name, ": no change"));
  for (const Change& change : answer.changes) {
    if (absl::Status status = ApplyChange(change, name, &bodies); !status.ok()) return status;
  }
  return bodies;
}

}  // namespace gokart::exercises
