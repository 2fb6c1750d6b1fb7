#include "workshop/list_files.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "workshop/file.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;

bool IsHidden(const fs::path& path) { return path.filename().string().front() == '.'; }

absl::StatusOr<std::vector<std::string>> FilesBelow(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, error), end;
  while (!error && entries != end) {
    std::error_code ignored;  // an entry that vanished meanwhile is not a regular file
    if (IsHidden(entries->path())) {
      entries.disable_recursion_pending();
    } else if (entries->is_regular_file(ignored)) {
      files.push_back(entries->path().string());
    }
    entries.increment(error);
  }
  if (error) return ErrnoStatus("cannot list the folder " + folder, error.value());
  if (files.empty()) return absl::NotFoundError(folder + ": the folder has no files");
  std::sort(files.begin(), files.end());
  return files;
}

absl::StatusOr<std::vector<std::string>> Matches(const std::string& pattern) {
  glob_t found{};
  const int result = glob(pattern.c_str(), GLOB_TILDE, nullptr, &found);
  std::vector<std::string> files;
  for (size_t i = 0; result == 0 && i < found.gl_pathc; ++i) {
    std::error_code ignored;
    if (fs::is_regular_file(found.gl_pathv[i], ignored)) files.push_back(found.gl_pathv[i]);
  }
  globfree(&found);
  if (result == GLOB_NOSPACE)
    return absl::ResourceExhaustedError(pattern + ": too many files match");
  if (files.empty()) return absl::NotFoundError(pattern + ": no file matches");
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ListFiles(const std::string& pattern) {
  std::error_code error;
  const fs::file_status status = fs::status(pattern, error);
  if (fs::is_directory(status)) return FilesBelow(pattern);
  if (fs::exists(status)) return std::vector<std::string>{pattern};
  if (pattern.find_first_of("*?[") != std::string::npos) return Matches(pattern);
  return ErrnoStatus(pattern, error ? error.value() : ENOENT);
}

}  // namespace gokart
