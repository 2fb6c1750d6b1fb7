#include "workshop/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "workshop/file.h"
#include "workshop/json_file.h"

namespace gokart {
namespace {

constexpr int64_t kConfigLimit = 1 << 20;
constexpr int kMostNumbers = 100000;

absl::Status AlreadyUsed(const std::string& path) {
  return absl::AlreadyExistsError(
      absl::StrCat(path, ": has files in it already, and a run needs a folder of its own"));
}

// Locks the folder for this process; the lock ends with the descriptor, whatever ends the process.
absl::StatusOr<int> Lock(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus("cannot open the folder " + path, errno);
  if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return fd;  // or cannot be locked
  close(fd);
  return absl::UnavailableError(path + ": another process is working in this folder");
}

}  // namespace

absl::StatusOr<RunFolder> RunFolder::Create(const std::string& path, const nlohmann::json& config) {
  if (absl::Status status = MakeFolders(path); !status.ok()) return status;
  absl::StatusOr<int> lock = Lock(path);
  if (!lock.ok()) return lock.status();
  RunFolder run(path, config, *lock);

  std::error_code error;
  const bool empty = std::filesystem::is_empty(path, error);
  if (error) return ErrnoStatus("cannot list the folder " + path, error.value());
  if (!empty) return AlreadyUsed(path);
  // A path in the configuration may be no UTF-8, which JSON cannot hold: replaced, not an
  // exception.
  const std::string text =
      config.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  if (absl::Status status = WriteFile(run.File("config.json"), text); !status.ok()) return status;
  return run;
}

absl::StatusOr<RunFolder> RunFolder::CreateNumbered(const std::string& parent,
                                                    const std::string& name,
                                                    const nlohmann::json& config) {
  if (absl::Status status = MakeFolders(parent); !status.ok()) return status;
  for (int number = 1; number <= kMostNumbers; ++number) {
    const std::string path = absl::StrCat(parent, "/", name, "-", number);
    // mkdir succeeds for one process only, so two that start together get two folders.
    if (mkdir(path.c_str(), 0777) == 0) return Create(path, config);
    if (errno != EEXIST) return ErrnoStatus("cannot make the folder " + path, errno);
  }
  return absl::ResourceExhaustedError(absl::StrCat(parent, "/", name, "-*: all numbers are taken"));
}

absl::StatusOr<RunFolder> RunFolder::CreateChosen(const std::string& out, const std::string& name,
                                                  const nlohmann::json& config) {
  return out.empty() ? CreateNumbered("runs", name, config) : Create(out, config);
}

absl::StatusOr<RunFolder> RunFolder::Open(const std::string& path) {
  absl::StatusOr<int> lock = Lock(path);
  if (!lock.ok()) return lock.status();
  RunFolder run(path, nullptr, *lock);
  const std::string file = run.File("config.json");
  absl::StatusOr<nlohmann::json> config = ReadJsonFile(file, kConfigLimit);
  if (!config.ok()) return config.status();
  run.config_ = *std::move(config);
  if (!run.config_.is_object()) return absl::DataLossError(file + ": not a JSON object");
  return run;
}

RunFolder::RunFolder(std::string path, nlohmann::json config, int lock)
    : path_(std::move(path)), config_(std::move(config)), lock_(lock) {}

RunFolder::RunFolder(RunFolder&& other) noexcept
    : path_(std::move(other.path_)),
      config_(std::move(other.config_)),
      lock_(std::exchange(other.lock_, -1)) {}

RunFolder& RunFolder::operator=(RunFolder&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(config_, other.config_);
  std::swap(lock_, other.lock_);
  return *this;
}

RunFolder::~RunFolder() {
  if (lock_ >= 0) close(lock_);
}

}  // namespace gokart
