// Runs the tests of an exercise and reads what GoogleTest prints.
//
//     const absl::StatusOr<TestRun> run = RunTests(binary, "MergePiece.*");
//     for (const CaseResult& result : run->cases) ...

#ifndef GOKART_EXERCISES_TEST_RUN_H_
#define GOKART_EXERCISES_TEST_RUN_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace gokart::exercises {

struct CaseResult {
  std::string name;  // "MergePiece.LowestRankFirst"
  bool passed = false;
  bool finished = false;  // false: the program ended within it
  std::string output;     // what it printed, failures above all
};

struct TestRun {
  std::vector<CaseResult> cases;
  std::vector<std::string> files;  // exercise files that the program was compiled from
  int exit_status = 0;

  /// At least one case was run, and all passed.
  bool passed() const;
  /// The first case that did not pass, or null.
  const CaseResult* FirstFailure() const;
};

/// Runs the cases of a test program that match `filter`. `choices`: see variant.h. Errors: it
/// cannot be started, or takes longer than `seconds`.
absl::StatusOr<TestRun> RunTests(const std::string& binary, const std::string& filter,
                                 const std::string& choices = "", double seconds = 120);

/// The names of the cases that match.
absl::StatusOr<std::vector<std::string>> ListCases(const std::string& binary,
                                                   const std::string& filter);

/// What RunTests reads from the program's standard output and standard error.
TestRun ParseTestRun(std::string_view output, std::string_view errors, int exit_status);

/// The number of the exercise whose NotImplemented was thrown in a case with this output; empty if
/// none was.
std::string MissingExercise(std::string_view output);

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_TEST_RUN_H_
