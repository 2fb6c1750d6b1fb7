// The file for the proofs: the reference, the starter and all wrong answers in one, chosen for each
// exercise when the program runs (variant.h). One build serves every step of the staircase.

#ifndef GOKART_EXERCISES_INSTRUMENT_H_
#define GOKART_EXERCISES_INSTRUMENT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "exercises/exercise_file.h"
#include "exercises/wrong_answer.h"

namespace gokart::exercises {

/// Error: a wrong answer of no exercise of the file, or one that does not fit the reference.
absl::StatusOr<std::string> MakeInstrumented(const ExerciseFile& file,
                                             const std::vector<WrongAnswer>& answers);

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_INSTRUMENT_H_
