#include "exercises/session.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "exercises/test_builder.h"

namespace gokart::exercises {

TryFunction TryWithBazel(const std::string& root) {
  return [root](const CatalogEntry& entry) -> absl::StatusOr<Tried> {
    Tried tried = {.entry = entry};
    std::vector<std::string> targets;
    for (const ExerciseTest& test : entry.exercise->tests) targets.push_back(test.target);
    auto built = BuildTests(root, targets);
    if (!built.ok()) return built.status();
    tried.build_errors = built->errors;
    if (!tried.build_errors.empty()) return tried;
    auto attempt = TryExercise(*entry.exercise, entry.file->path, built->programs);
    if (!attempt.ok()) return attempt.status();
    tried.attempt = *std::move(attempt);
    return tried;
  };
}

Session::State Session::StateOf(const CatalogEntry& entry) const {
  const std::optional<std::string> text = folder_.Read(*entry.file);
  if (!text) return State::kNotStarted;
  return progress_.Passed(entry.exercise->number, *text) ? State::kPassed : State::kOpen;
}

absl::StatusOr<Tried> Session::Try(const CatalogEntry& entry) {
  // Read before the build: what is written during it is tried the next time.
  const std::optional<std::string> text = folder_.Read(*entry.file);
  absl::StatusOr<Tried> tried = try_(entry);
  if (!tried.ok()) return tried;
  if (text && tried->passed() && !IsLearners(tried->attempt)) {
    return absl::InternalError(absl::StrCat("the tests of exercise ", entry.exercise->number,
                                            " were compiled from ", tried->attempt.compiled_from,
                                            " although ", LearnersFolder::PathOf(*entry.file),
                                            " is there"));
  }
  if (text && tried->passed()) {
    progress_.SetPassed(entry.exercise->number, *text);
  } else {
    progress_.SetFailed(entry.exercise->number);
  }
  if (absl::Status status = progress_.Save(); !status.ok()) return status;
  return tried;
}

absl::StatusOr<std::optional<Tried>> Session::Advance(const std::string& skip) {
  for (const CatalogEntry& entry : catalog_.entries) {
    if (!skip.empty() && !ComesBefore(skip, entry.exercise->number)) continue;
    if (StateOf(entry) != State::kOpen) continue;
    absl::StatusOr<Tried> tried = Try(entry);
    if (!tried.ok()) return tried.status();
    if (!tried->passed()) return std::make_optional(*std::move(tried));
  }
  return std::nullopt;
}

std::string Session::NextHint(const Exercise& exercise) {
  const int count = static_cast<int>(exercise.hints.size());
  const int shown = std::min(progress_.hints(exercise.number) + 1, count);
  progress_.SetHints(exercise.number, shown);
  progress_.Save().IgnoreError();  // the worst is that she sees a hint again
  return absl::StrCat("Hint ", shown, " of ", count, " for ", exercise.number, ": ",
                      exercise.hints[shown - 1]);
}

std::string Session::Bars(int width) const {
  struct Count {
    std::string name;
    int passed = 0, all = 0;
  };
  std::vector<Count> counts;
  Count total = {"all"};
  for (const CatalogEntry& entry : catalog_.entries) {
    const std::string name = ChapterName(*entry.file);
    if (counts.empty() || counts.back().name != name) counts.push_back({name});
    const bool passed = StateOf(entry) == State::kPassed;
    for (Count* count : {&counts.back(), &total}) {
      count->passed += passed;
      ++count->all;
    }
  }
  counts.push_back(total);
  std::string text;
  for (const Count& count : counts) {
    const int full = count.all == 0 ? 0 : width * count.passed / count.all;
    absl::StrAppend(&text, count.name,
                    std::string(8 - std::min<size_t>(7, count.name.size()), ' '));
    for (int i = 0; i < width; ++i) absl::StrAppend(&text, i < full ? "█" : "░");
    absl::StrAppend(&text, "  ", count.passed, " of ", count.all, "\n");
  }
  return text;
}

}  // namespace gokart::exercises
