// The proof that a chapter's exercises can be done one after the other, and that their tests tell
// right from wrong. It runs the chapter's test programs in their instrumented form (instrument.h):
//
//  - With the exercises 1..i written and all later ones still open, the tests of i pass; every test
//    case of i + 1 fails with the NotImplemented of that exercise; and every later case fails with
//    that of its own exercise or of an open one before it. So no test needs a later exercise, and
//    none passes before its exercise is written. (Those of 1..i-1 passed at the steps before, with
//    less written than now; at the last step all are run once more.)
//  - With all exercises of all chapters open, too, no test asks for a later one than its own.
//  - Each wrong answer is rejected, by an expectation and not by a crash.

#ifndef GOKART_EXERCISES_STAIRCASE_H_
#define GOKART_EXERCISES_STAIRCASE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "exercises/exercise_file.h"
#include "exercises/wrong_answer.h"

namespace gokart::exercises {

struct Chapter {
  std::vector<Exercise> exercises;  // in their order
  std::vector<WrongAnswer> wrong_answers;
  std::map<std::string, std::string> programs;  // by the label of the test
};

struct Proof {
  std::vector<std::string> problems;  // empty: proven
  int runs = 0;                       // of test programs
  int cases = 0;                      // test cases that belong to exercises
  int rejected = 0;                   // wrong answers
};

/// Error: a program cannot be run at all.
absl::StatusOr<Proof> Prove(const Chapter& chapter);

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_STAIRCASE_H_
