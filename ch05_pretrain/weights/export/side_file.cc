#include "ch05_pretrain/weights/export/side_file.h"

#include <filesystem>
#include <system_error>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "workshop/file.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;

absl::Status MoveIntoPlace(const std::string& made, const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    fs::rename(made, path, error);
    return error ? ErrnoStatus("rename " + made + " to " + path, error.value()) : absl::OkStatus();
  }
  const absl::StatusOr<std::string> before = ReadFile(path);
  const absl::StatusOr<std::string> now = ReadFile(made);
  if (!before.ok()) return before.status();
  if (!now.ok()) return now.status();
  if (*before == *now) return absl::OkStatus();
  return absl::AlreadyExistsError(
      absl::StrCat(path, ": is there already, with other content; choose another folder"));
}

}  // namespace

absl::Status WriteSideFile(const std::string& path,
                           const std::function<absl::Status(const std::string& path)>& write) {
  const std::string temporary = path + ".new";
  absl::Status status = write(temporary);
  if (status.ok()) status = MoveIntoPlace(temporary, path);
  std::error_code ignored;  // it may never have been made, or been moved
  fs::remove(temporary, ignored);
  return status;
}

}  // namespace gokart
