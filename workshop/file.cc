#include "workshop/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

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

// The permissions that this process takes away from new files. It can only be read by setting it.
mode_t CurrentUmask() {
  const mode_t mask = umask(0);
  umask(mask);
  return mask;
}

std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
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

absl::StatusOr<AtomicFile> AtomicFile::Create(const std::string& path) {
  struct stat info {};
  const bool exists = stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) {
    return absl::FailedPreconditionError(path + ": is a folder, so no file can be written there");
  }
  if (exists && !S_ISREG(info.st_mode)) {  // a device or pipe: nothing to replace
    const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return ErrnoStatus("cannot write " + path, errno);
    return AtomicFile(path, /*target=*/"", /*temporary=*/"", fd);
  }
  // A symbolic link stays one: what it points to is replaced.
  std::error_code error;
  const std::string target = exists ? std::filesystem::canonical(path, error).string() : path;
  if (error) return ErrnoStatus("cannot write " + path, error.value());
  std::string temporary = target + ".tmp-XXXXXX";
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return ErrnoStatus("cannot write " + path, errno);
  // mkostemp makes it private; give it what the old file has, or what open() would have given. Some
  // file systems have no permissions to set, and the content is what counts.
  const mode_t mode = exists ? info.st_mode & 0777 : 0666 & ~CurrentUmask();
  if (fchmod(fd, mode) != 0) errno = 0;
  return AtomicFile(path, target, std::move(temporary), fd);
}

AtomicFile::AtomicFile(std::string path, std::string target, std::string temporary, int fd)
    : path_(std::move(path)),
      target_(std::move(target)),
      temporary_(std::move(temporary)),
      fd_(fd) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      temporary_(std::move(other.temporary_)),
      fd_(std::exchange(other.fd_, -1)),
      size_(other.size_) {}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  if (this == &other) return *this;
  Discard();
  path_ = std::move(other.path_);
  target_ = std::move(other.target_);
  temporary_ = std::move(other.temporary_);
  fd_ = std::exchange(other.fd_, -1);
  size_ = other.size_;
  return *this;
}

AtomicFile::~AtomicFile() { Discard(); }

void AtomicFile::Discard() {
  if (fd_ < 0) return;
  close(std::exchange(fd_, -1));
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

absl::Status AtomicFile::Append(const void* data, size_t size) {
  if (fd_ < 0) return absl::FailedPreconditionError(path_ + ": already closed");
  const char* next = static_cast<const char*>(data);
  for (size_t left = size; left > 0;) {
    const ssize_t written = write(fd_, next, left);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const absl::Status status = ErrnoStatus("cannot write " + path_, errno);
      Discard();
      return status;
    }
    next += written;
    left -= written;
    size_ += written;
  }
  return absl::OkStatus();
}

absl::Status AtomicFile::Commit() {
  if (fd_ < 0) return absl::FailedPreconditionError(path_ + ": already closed");
  if (temporary_.empty()) {
    close(std::exchange(fd_, -1));
    return absl::OkStatus();
  }
  if (fsync(fd_) != 0 || rename(temporary_.c_str(), target_.c_str()) != 0) {
    const absl::Status status = ErrnoStatus("cannot write " + path_, errno);
    Discard();
    return status;
  }
  close(std::exchange(fd_, -1));
  // The new name must be on disk too; not every file system lets a folder be synced, so no error.
  const Descriptor folder(open(FolderOf(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) fsync(folder.get());
  return absl::OkStatus();
}

}  // namespace gokart
