#include "workshop/subprocess.h"

#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

extern char** environ;

namespace gokart {
namespace {

// A file in memory. Unlike a pipe it never blocks either side, so nothing has to be read while the
// program runs.
class MemoryFile {
 public:
  MemoryFile() : fd_(memfd_create("process", MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (fd_ >= 0) close(fd_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int fd() const { return fd_; }

  bool Fill(std::string_view content) {
    for (size_t done = 0; done < content.size();) {
      const ssize_t written = write(fd_, content.data() + done, content.size() - done);
      if (written <= 0) return false;
      done += written;
    }
    return lseek(fd_, 0, SEEK_SET) == 0;
  }

  std::string Content() const {
    std::string content;
    std::array<char, 65536> part;
    ssize_t got;
    while ((got = pread(fd_, part.data(), part.size(), content.size())) > 0)
      content.append(part.data(), got);
    return content;
  }

 private:
  int fd_;
};

absl::StatusOr<pid_t> Spawn(const std::vector<std::string>& command, int in, int out, int err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  std::vector<char*> arguments;
  for (const std::string& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return absl::ErrnoToStatus(error, absl::StrCat("cannot run ", command[0]));
  return pid;
}

// Waits for the end of `pid`, at most `seconds`; then kills it.
absl::StatusOr<int> Wait(pid_t pid, double seconds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  int status = 0;
  for (;;) {
    const pid_t ended = waitpid(pid, &status, WNOHANG);
    if (ended == pid) return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    if (ended < 0 && errno != EINTR) return absl::ErrnoToStatus(errno, "waitpid");
    if (std::chrono::steady_clock::now() > deadline) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  kill(pid, SIGKILL);
  waitpid(pid, &status, 0);
  return absl::DeadlineExceededError(absl::StrCat("did not end within ", seconds, " s"));
}

}  // namespace

absl::StatusOr<ProcessResult> RunProcess(const std::vector<std::string>& command,
                                         std::string_view input, double seconds) {
  MemoryFile in, out, err;
  if (in.fd() < 0 || out.fd() < 0 || err.fd() < 0 || !in.Fill(input)) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot pass input to ", command[0]));
  }
  const absl::StatusOr<pid_t> pid = Spawn(command, in.fd(), out.fd(), err.fd());
  if (!pid.ok()) return pid.status();
  const absl::StatusOr<int> exit_status = Wait(*pid, seconds);
  if (!exit_status.ok()) {
    return absl::Status(exit_status.status().code(),
                        absl::StrCat(command[0], ": ", exit_status.status().message()));
  }
  return ProcessResult{*exit_status, out.Content(), err.Content()};
}

}  // namespace gokart
