#include "exercises/instrument.h"

#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "exercises/starter.h"

namespace gokart::exercises {
namespace {

using Lines = std::vector<std::string>;

void Append(const Lines& more, Lines* lines) {
  lines->insert(lines->end(), more.begin(), more.end());
}

// One region: `if (starter) {throw} else if (a) {...} else {the reference's body}`.
Lines Branches(const ExerciseFile& file, const Exercise& exercise, size_t region,
               const std::vector<std::pair<char, Lines>>& wrong) {
  const Region& place = exercise.regions[region];
  Lines lines = {
      absl::StrCat("static const char gokart_variant = ::gokart::exercises::VariantOf(\"",
                   exercise.number, "\");"),
      "if (gokart_variant == ::gokart::exercises::kStarter) {"};
  Append(ThrowStatement(exercise, ""), &lines);
  for (const auto& [letter, body] : wrong) {
    lines.push_back(absl::StrCat("} else if (gokart_variant == '", std::string(1, letter), "') {"));
    Append(body, &lines);
  }
  lines.push_back("} else {");
  Append({file.lines.begin() + place.body_begin, file.lines.begin() + place.body_end}, &lines);
  lines.push_back("}");
  return lines;
}

// A body in place of each region, by the line where it begins.
struct Replacement {
  Lines lines;
  size_t end;  // the end marker
};

}  // namespace

absl::StatusOr<std::string> MakeInstrumented(const ExerciseFile& file,
                                             const std::vector<WrongAnswer>& answers) {
  for (const WrongAnswer& answer : answers) {
    if (FindExercise(file, answer.number) == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(
          "wrong answer '", answer.title, "': ", file.path, " has no exercise ", answer.number));
    }
  }
  std::map<size_t, Replacement> replacements;
  for (const Exercise& exercise : file.exercises) {
    std::vector<std::vector<std::pair<char, Lines>>> wrong(exercise.regions.size());
    for (const WrongAnswer& answer : answers) {
      if (answer.number != exercise.number) continue;
      absl::StatusOr<std::vector<Lines>> bodies = ApplyWrongAnswer(file, exercise, answer);
      if (!bodies.ok()) return bodies.status();
      for (size_t i = 0; i < bodies->size(); ++i) {
        wrong[i].emplace_back(answer.letter, std::move((*bodies)[i]));
      }
    }
    for (size_t i = 0; i < exercise.regions.size(); ++i) {
      const Region& region = exercise.regions[i];
      replacements[region.begin] = {Branches(file, exercise, i, wrong[i]), region.body_end};
    }
  }
  Lines lines;
  for (size_t i = 0; i < file.lines.size(); ++i) {
    const auto found = replacements.find(i);
    if (found == replacements.end()) {
      lines.push_back(file.lines[i]);
    } else {
      Append(found->second.lines, &lines);
      i = found->second.end;
    }
  }
  lines = WithInclude(std::move(lines), "exercises/not_implemented.h");
  return absl::StrJoin(WithInclude(std::move(lines), "exercises/variant.h"), "\n");
}

}  // namespace gokart::exercises
