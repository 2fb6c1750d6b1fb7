// `bazel run //:exercise`: the workshop's exercises, for a learner.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "exercises/catalog.h"
#include "exercises/companion.h"
#include "exercises/learners_folder.h"
#include "exercises/progress_file.h"
#include "exercises/session.h"
#include "workshop/command_line.h"
#include "workshop/file.h"
#include "workshop/section.h"
#include "workshop/terminal.h"

namespace gokart::exercises {
namespace {

using Words = std::vector<std::string>;

// What all commands work with.
struct Desk {
  explicit Desk(const std::string& checkout)
      : root(checkout), folder(checkout), progress(checkout + "/my/progress.txt") {}

  std::string root;
  Catalog catalog;
  LearnersFolder folder;
  ProgressFile progress;
};

int Width() { return ProseWidth(STDOUT_FILENO); }

void Print(const std::string& text) { std::fputs(text.c_str(), stdout); }

// Bazel says where the checkout is; else it is above the current folder.
absl::StatusOr<std::string> FindRoot() {
  if (const char* root = std::getenv("BUILD_WORKSPACE_DIRECTORY")) return root;
  std::error_code error;
  for (std::filesystem::path folder = std::filesystem::current_path(error); !folder.empty();
       folder = folder.parent_path()) {
    if (std::filesystem::exists(folder / "exercises" / "files.bzl", error)) return folder.string();
    if (folder == folder.parent_path()) break;
  }
  return absl::NotFoundError(
      "not in a checkout of the workshop; start with `bazel run //:exercise`");
}

using DeskCommand = absl::Status (*)(Desk&, const Words&);

std::function<absl::Status(const Words&)> AtDesk(DeskCommand command, size_t num_words) {
  return [command, num_words](const Words& words) -> absl::Status {
    if (words.size() != num_words) {
      return absl::InvalidArgumentError(num_words == 0 ? "takes no argument"
                                                       : "expected one chapter or exercise");
    }
    const absl::StatusOr<std::string> root = FindRoot();
    if (!root.ok()) return root.status();
    Desk desk(*root);
    absl::StatusOr<Catalog> catalog = LoadCatalog(*root);
    if (!catalog.ok()) return catalog.status();
    desk.catalog = *std::move(catalog);
    if (absl::Status status = MakeFolders(*root + "/my"); !status.ok()) return status;
    return command(desk, words);
  };
}

absl::Status Watch(Desk& desk, const Words&) {
  Session session(desk.catalog, desk.folder, &desk.progress, TryWithBazel(desk.root));
  return RunCompanion(desk.root, desk.catalog, desk.folder, session);
}

absl::Status Start(Desk& desk, const Words& words) {
  const auto files = ChooseFiles(desk.catalog, words[0]);
  if (!files.ok()) return files.status();
  for (const ExerciseFile* file : *files) {
    const auto started = desk.folder.Start(*file);
    if (!started.ok()) return started.status();
    std::vector<std::string> numbers;
    for (const Exercise& exercise : file->exercises) numbers.push_back(exercise.number);
    std::sort(numbers.begin(), numbers.end(), ComesBefore);
    Print(absl::StrCat(
        LearnersFolder::PathOf(*file), ": ", absl::StrJoin(numbers, ", "),
        *started == LearnersFolder::Started::kNew ? "\n" : " (was there, left as it is)\n"));
  }
  Print("\n" + WrapText("Write the bodies in these files, and let the companion watch:\n\n"
                        "  bazel run //:exercise\n",
                        Width()));
  return absl::OkStatus();
}

absl::Status Hint(Desk& desk, const Words& words) {
  const auto entry = FindEntry(desk.catalog, words[0]);
  if (!entry.ok()) return entry.status();
  Session session(desk.catalog, desk.folder, &desk.progress, nullptr);
  Print(WrapText(session.NextHint(*entry->exercise), Width()));
  return absl::OkStatus();
}

absl::Status Diff(Desk& desk, const Words& words) {
  const auto entry = FindEntry(desk.catalog, words[0]);
  if (!entry.ok()) return entry.status();
  const auto diff = desk.folder.Diff(*entry->file, *entry->exercise);
  if (!diff.ok()) return diff.status();
  Print(diff->empty() ? "The same as the solution.\n" : *diff);
  return absl::OkStatus();
}

absl::Status Reset(Desk& desk, const Words& words) {
  absl::StatusOr<std::string> copy;
  if (absl::EndsWith(words[0], ".cc")) {
    const auto files = ChooseFiles(desk.catalog, words[0]);
    if (!files.ok()) return files.status();
    copy = desk.folder.ResetFile(*files->front());
  } else {
    const auto entry = FindEntry(desk.catalog, words[0]);
    if (!entry.ok()) return entry.status();
    copy = desk.folder.Reset(*entry->file, *entry->exercise);
  }
  if (!copy.ok()) return copy.status();
  Print(absl::StrCat(words[0], " is as at the start. What was there is in ", *copy, "\n"));
  return absl::OkStatus();
}

absl::Status List(Desk& desk, const Words&) {
  Session session(desk.catalog, desk.folder, &desk.progress, nullptr);
  Print(ListOfExercises(desk.catalog, session, Width()));
  return absl::OkStatus();
}

absl::Status Status(Desk& desk, const Words&) {
  Session session(desk.catalog, desk.folder, &desk.progress, TryWithBazel(desk.root));
  for (const CatalogEntry& entry : desk.catalog.entries) {
    if (session.StateOf(entry) == Session::State::kNotStarted) continue;
    const absl::StatusOr<Tried> tried = session.Try(entry);
    if (!tried.ok()) return tried.status();
    Print(tried->build_errors.empty()
              ? Describe(*entry.exercise, tried->attempt) + "\n"
              : absl::StrCat(entry.exercise->number, "  ", entry.exercise->title,
                             ": does not compile\n", tried->build_errors));
  }
  Print("\n" + session.Bars(30));
  return absl::OkStatus();
}

}  // namespace
}  // namespace gokart::exercises

