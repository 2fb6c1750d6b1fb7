#include "tensor/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace gokart {
namespace {

std::string PartialName(const std::string& path) { return path + ".partial"; }

absl::Status ErrnoStatus(const std::string& doing) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", doing));
}

// Does `name` still name what `descriptor` has open?
bool IsNamed(int descriptor, const std::string& name) {
  struct stat opened, named;
  return fstat(descriptor, &opened) == 0 && stat(name.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

// Makes a rename durable. Some file systems can't sync folders, and need not.
absl::Status SyncFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return absl::OkStatus();  // a folder may be writable but not readable
  const bool failed = fsync(descriptor) != 0 && errno != EINVAL && errno != EROFS;
  const absl::Status status =
      failed ? ErrnoStatus(absl::StrCat("sync folder ", folder)) : absl::OkStatus();
  close(descriptor);
  return status;
}

// Opens and locks the partial file. Whoever locks it writes it (file systems without locks:
// everybody at own risk). Between our open() and flock() another writer may have renamed it to its
// final name; then we must not touch it, and start again.
absl::StatusOr<int> OpenPartial(const std::string& path, const std::string& partial, mode_t mode) {
  while (true) {
    const int descriptor = open(partial.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, mode);
    if (descriptor < 0) return ErrnoStatus(absl::StrCat("write ", path));
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      close(descriptor);
      return absl::UnavailableError(
          absl::StrCat("cannot write ", path, ": another program is writing ", partial));
    }
    if (IsNamed(descriptor, partial)) return descriptor;
    close(descriptor);
  }
}

}  // namespace

absl::StatusOr<AtomicFile> AtomicFile::Create(const std::string& path) {
  struct stat info {};
  const bool exists = stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot write ", path, ": it is a folder, so no file can be written there"));
  }
  if (exists && !S_ISREG(info.st_mode)) {  // a device or pipe: nothing to replace
    const int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return ErrnoStatus(absl::StrCat("write ", path));
    return AtomicFile(path, /*target=*/"", descriptor);
  }
  std::error_code error;
  const std::string target = exists ? std::filesystem::canonical(path, error).string() : path;
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot write ", path));
  const absl::StatusOr<int> descriptor =
      OpenPartial(path, PartialName(target), exists ? info.st_mode & 0777 : 0666);
  if (!descriptor.ok()) return descriptor.status();
  AtomicFile file(path, target, *descriptor);
  if (ftruncate(*descriptor, 0) != 0) return ErrnoStatus(absl::StrCat("write ", path));
  // Some file systems have no permissions to set, and the content is what counts.
  if (exists && fchmod(*descriptor, info.st_mode & 0777) != 0) errno = 0;
  return file;
}

AtomicFile::AtomicFile(std::string path, std::string target, int descriptor)
    : path_(std::move(path)), target_(std::move(target)), descriptor_(descriptor) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_) {}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(target_, other.target_);
  std::swap(descriptor_, other.descriptor_);  // `other` discards what was unfinished here
  std::swap(size_, other.size_);
  return *this;
}

AtomicFile::~AtomicFile() { Discard(); }

void AtomicFile::Discard() {
  if (descriptor_ < 0) return;
  if (!target_.empty()) unlink(PartialName(target_).c_str());
  close(std::exchange(descriptor_, -1));
}

absl::Status AtomicFile::Append(std::span<const std::byte> bytes) {
  if (descriptor_ < 0) {
    return absl::FailedPreconditionError(absl::StrCat("cannot write ", path_, ": already closed"));
  }
  while (!bytes.empty()) {
    const ssize_t count = write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus(absl::StrCat("write ", path_, " at offset ", size_));
    bytes = bytes.subspan(static_cast<size_t>(count));
    size_ += count;
  }
  return absl::OkStatus();
}

absl::Status AtomicFile::Append(std::string_view text) {
  return Append(std::as_bytes(std::span(text.data(), text.size())));
}

absl::Status AtomicFile::Commit() {
  if (descriptor_ < 0) {
    return absl::FailedPreconditionError(absl::StrCat("cannot write ", path_, ": already closed"));
  }
  if (target_.empty()) {
    close(std::exchange(descriptor_, -1));
    return absl::OkStatus();
  }
  if (fsync(descriptor_) != 0) return ErrnoStatus(absl::StrCat("sync ", path_, " to the disk"));
  if (rename(PartialName(target_).c_str(), target_.c_str()) != 0) {
    return ErrnoStatus(absl::StrCat("rename ", PartialName(target_), " to ", path_));
  }
  close(std::exchange(descriptor_, -1));
  return SyncFolderOf(target_);
}

}  // namespace gokart
