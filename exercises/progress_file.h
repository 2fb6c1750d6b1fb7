// What is known of a learner's progress, in my/progress.txt: which exercises passed, with which
// content of her file, and how many hints she has seen.
//
//     passed 2.8 3a7bd3e2360a...
//     hints 2.8 1

#ifndef GOKART_EXERCISES_PROGRESS_FILE_H_
#define GOKART_EXERCISES_PROGRESS_FILE_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace gokart::exercises {

class ProgressFile {
 public:
  /// Reads the file, if it is there; lines that are not understood are dropped.
  explicit ProgressFile(std::string path);

  /// Whether the exercise passed when the learner's file was `text`.
  bool Passed(const std::string& number, std::string_view text) const;
  /// Whether it passed with any content.
  bool EverPassed(const std::string& number) const { return passed_.contains(number); }
  void SetPassed(const std::string& number, std::string_view text);
  void SetFailed(const std::string& number) { passed_.erase(number); }

  int hints(const std::string& number) const;
  void SetHints(const std::string& number, int count) { hints_[number] = count; }

  absl::Status Save() const;

 private:
  std::string path_;
  std::map<std::string, std::string> passed_;  // number -> SHA-256 of the file
  std::map<std::string, int> hints_;
};

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_PROGRESS_FILE_H_
