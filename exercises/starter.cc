#include "exercises/starter.h"

#include <map>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

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

std::vector<std::string> ThrowStatement(const Exercise& exercise, const std::string& indent) {
  constexpr size_t kWidth = 100;
  const std::string begin =
      absl::StrCat(indent, "throw NotImplemented(\"", exercise.number, "\", ");
  std::vector<std::string> lines;
  std::string line = begin + '"';
  for (const absl::string_view word : absl::StrSplit(exercise.hints.front(), ' ')) {
    const std::string escaped = absl::Utf8SafeCEscape(word);
    if (line.size() + escaped.size() + 4 > kWidth) {  // a space, and `");`
      lines.push_back(line + " \"");
      line = std::string(begin.size(), ' ') + '"' + escaped;
    } else {
      absl::StrAppend(&line, line.back() == '"' ? "" : " ", escaped);
    }
  }
  lines.push_back(line + "\");");
  return lines;
}

std::vector<std::string> StarterRegion(const ExerciseFile& file, const Exercise& exercise,
                                       size_t region) {
  const Region& place = exercise.regions[region];
  std::vector<std::string> lines = CommentWithoutHints(file, place);
  for (std::string& line : ThrowStatement(exercise, IndentOf(file.lines[place.begin]))) {
    lines.push_back(std::move(line));
  }
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
