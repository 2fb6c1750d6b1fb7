#include "workshop/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "tensor/atomic_file.h"

namespace gokart {
namespace {

// A file descriptor that closes itself (standard input excepted).
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ > STDERR_FILENO) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

absl::Status TooLarge(const std::string& name, int64_t limit) {
  return absl::ResourceExhaustedError(
      absl::StrCat(name, ": larger than the ", limit, " bytes that are read at most"));
}

}  // namespace

absl::Status ErrnoStatus(const std::string& what, int error_number) {
  return absl::ErrnoToStatus(error_number, what);
}

absl::StatusOr<std::string> ReadFile(const std::string& path, int64_t limit) {
  const bool standard_input = path == "-";
  const std::string name = standard_input ? "standard input" : path;
  const Descriptor file(standard_input ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return ErrnoStatus(name, errno);

  struct stat info {};
  if (fstat(file.get(), &info) != 0) return ErrnoStatus(name, errno);
  if (S_ISDIR(info.st_mode))
    return absl::FailedPreconditionError(name + ": is a folder, not a file");
  if (info.st_size > limit) return TooLarge(name, limit);

  // The size is only a hint (pipes say 0, files may grow), so read until nothing more comes.
  std::string content;
  size_t used = 0;
  for (;;) {
    if (used == content.size()) {
      if (static_cast<int64_t>(used) > limit) return TooLarge(name, limit);
      content.resize(std::max<size_t>({used * 2, static_cast<size_t>(info.st_size) + 1, 65536}));
    }
    const ssize_t got = read(file.get(), content.data() + used, content.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus(name, errno);
    if (got == 0) break;
    used += got;
  }
  if (static_cast<int64_t>(used) > limit) return TooLarge(name, limit);
  content.resize(used);
  return content;
}

absl::Status WriteFile(const std::string& path, std::string_view content) {
  absl::StatusOr<AtomicFile> file = AtomicFile::Create(path);
  if (!file.ok()) return file.status();
  if (absl::Status status = file->Append(content); !status.ok()) return status;
  return file->Commit();
}

absl::Status MakeFolders(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return ErrnoStatus(absl::StrCat("cannot make the folder ", path), error.value());
  return absl::OkStatus();
}

}  // namespace gokart
