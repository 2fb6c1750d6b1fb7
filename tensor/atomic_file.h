// A file that appears whole or not at all: written beside its place, synced, then renamed.
//
//   absl::StatusOr<AtomicFile> file = AtomicFile::Create("model.safetensors");
//   if (!file.ok()) return file.status();
//   if (absl::Status s = file->Append(std::as_bytes(std::span(floats))); !s.ok()) return s;
//   return file->Commit();
//
// Until Commit() has succeeded, a file that was there before is untouched, even if the program is
// killed or the power fails.
#ifndef GOKART_TENSOR_ATOMIC_FILE_H_
#define GOKART_TENSOR_ATOMIC_FILE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace gokart {

/// Writes PATH.partial, which Commit() renames to PATH and the destructor otherwise removes. What a
/// killed program left of it is overwritten by the next one. A symbolic link stays one, and what it
/// points to is replaced; a device or pipe is written directly.
class AtomicFile {
 public:
  /// Errors: the folder doesn't exist or can't be written to, `path` is a folder, or somebody else
  /// is writing the file.
  static absl::StatusOr<AtomicFile> Create(const std::string& path);

  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) noexcept;
  ~AtomicFile();

  /// Errors (such as a full disk) name the path and the offset.
  absl::Status Append(std::span<const std::byte> bytes);
  absl::Status Append(std::string_view text);

  /// Bytes appended so far.
  int64_t size() const { return size_; }

  /// Syncs the file to the disk, gives it its name and closes it: call this once, last.
  absl::Status Commit();

 private:
  AtomicFile(std::string path, std::string target, int descriptor);
  void Discard();

  std::string path_;     // as the caller gave it
  std::string target_;   // what it points to; empty for a device or pipe
  int descriptor_ = -1;  // of the target's partial file; -1 once committed
  int64_t size_ = 0;
};

}  // namespace gokart

#endif  // GOKART_TENSOR_ATOMIC_FILE_H_
