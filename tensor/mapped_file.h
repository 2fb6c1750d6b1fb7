// A file read as memory, without copying it: pages come in when they are touched.
//
//   absl::StatusOr<MappedFile> file = MappedFile::Open("model.safetensors");
//   if (!file.ok()) return file.status();
//   std::span<const std::byte> bytes = file->bytes();
//
// Bytes of a file that is changed while it is mapped change too, and those cut off can't be read
// any more (SIGBUS): replace files by renaming new ones over them, as AtomicFile does.
#ifndef GOKART_TENSOR_MAPPED_FILE_H_
#define GOKART_TENSOR_MAPPED_FILE_H_

#include <cstddef>
#include <span>
#include <string>

#include "absl/status/statusor.h"

namespace gokart {

/// A read-only mapping of a whole file, unmapped by the destructor. Can be moved, which leaves
/// bytes() where they are.
class MappedFile {
 public:
  /// Errors name the path: no such file, no permission, not a regular file, ...
  static absl::StatusOr<MappedFile> Open(const std::string& path);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  const std::string& path() const { return path_; }
  /// The whole file; begins at a page's start. Empty for an empty file.
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  MappedFile(std::string path, std::span<const std::byte> bytes);

  std::string path_;
  std::span<const std::byte> bytes_;
};

}  // namespace gokart

#endif  // GOKART_TENSOR_MAPPED_FILE_H_
