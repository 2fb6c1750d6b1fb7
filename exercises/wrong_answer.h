// Plausible mistakes that the tests of an exercise must reject, written as changes of the
// reference's body (exercises/wrong/PACKAGE/FILE.txt):
//
//     [2.7] takes the highest rank first
//     - if (pairs[i].rank < pairs[best].rank) best = i;
//     + if (pairs[i].rank > pairs[best].rank) best = i;
//
// Lines with - must be in the exercise's regions, one after the other and once; the lines with +
// take their place. Space at the beginning of lines does not count, so layout may change. A - after
// a + begins another change of the same answer. Lines that begin with # are comments.

#ifndef GOKART_EXERCISES_WRONG_ANSWER_H_
#define GOKART_EXERCISES_WRONG_ANSWER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "exercises/exercise_file.h"

namespace gokart::exercises {

struct Change {
  std::vector<std::string> old_lines;  // not empty
  std::vector<std::string> new_lines;
};

struct WrongAnswer {
  std::string number;  // of the exercise
  char letter;         // 'a', 'b', ... in the order of the file, for each exercise
  std::string title;   // what is wrong with it
  std::vector<Change> changes;
};

/// `path` is for error messages, which name the line.
absl::StatusOr<std::vector<WrongAnswer>> ParseWrongAnswers(const std::string& path,
                                                           std::string_view text);

/// The bodies of the exercise's regions with the mistake in them. Error: an old line that is not
/// there, or in several places.
absl::StatusOr<std::vector<std::vector<std::string>>> ApplyWrongAnswer(const ExerciseFile& file,
                                                                       const Exercise& exercise,
                                                                       const WrongAnswer& answer);

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_WRONG_ANSWER_H_
