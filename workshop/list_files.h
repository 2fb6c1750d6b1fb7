// The files that a --text flag means: one file, all files of a folder, or a glob pattern.
//
//     ListFiles("books")          // every regular file below books/, hidden ones excepted
//     ListFiles("books/*.txt")

#ifndef GOKART_WORKSHOP_LIST_FILES_H_
#define GOKART_WORKSHOP_LIST_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace gokart {

/// The regular files that `pattern` names, sorted by path so that the order is the same everywhere.
/// A name that exists is taken as it is even if it contains *, ? or [. Errors: nothing there or no
/// file matches; a folder that cannot be read.
absl::StatusOr<std::vector<std::string>> ListFiles(const std::string& pattern);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_LIST_FILES_H_
