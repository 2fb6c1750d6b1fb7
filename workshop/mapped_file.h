// A read-only file as memory: pages come from the disk when they are touched, so it may be larger
// than the machine's memory. For token files and weights.
//
//     absl::StatusOr<MappedFile> file = MappedFile::Open("tokens.bin");
//     const auto* ids = reinterpret_cast<const uint16_t*>(file->data());

#ifndef GOKART_WORKSHOP_MAPPED_FILE_H_
#define GOKART_WORKSHOP_MAPPED_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace gokart {

/// Owns the mapping; the memory is valid while the object (or what it was moved to) lives. Starts
/// at a page boundary, so it is aligned for any element type. An empty file has size 0 and data
/// nullptr. A file that another program shortens while it is mapped must not be read beyond its new
/// end.
class MappedFile {
 public:
  static absl::StatusOr<MappedFile> Open(const std::string& path);
  MappedFile() = default;
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  const std::string& path() const { return path_; }
  std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }

 private:
  MappedFile(std::string path, const uint8_t* data, size_t size);

  std::string path_;
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace gokart

#endif  // GOKART_WORKSHOP_MAPPED_FILE_H_
