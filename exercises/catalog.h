// All exercises of the workshop, read from the marked source files of a checkout.
//
//     const absl::StatusOr<Catalog> catalog = LoadCatalog(root);
//     for (const CatalogEntry& entry : catalog->entries) ...

#ifndef GOKART_EXERCISES_CATALOG_H_
#define GOKART_EXERCISES_CATALOG_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "exercises/exercise_file.h"

namespace gokart::exercises {

struct CatalogEntry {
  const Exercise* exercise;
  const ExerciseFile* file;
};

struct Catalog {
  std::vector<std::unique_ptr<const ExerciseFile>> files;  // in the order of exercises/files.bzl
  std::vector<CatalogEntry> entries;                       // in the order of their numbers
};

/// The paths in exercises/files.bzl.
std::vector<std::string> ExerciseFilePaths();

/// Reads the files with these paths under `root`. Errors: of reading or parsing; a number that
/// occurs twice; files of one chapter in several places.
absl::StatusOr<Catalog> LoadCatalog(const std::string& root, const std::vector<std::string>& paths);
absl::StatusOr<Catalog> LoadCatalog(const std::string& root);

/// The exercise with this number. Error: there is none; names the nearest.
absl::StatusOr<CatalogEntry> FindEntry(const Catalog& catalog, const std::string& number);

/// What a word of the command line means: an exercise's number ("3.4"), a chapter ("ch03", "3",
/// "ch03_attention", "engine") or a file ("ch03_attention/causal_attention.cc"). Error: none of
/// these.
absl::StatusOr<std::vector<const ExerciseFile*>> ChooseFiles(const Catalog& catalog,
                                                             const std::string& word);

/// "ch03" of a file of chapter 3, "engine" of one of the engine.
std::string ChapterName(const ExerciseFile& file);

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_CATALOG_H_
