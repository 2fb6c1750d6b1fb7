// Waits until a source file under a folder is written, or a key is pressed.
//
//     FolderWatch watch("my");
//     switch (watch.Wait(STDIN_FILENO, -1)) ...

#ifndef GOKART_EXERCISES_FOLDER_WATCH_H_
#define GOKART_EXERCISES_FOLDER_WATCH_H_

#include <map>
#include <string>

#include "absl/status/status.h"

namespace gokart::exercises {

class FolderWatch {
 public:
  /// Watches `folder` and the folders in it, also those that are made later.
  explicit FolderWatch(const std::string& folder);
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  /// Whether watching works; the reason if not.
  const absl::Status& status() const { return status_; }

  enum class Event { kChanged, kInput, kTimeout };
  /// Returns when a file NAME.cc was written, moved or deleted (and for a tenth of a second nothing
  /// more), when there is input to read from `fd` (-1: none), or after `milliseconds` (-1: never)
  /// or a signal.
  Event Wait(int fd, int milliseconds);

 private:
  void Add(const std::string& folder);
  bool ReadEvents();  // whether a source file has changed

  int inotify_ = -1;
  absl::Status status_;
  std::map<int, std::string> folder_of_;  // by inotify's numbers
};

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_FOLDER_WATCH_H_
