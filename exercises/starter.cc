#include "exercises/starter.h"

#include <map>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace gokart::exercises {
namespace {

std::string IndentOf(const std::string& line) {
  return line.substr(0, line.find_first_not_of(' '));
}

bool StartsField(const std::string& line, absl::string_view name) {
  return absl::StartsWith(line.substr(IndentOf(line).size()), absl::StrCat("// ", name, ":"));
}

// The marker's comment without the hints and the lines that continue them.
std::vector<std::string> CommentWithoutHints(const ExerciseFile& file, const Region& region) {
  std::vector<std::string> kept;
  bool in_hint = false;
  for (size_t i = region.begin; i < region.body_begin; ++i) {
    const std::string& line = file.lines[i];
    if (StartsField(line, "Hint")) {
      in_hint = true;
    } else if (StartsField(line, "Task") || StartsField(line, "Test") ||
               StartsField(line, "Read")) {
      in_hint = false;
    }
    if (!in_hint) kept.push_back(line);
  }
  return kept;
}

}  // namespace

std::string ThrowStatement(const Exercise& exercise) {
  return absl::StrCat("throw NotImplemented(\"", exercise.number, "\", \"",
                      absl::Utf8SafeCEscape(exercise.hints.front()), "\");");
}

std::vector<std::string> StarterRegion(const ExerciseFile& file, const Exercise& exercise,
                                       size_t region) {
  const Region& place = exercise.regions[region];
  std::vector<std::string> lines = CommentWithoutHints(file, place);
  lines.push_back(IndentOf(file.lines[place.begin]) + ThrowStatement(exercise));
  lines.push_back(file.lines[place.body_end]);
  return lines;
}

std::vector<std::string> WithInclude(std::vector<std::string> lines, const std::string& header) {
  const std::string include = absl::StrCat("#include \"", header, "\"");
  size_t after = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i] == include) return lines;
    if (absl::StartsWith(lines[i], "#include")) after = i + 1;
  }
  lines.insert(lines.begin() + after, include);
  return lines;
}

std::string MakeStarter(const ExerciseFile& file) {
  std::map<size_t, std::pair<const Exercise*, size_t>> regions;  // by the line where they begin
  for (const Exercise& exercise : file.exercises) {
    for (size_t i = 0; i < exercise.regions.size(); ++i) {
      regions[exercise.regions[i].begin] = {&exercise, i};
    }
  }
  std::vector<std::string> lines;
  for (size_t i = 0; i < file.lines.size(); ++i) {
    const auto found = regions.find(i);
    if (found == regions.end()) {
      lines.push_back(file.lines[i]);
      continue;
    }
    const auto [exercise, region] = found->second;
    for (std::string& line : StarterRegion(file, *exercise, region)) {
      lines.push_back(std::move(line));
    }
    i = exercise->regions[region].body_end;
  }
  return absl::StrJoin(WithInclude(std::move(lines), "exercises/not_implemented.h"), "\n");
}

}  // namespace gokart::exercises
