// The tables of exercises in the READMEs, made from the markers in the source files.
//
//     <!-- exercises of ch02 -->
//     | exercise | file | what it is about |
//     ...
//     <!-- end of exercises -->
//
// `bazel run //exercises:tables` writes them, //exercises:metadata_test checks them.

#ifndef GOKART_EXERCISES_EXERCISE_TABLE_H_
#define GOKART_EXERCISES_EXERCISE_TABLE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "exercises/catalog.h"

namespace gokart::exercises {

/// The READMEs with tables, relative to the checkout.
const std::vector<std::string>& ReadmesWithTables();

/// Markdown with links from a README in a folder of the first level; `chapter` as ChapterName gives
/// it.
std::string ExerciseTable(const Catalog& catalog, const std::string& chapter);

/// `readme` with all its tables as they should be. Error: a table without its end, or of an unknown
/// chapter, or no table at all.
absl::StatusOr<std::string> WithTables(const Catalog& catalog, const std::string& readme);

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_EXERCISE_TABLE_H_
