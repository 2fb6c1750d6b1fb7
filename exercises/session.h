// A learner at work: which exercise is next, whether it passes, and how far she has come.
//
//     Session session(catalog, folder, &progress, TryWithBazel(root));
//     const absl::StatusOr<std::optional<Tried>> next = session.Advance();

#ifndef GOKART_EXERCISES_SESSION_H_
#define GOKART_EXERCISES_SESSION_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "exercises/attempt.h"
#include "exercises/catalog.h"
#include "exercises/learners_folder.h"
#include "exercises/progress_file.h"

namespace gokart::exercises {

/// What came of building an exercise's tests and running them.
struct Tried {
  CatalogEntry entry;
  std::string build_errors;  // not empty: it did not compile, and there is no attempt
  Attempt attempt;

  bool passed() const { return build_errors.empty() && attempt.state == Attempt::kPassed; }
};

using TryFunction = std::function<absl::StatusOr<Tried>(const CatalogEntry&)>;

/// Builds with Bazel in the checkout `root`, and runs.
TryFunction TryWithBazel(const std::string& root);

class Session {
 public:
  /// All must outlive the session.
  Session(const Catalog& catalog, const LearnersFolder& folder, ProgressFile* progress,
          TryFunction try_exercise)
      : catalog_(catalog), folder_(folder), progress_(*progress), try_(std::move(try_exercise)) {}

  /// Goes through the exercises of all files that were started, in order. Those that have passed
  /// with the file as it is now are not tried again; the first that does not pass is returned.
  /// Nothing: all that was started passes. `skip`: begin after this exercise.
  absl::StatusOr<std::optional<Tried>> Advance(const std::string& skip = "");

  /// Tries an exercise and notes what came of it.
  absl::StatusOr<Tried> Try(const CatalogEntry& entry);

  enum class State { kNotStarted, kOpen, kPassed };
  State StateOf(const CatalogEntry& entry) const;

  /// "ch02   ████████░░░░░░░░  5 of 16", a line for each chapter and one for all.
  std::string Bars(int width) const;

  /// The next hint of an exercise; after the last one, the last again.
  std::string NextHint(const Exercise& exercise);

 private:
  const Catalog& catalog_;
  const LearnersFolder& folder_;
  ProgressFile& progress_;
  TryFunction try_;
};

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_SESSION_H_
