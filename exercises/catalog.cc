#include "exercises/catalog.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "workshop/file.h"
#include "workshop/nearest_name.h"

namespace gokart::exercises {
namespace {

// "ch03_attention/variants/x.cc" belongs to chapter 3, "tensor/ops/x.cc" to the engine.
std::string ChapterOfPath(const std::string& path) {
  return absl::StartsWith(path, "ch0") ? path.substr(0, 4) : "engine";
}

// Whether the numbers in the file are of its chapter.
absl::Status CheckNumbers(const ExerciseFile& file) {
  const std::string chapter = ChapterOfPath(file.path);
  const std::string expected = chapter == "engine" ? "E" : chapter.substr(3);
  for (const Exercise& exercise : file.exercises) {
    if (ChapterOf(exercise.number) != expected) {
      return absl::InvalidArgumentError(absl::StrCat(file.path, ": exercise ", exercise.number,
                                                     " should be one of chapter ", expected));
    }
  }
  if (!file.exercises.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(file.path, " has no exercise"));
}

// Whether a word names the chapter: ch03, 3, 03, ch03_attention.
bool MeansChapter(const std::string& word, const ExerciseFile& file) {
  const std::string chapter = ChapterOfPath(file.path);
  if (chapter == "engine") return word == "engine" || word == "E" || word == "tensor";
  return word == chapter || word == chapter.substr(2) || word == chapter.substr(3) ||
         word == file.path.substr(0, file.path.find('/'));
}

}  // namespace

std::string ChapterName(const ExerciseFile& file) { return ChapterOfPath(file.path); }

absl::StatusOr<Catalog> LoadCatalog(const std::string& root) {
  return LoadCatalog(root, ExerciseFilePaths());
}

absl::StatusOr<Catalog> LoadCatalog(const std::string& root,
                                    const std::vector<std::string>& paths) {
  Catalog catalog;
  for (const std::string& path : paths) {
    const absl::StatusOr<std::string> text = ReadFile(absl::StrCat(root, "/", path));
    if (!text.ok()) return text.status();
    auto file = ParseExerciseFile(path, *text);
    if (!file.ok()) return file.status();
    if (absl::Status status = CheckNumbers(*file); !status.ok()) return status;
    catalog.files.push_back(std::make_unique<const ExerciseFile>(*std::move(file)));
    for (const Exercise& exercise : catalog.files.back()->exercises) {
      catalog.entries.push_back({&exercise, catalog.files.back().get()});
    }
  }
  std::sort(catalog.entries.begin(), catalog.entries.end(),
            [](const CatalogEntry& a, const CatalogEntry& b) {
              return ComesBefore(a.exercise->number, b.exercise->number);
            });
  for (size_t i = 1; i < catalog.entries.size(); ++i) {
    const CatalogEntry &a = catalog.entries[i - 1], &b = catalog.entries[i];
    if (a.exercise->number == b.exercise->number) {
      return absl::InvalidArgumentError(absl::StrCat("exercise ", a.exercise->number, " is in ",
                                                     a.file->path, " and in ", b.file->path));
    }
  }
  return catalog;
}

absl::StatusOr<CatalogEntry> FindEntry(const Catalog& catalog, const std::string& number) {
  std::vector<std::string> of_chapter;
  for (const CatalogEntry& entry : catalog.entries) {
    if (entry.exercise->number == number) return entry;
    if (ChapterOf(entry.exercise->number) == ChapterOf(number)) {
      of_chapter.push_back(entry.exercise->number);
    }
  }
  return absl::NotFoundError(absl::StrCat(
      "there is no exercise ", number,
      of_chapter.empty()
          ? std::string("; see `bazel run //:exercise -- list`")
          : absl::StrCat("; the chapter has ", of_chapter.front(), " to ", of_chapter.back())));
}

absl::StatusOr<std::vector<const ExerciseFile*>> ChooseFiles(const Catalog& catalog,
                                                             const std::string& word) {
  std::vector<const ExerciseFile*> chosen;
  std::vector<std::string> names;
  for (const auto& file : catalog.files) {
    if (MeansChapter(word, *file) || word == file->path ||
        word == absl::StrCat("my/", file->path) || FindExercise(*file, word) != nullptr) {
      chosen.push_back(file.get());
    }
    const std::string name = ChapterName(*file);
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  if (!chosen.empty()) return chosen;
  return absl::NotFoundError(absl::StrCat("'", word,
                                          "' is no chapter, exercise or file with exercises; "
                                          "there are ",
                                          absl::StrJoin(names, ", ")));
}

}  // namespace gokart::exercises
