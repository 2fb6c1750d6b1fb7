#include "exercises/exercise_file.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace gokart::exercises {
namespace {

constexpr absl::string_view kOpen = "// [exercise ";
constexpr absl::string_view kClose = "// [end of exercise ";
constexpr absl::string_view kContinued = ", continued";

// "2.7" or "E.1".
bool IsNumber(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  int value;
  return parts.size() == 2 && (parts[0] == "E" || absl::SimpleAtoi(parts[0], &value)) &&
         absl::SimpleAtoi(parts[1], &value) && value > 0;
}

class Parser {
 public:
  // `complete`: every exercise must have all fields.
  Parser(std::string path, std::string_view text, bool complete) : complete_(complete) {
    file_.path = std::move(path);
    file_.lines = absl::StrSplit(absl::string_view(text.data(), text.size()), '\n');
  }

  absl::StatusOr<ExerciseFile> Parse() {
    for (at_ = 0; at_ < file_.lines.size(); ++at_) {
      const absl::string_view line = absl::StripAsciiWhitespace(file_.lines[at_]);
      absl::Status status;
      if (absl::StartsWith(line, kOpen)) {
        status = Open(line);
      } else if (absl::StartsWith(line, kClose)) {
        status = Error("an end without a beginning");
      }
      if (!status.ok()) return status;
    }
    return std::move(file_);
  }

 private:
  absl::Status Error(const std::string& message) const {
    return absl::InvalidArgumentError(absl::StrCat(file_.path, ":", at_ + 1, ": ", message));
  }

  // From the opening marker to its end marker.
  absl::Status Open(absl::string_view line) {
    const size_t bracket = line.find(']');
    if (bracket == line.npos) return Error("the marker has no ']'");
    absl::string_view number = line.substr(kOpen.size(), bracket - kOpen.size());
    const bool continued = absl::ConsumeSuffix(&number, kContinued);
    if (!IsNumber(number)) return Error(absl::StrCat("'", number, "' is no number of an exercise"));
    Exercise* exercise = nullptr;
    for (Exercise& known : file_.exercises) {
      if (known.number == number) exercise = &known;
    }
    if (continued != (exercise != nullptr)) {
      return Error(continued ? "there is nothing to continue" : "the number was there before");
    }
    Region region = {.begin = at_++};
    if (!continued) {
      exercise = &file_.exercises.emplace_back();
      exercise->number = std::string(number);
      exercise->title = std::string(absl::StripAsciiWhitespace(line.substr(bracket + 1)));
      if (exercise->title.empty()) return Error("the exercise has no title");
      if (absl::Status status = ReadFields(exercise); !status.ok()) return status;
    }
    region.body_begin = at_;
    if (absl::Status status = FindEnd(exercise->number); !status.ok()) return status;
    region.body_end = at_;
    exercise->regions.push_back(region);
    return absl::OkStatus();
  }

  // The comment under the marker: fields that may go on in the next line.
  absl::Status ReadFields(Exercise* exercise) {
    std::string* open = nullptr;  // the field that a line without a name continues
    for (; at_ < file_.lines.size(); ++at_) {
      absl::string_view line = absl::StripAsciiWhitespace(file_.lines[at_]);
      if (!absl::StartsWith(line, "//") || absl::StartsWith(line, kClose)) break;
      line = absl::StripAsciiWhitespace(line.substr(2));
      if (absl::ConsumePrefix(&line, "Task: ")) {
        if (!exercise->task.empty()) return Error("a second Task");
        exercise->task = std::string(line);
        open = &exercise->task;
      } else if (absl::ConsumePrefix(&line, "Hint: ")) {
        open = &exercise->hints.emplace_back(line);
      } else if (absl::ConsumePrefix(&line, "Read: ")) {
        if (!exercise->read.empty()) return Error("a second Read");
        exercise->read = std::string(line);
        open = &exercise->read;
      } else if (absl::ConsumePrefix(&line, "Test: ")) {
        const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
        if (words.size() != 2) return Error("a Test is a target and a filter");
        exercise->tests.push_back({words[0], words[1]});
        open = nullptr;
      } else if (open != nullptr && !line.empty()) {
        absl::StrAppend(open, " ", line);
      } else if (complete_) {
        return Error("expected Task, Hint, Test or Read; leave a line free before the body");
      } else {
        break;
      }
    }
    return complete_ ? CheckFields(*exercise) : absl::OkStatus();
  }

  absl::Status CheckFields(const Exercise& exercise) const {
    for (const auto& [missing, field] :
         {std::pair(exercise.task.empty(), "Task"), std::pair(exercise.hints.empty(), "Hint"),
          std::pair(exercise.tests.empty(), "Test"), std::pair(exercise.read.empty(), "Read")}) {
      if (missing) return Error(absl::StrCat("exercise ", exercise.number, " has no ", field));
    }
    return absl::OkStatus();
  }

  absl::Status FindEnd(const std::string& number) {
    const std::string end = absl::StrCat(kClose, number, "]");
    for (; at_ < file_.lines.size(); ++at_) {
      const absl::string_view line = absl::StripAsciiWhitespace(file_.lines[at_]);
      if (line == end) return absl::OkStatus();
      if (absl::StartsWith(line, kOpen) || absl::StartsWith(line, kClose)) {
        return Error(absl::StrCat("expected '", end, "'"));
      }
    }
    return Error(absl::StrCat("exercise ", number, " has no end"));
  }

  const bool complete_;
  ExerciseFile file_;
  size_t at_ = 0;  // line
};

}  // namespace

absl::StatusOr<ExerciseFile> ParseExerciseFile(std::string path, std::string_view text) {
  return Parser(std::move(path), text, /*complete=*/true).Parse();
}

absl::StatusOr<ExerciseFile> ParseLearnersFile(std::string path, std::string_view text) {
  return Parser(std::move(path), text, /*complete=*/false).Parse();
}

const Exercise* FindExercise(const ExerciseFile& file, std::string_view number) {
  for (const Exercise& exercise : file.exercises) {
    if (exercise.number == number) return &exercise;
  }
  return nullptr;
}

std::string ChapterOf(std::string_view number) {
  return std::string(number.substr(0, number.find('.')));
}

bool ComesBefore(std::string_view a, std::string_view b) {
  const auto key = [](std::string_view number) {
    const std::string chapter = ChapterOf(number);
    int chapter_value = 0, value = 0;  // the engine: chapter 0
    if (chapter != "E") (void)absl::SimpleAtoi(chapter, &chapter_value);
    (void)absl::SimpleAtoi(std::string(number.substr(std::min(number.size(), chapter.size() + 1))),
                           &value);
    return std::pair(chapter_value, value);
  };
  return key(a) < key(b);
}

}  // namespace gokart::exercises
