#include "exercises/learners_folder.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "exercises/line_diff.h"
#include "exercises/starter.h"
#include "workshop/file.h"

namespace gokart::exercises {
namespace {

std::vector<std::string> RegionLines(const ExerciseFile& file, const Region& region, bool comment) {
  return {file.lines.begin() + (comment ? region.begin : region.body_begin),
          file.lines.begin() + region.body_end + (comment ? 1 : 0)};
}

}  // namespace

std::optional<std::string> LearnersFolder::Read(const ExerciseFile& file) const {
  const absl::StatusOr<std::string> text = ReadFile(FullPathOf(file));
  return text.ok() ? std::make_optional(*text) : std::nullopt;
}

absl::StatusOr<LearnersFolder::Started> LearnersFolder::Start(const ExerciseFile& file) const {
  const std::string path = FullPathOf(file);
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) return Started::kAlreadyThere;
  absl::Status status = MakeFolders(std::filesystem::path(path).parent_path().string());
  if (status.ok()) status = WriteFile(path, MakeStarter(file));
  if (!status.ok()) return status;
  return Started::kNew;
}

absl::StatusOr<std::string> LearnersFolder::KeepCopy(const ExerciseFile& file,
                                                     const std::string& text) const {
  std::error_code ignored;
  for (int number = 1;; ++number) {
    const std::string path = absl::StrCat(PathOf(file), ".backup-", number);
    const std::string full = absl::StrCat(root_, "/", path);
    if (std::filesystem::exists(full, ignored)) continue;
    if (absl::Status status = WriteFile(full, text); !status.ok()) return status;
    return path;
  }
}

absl::StatusOr<ExerciseFile> LearnersFolder::Parse(const ExerciseFile& file,
                                                   const Exercise& exercise) const {
  const std::optional<std::string> text = Read(file);
  if (!text) {
    return absl::NotFoundError(absl::StrCat("exercise ", exercise.number,
                                            " is not started; `bazel run //:exercise -- start ",
                                            ChapterName(file), "` puts its file into my/"));
  }
  auto mine = ParseLearnersFile(PathOf(file), *text);
  if (mine.ok()) {
    const Exercise* found = FindExercise(*mine, exercise.number);
    if (found != nullptr && found->regions.size() == exercise.regions.size()) return mine;
  }
  return absl::FailedPreconditionError(
      absl::StrCat(PathOf(file), " no longer has the markers of exercise ", exercise.number,
                   mine.ok() ? "" : absl::StrCat(" (", std::string(mine.status().message()), ")"),
                   "; `bazel run //:exercise -- reset ", file.path,
                   "` starts the whole file anew and keeps a copy"));
}

absl::StatusOr<std::string> LearnersFolder::Reset(const ExerciseFile& file,
                                                  const Exercise& exercise) const {
  const auto mine = Parse(file, exercise);
  if (!mine.ok()) return mine.status();
  std::vector<std::string> lines = mine->lines;
  const std::vector<Region>& regions = FindExercise(*mine, exercise.number)->regions;
  for (size_t i = regions.size(); i-- > 0;) {  // from the end, so that line numbers stay valid
    const std::vector<std::string> fresh = StarterRegion(file, exercise, i);
    lines.erase(lines.begin() + regions[i].begin, lines.begin() + regions[i].body_end + 1);
    lines.insert(lines.begin() + regions[i].begin, fresh.begin(), fresh.end());
  }
  const std::string header = "exercises/not_implemented.h";
  auto copy = KeepCopy(file, absl::StrJoin(mine->lines, "\n"));
  if (!copy.ok()) return copy.status();
  const absl::Status status =
      WriteFile(FullPathOf(file), absl::StrJoin(WithInclude(std::move(lines), header), "\n"));
  if (!status.ok()) return status;
  return copy;
}

absl::StatusOr<std::string> LearnersFolder::ResetFile(const ExerciseFile& file) const {
  const std::optional<std::string> text = Read(file);
  if (!text) return absl::NotFoundError(absl::StrCat(PathOf(file), " is not there"));
  auto copy = KeepCopy(file, *text);
  if (!copy.ok()) return copy.status();
  const absl::Status status = WriteFile(FullPathOf(file), MakeStarter(file));
  if (!status.ok()) return status;
  return copy;
}

absl::StatusOr<std::string> LearnersFolder::Diff(const ExerciseFile& file,
                                                 const Exercise& exercise) const {
  const auto mine = Parse(file, exercise);
  if (!mine.ok()) return mine.status();
  const std::vector<Region>& regions = FindExercise(*mine, exercise.number)->regions;
  std::string text;
  for (size_t i = 0; i < regions.size(); ++i) {
    absl::StrAppend(&text, LineDiff(RegionLines(*mine, regions[i], false),
                                    RegionLines(file, exercise.regions[i], false)));
  }
  if (text.empty()) return text;
  return absl::StrCat("--- ", PathOf(file), "\n+++ ", file.path, "\n", text);
}

}  // namespace gokart::exercises
