// The learner's files: my/ch02_data/merge_piece.cc is hers for ch02_data/merge_piece.cc. Nothing
// here ever overwrites what she has written without a copy beside it.

#ifndef GOKART_EXERCISES_LEARNERS_FOLDER_H_
#define GOKART_EXERCISES_LEARNERS_FOLDER_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "exercises/catalog.h"

namespace gokart::exercises {

class LearnersFolder {
 public:
  /// `root`: the checkout. Files go to `root`/my.
  explicit LearnersFolder(std::string root) : root_(std::move(root)) {}

  /// "my/ch02_data/merge_piece.cc", relative to the checkout.
  static std::string PathOf(const ExerciseFile& file) { return "my/" + file.path; }
  std::string FullPathOf(const ExerciseFile& file) const { return root_ + "/" + PathOf(file); }

  /// The learner's file, or nothing if she has not started it.
  std::optional<std::string> Read(const ExerciseFile& file) const;

  enum class Started { kNew, kAlreadyThere };
  /// Puts the starter file there, unless there is a file.
  absl::StatusOr<Started> Start(const ExerciseFile& file) const;

  /// Takes out again what she wrote for one exercise; the rest of the file stays. Returns the path
  /// of the copy of the file as it was. Errors: not started; the exercise's markers are damaged.
  absl::StatusOr<std::string> Reset(const ExerciseFile& file, const Exercise& exercise) const;

  /// Puts the whole starter file there. Returns the path of the copy.
  absl::StatusOr<std::string> ResetFile(const ExerciseFile& file) const;

  /// What she wrote for an exercise against the reference, as a unified difference; empty if they
  /// are the same. Errors as for Reset.
  absl::StatusOr<std::string> Diff(const ExerciseFile& file, const Exercise& exercise) const;

 private:
  absl::StatusOr<std::string> KeepCopy(const ExerciseFile& file, const std::string& text) const;
  absl::StatusOr<ExerciseFile> Parse(const ExerciseFile& file, const Exercise& exercise) const;

  std::string root_;
};

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_LEARNERS_FOLDER_H_
