// Whole files: read with a size limit, and written so that a reader or a crash never sees half of
// one.
//
//     absl::StatusOr<std::string> text = ReadFile("my.txt");
//     absl::Status status = WriteFile("runs/mine/sample.txt", sample);
//
//     absl::StatusOr<AtomicFile> file = AtomicFile::Create("model.ckpt");   // large: in pieces
//     ... file->Append(weights.data(), bytes) ...
//     absl::Status status = file->Commit();

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

/// A file that appears under its name only when it is complete: written to a temporary name in the
/// same folder, synced, and renamed by Commit. Destroyed before that, it leaves nothing behind, and
/// what had `path` as its name before is as it was.
class AtomicFile {
 public:
  static absl::StatusOr<AtomicFile> Create(const std::string& path);
  ~AtomicFile();
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) noexcept;

  absl::Status Append(const void* data, size_t size);
  absl::Status Append(std::string_view text) { return Append(text.data(), text.size()); }

  /// Bytes appended so far.
  int64_t size() const { return size_; }

  /// Syncs, renames, syncs the folder. Nothing can be appended afterwards.
  absl::Status Commit();

 private:
  AtomicFile(std::string path, std::string target, std::string temporary, int fd);
  void Discard();

  std::string path_;       // as the caller gave it
  std::string target_;     // what it points to
  std::string temporary_;  // empty for a device or pipe, which is written directly
  int fd_ = -1;
  int64_t size_ = 0;
};

}  // namespace gokart

#endif  // GOKART_WORKSHOP_FILE_H_
