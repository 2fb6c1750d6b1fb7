// Whole files: read with a size limit, and written so that a reader or a crash never sees half of
// one.
//
//     absl::StatusOr<std::string> text = ReadFile("my.txt");
//     absl::Status status = WriteFile("runs/mine/sample.txt", sample);
//
// Large files are written in pieces by AtomicFile, tensor/atomic_file.h.

#ifndef GOKART_WORKSHOP_FILE_H_
#define GOKART_WORKSHOP_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace gokart {

/// What ReadFile takes unless told otherwise: more than any text that is useful to read at once.
inline constexpr int64_t kReadLimit = int64_t{4} << 30;

/// An error about a file from the operating system's `error_number`, e.g. `ErrnoStatus("open
/// my.txt", ENOENT)` = NOT_FOUND: "open my.txt: No such file or directory".
absl::Status ErrnoStatus(const std::string& what, int error_number);

/// The whole content of `path`, from a pipe or device too; "-" means standard input. Errors:
/// missing, a folder, unreadable, or more than `limit` bytes.
absl::StatusOr<std::string> ReadFile(const std::string& path, int64_t limit = kReadLimit);

/// Replaces `path` by `content` in one step (see AtomicFile).
absl::Status WriteFile(const std::string& path, std::string_view content);

/// Makes the folder `path` and those above it, if they are not there.
absl::Status MakeFolders(const std::string& path);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_FILE_H_
