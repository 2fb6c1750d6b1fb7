// The unfinished file of a download: PATH.part, kept between attempts and locked against other
// processes.

#ifndef GOKART_WORKSHOP_PART_FILE_H_
#define GOKART_WORKSHOP_PART_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace gokart {

class PartFile {
 public:
  /// Opens or makes PATH.part and the folders above it.
  static absl::StatusOr<PartFile> Open(const std::string& path);
  PartFile(PartFile&& other) noexcept;
  PartFile& operator=(PartFile&&) = delete;
  ~PartFile();

  const std::string& part_path() const { return part_path_; }
  int64_t size() const { return size_; }

  absl::Status Append(const char* data, size_t size);

  /// Throws away what has arrived.
  absl::Status Clear();

  /// Gives the file its final name, with everything on disk.
  absl::Status Finish();

 private:
  PartFile(std::string path, int fd, int64_t size);

  std::string path_, part_path_;
  int fd_;
  int64_t size_;
};

}  // namespace gokart

#endif  // GOKART_WORKSHOP_PART_FILE_H_
