#include "workshop/part_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "workshop/file.h"

namespace gokart {

absl::StatusOr<PartFile> PartFile::Open(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (!folder.empty()) {
    if (absl::Status status = MakeFolders(folder); !status.ok()) return status;
  }
  const std::string part_path = path + ".part";
  const int fd = open(part_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return ErrnoStatus("cannot write " + part_path, errno);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    close(fd);
    return absl::UnavailableError(part_path + ": another process is downloading this file");
  }
  const off_t size = lseek(fd, 0, SEEK_END);
  if (size >= 0) return PartFile(path, fd, size);
  const int error = errno;
  close(fd);
  return ErrnoStatus("cannot write " + part_path, error);
}

PartFile::PartFile(std::string path, int fd, int64_t size)
    : path_(std::move(path)), part_path_(path_ + ".part"), fd_(fd), size_(size) {}

PartFile::PartFile(PartFile&& other) noexcept
    : path_(std::move(other.path_)),
      part_path_(std::move(other.part_path_)),
      fd_(std::exchange(other.fd_, -1)),
      size_(other.size_) {}

PartFile::~PartFile() {
  if (fd_ < 0) return;
  // An empty one would only lie around.
  if (size_ == 0) unlink(part_path_.c_str());
  close(fd_);
}

absl::Status PartFile::Append(const char* data, size_t size) {
  while (size > 0) {
    const ssize_t written = write(fd_, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoStatus("cannot write " + part_path_, errno);
    data += written;
    size -= written;
    size_ += written;
  }
  return absl::OkStatus();
}

absl::Status PartFile::Clear() {
  size_ = 0;
  if (ftruncate(fd_, 0) != 0 || lseek(fd_, 0, SEEK_SET) != 0) {
    return ErrnoStatus("cannot write " + part_path_, errno);
  }
  return absl::OkStatus();
}

absl::Status PartFile::Finish() {
  if (fsync(fd_) != 0 || std::rename(part_path_.c_str(), path_.c_str()) != 0) {
    return ErrnoStatus("cannot write " + path_, errno);
  }
  close(std::exchange(fd_, -1));
  return absl::OkStatus();
}

}  // namespace gokart
