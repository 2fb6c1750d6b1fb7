#include "exercises/folder_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include "workshop/file.h"

namespace gokart::exercises {
namespace {

constexpr int kQuietMilliseconds = 100;  // an editor writes a file in several steps
constexpr uint32_t kEvents =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ONLYDIR;

}  // namespace

FolderWatch::FolderWatch(const std::string& folder) : inotify_(inotify_init1(IN_NONBLOCK)) {
  if (inotify_ < 0) {
    status_ = ErrnoStatus("watch " + folder, errno);
    return;
  }
  Add(folder);
}

FolderWatch::~FolderWatch() {
  if (inotify_ >= 0) close(inotify_);
}

void FolderWatch::Add(const std::string& folder) {
  const int number = inotify_add_watch(inotify_, folder.c_str(), kEvents);
  if (number < 0) {
    if (status_.ok()) status_ = ErrnoStatus("watch " + folder, errno);
    return;
  }
  folder_of_[number] = folder;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.is_directory(error)) Add(entry.path().string());
  }
}

bool FolderWatch::ReadEvents() {
  bool changed = false;
  alignas(inotify_event) char buffer[16384];
  for (;;) {
    const ssize_t size = read(inotify_, buffer, sizeof(buffer));
    if (size <= 0) return changed;
    for (const char* at = buffer; at < buffer + size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      const std::string_view name = event->len > 0 ? event->name : "";
      if ((event->mask & IN_ISDIR) && (event->mask & (IN_CREATE | IN_MOVED_TO))) {
        Add(folder_of_[event->wd] + "/" + std::string(name));
        changed = true;  // files may have been written before it was watched
      } else if (name.ends_with(".cc") && !(event->mask & IN_CREATE)) {
        changed = true;  // a new file is reported again when it is closed
      }
      at += sizeof(inotify_event) + event->len;
    }
  }
}

FolderWatch::Event FolderWatch::Wait(int fd, int milliseconds) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begin = Clock::now();
  bool changed = false;
  for (;;) {
    int left = milliseconds;
    if (milliseconds >= 0) {
      const auto gone =
          std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
      left = gone < milliseconds ? static_cast<int>(milliseconds - gone) : 0;
    }
    pollfd files[2] = {{inotify_, POLLIN, 0}, {fd, POLLIN, 0}};
    const int ready = poll(files, 2, changed ? kQuietMilliseconds : left);
    if (changed && ready == 0) return Event::kChanged;
    if (ready <= 0) return Event::kTimeout;
    if (files[0].revents != 0) changed |= ReadEvents();
    if (!changed && files[1].revents != 0) return Event::kInput;
    if (!changed && milliseconds == 0) return Event::kTimeout;
  }
}

}  // namespace gokart::exercises