int main(int argc, char** argv) {
  using namespace gokart::exercises;  // NOLINT: the commands above
  return gokart::RunProgram(
      {.name = "exercise",
       .summary =
           "The workshop's exercises: write the chapters' code yourself, with their tests as "
           "the teacher.",
       .commands =
           {{.name = "watch",
             .summary = "Stays beside you: tests what you save and shows the next open exercise.",
             .description =
                 "Builds and tests your files whenever one is saved, shows the first "
                 "exercise that does not pass with what its test expected and found, and "
                 "how far you are. Keys: h the next hint, n the next exercise, l all "
                 "exercises, d the difference from the solution, r run again, q quit.",
             .run = AtDesk(Watch, 0)},
            {.name = "start",
             .summary = "Puts a chapter's starter files into my/.",
             .description = "The starter files are the chapter's own, with the bodies of the "
                            "exercises taken out. A file that is there is never overwritten.\n\n"
                            "  bazel run //:exercise -- start ch02\n"
                            "  bazel run //:exercise -- start engine\n"
                            "  bazel run //:exercise -- start 2.8",
             .arguments = "CHAPTER|EXERCISE",
             .run = AtDesk(Start, 1)},
            {.name = "hint",
             .summary = "The next hint for an exercise; each says more than the one before.",
             .arguments = "EXERCISE",
             .run = AtDesk(Hint, 1)},
            {.name = "diff",
             .summary = "What you wrote for an exercise (-) against the solution (+).",
             .arguments = "EXERCISE",
             .run = AtDesk(Diff, 1)},
            {.name = "reset",
             .summary = "Takes an exercise, or a file, back to its start; keeps a copy of yours.",
             .arguments = "EXERCISE|FILE",
             .run = AtDesk(Reset, 1)},
            {.name = "list", .summary = "All exercises.", .run = AtDesk(List, 0)},
            {.name = "status",
             .summary = "Tests everything that you have started, and shows how far you are.",
             .run = AtDesk(Status, 0)}},
       .target = "//:exercise"},
      argc, argv);
}
