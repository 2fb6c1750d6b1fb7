// A file that appears whole or not at all: written beside its place, synced, then renamed.
//
//   absl::StatusOr<AtomicFile> file = AtomicFile::Create("model.safetensors");
//   if (!file.ok()) return file.status();
//   if (absl::Status s = file->Write(std::as_bytes(std::span(floats))); !s.ok()) return s;
//   return file->Commit();
//
// Until Commit() has succeeded, a file that was there before is untouched, even if the program is
// killed or the power fails.
#ifndef GOKART_TENSOR_ATOMIC_FILE_H_
#define GOKART_TENSOR_ATOMIC_FILE_H_

#include <cstddef>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gokart {

/// Writes PATH.partial, which Commit() renames to PATH and the destructor otherwise removes. What a
/// killed program left of it is overwritten by the next one.
class AtomicFile {
 public:
  /// Errors: the folder doesn't exist or can't be written to, or somebody else is writing the file.
  static absl::StatusOr<AtomicFile> Create(const std::string& path);

  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) noexcept;
  ~AtomicFile();

  /// Appends. Errors (such as a full disk) name the path and the offset.
  absl::Status Write(std::span<const std::byte> bytes);
  absl::Status Write(absl::string_view text);

  /// Syncs the file to the disk, gives it its name and closes it: call this once, last.
  absl::Status Commit();

 private:
  AtomicFile(std::string path, int descriptor);
  void Discard();

  std::string path_;
  int descriptor_ = -1;  // of PATH.partial; -1 once committed
  size_t written_ = 0;
};

}  // namespace gokart

#endif  // GOKART_TENSOR_ATOMIC_FILE_H_
