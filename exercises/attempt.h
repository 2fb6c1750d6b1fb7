// A learner's attempt at an exercise: what its tests say about the file as it was compiled.
//
//     const absl::StatusOr<Attempt> attempt = TryExercise(exercise, file, programs);
//     std::cout << Describe(exercise, *attempt);

#ifndef GOKART_EXERCISES_ATTEMPT_H_
#define GOKART_EXERCISES_ATTEMPT_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "exercises/exercise_file.h"

namespace gokart::exercises {

struct Attempt {
  enum State {
    kPassed,
    kOpen,     // its own body is not written yet
    kBlocked,  // it uses an exercise that is not written yet
    kFailed
  };
  State state = kFailed;
  int passed = 0, cases = 0;
  std::string compiled_from;  // the file with the exercise's body
  std::string needs;          // number of the exercise that blocks it
  std::string failed_case;    // the first
  std::string output;         // of the first case that failed: inputs, expected, actual
};

/// Runs the exercise's tests; `programs` by the labels of tests. `file` is the exercise's source in
/// the project. Errors: a test program that is missing, cannot be run, has no test that matches, or
/// was compiled from neither the project's nor the learner's file.
absl::StatusOr<Attempt> TryExercise(const Exercise& exercise, const std::string& file,
                                    const std::map<std::string, std::string>& programs);

/// Whether the exercise's code was the learner's.
bool IsLearners(const Attempt& attempt);

/// Two lines, and below them for a failure what the test printed and where to read.
std::string Describe(const Exercise& exercise, const Attempt& attempt);

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_ATTEMPT_H_
