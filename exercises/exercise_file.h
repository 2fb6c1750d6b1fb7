// Exercises as they are marked in a chapter's source files. The marked file is the reference
// solution; starter files, the tables in the READMEs and the proofs are made from it.
//
//     // [exercise 2.7] The byte-pair merge loop
//     // Task: Merge the neighbours with the lowest rank, the leftmost of several, until no two
//     //       can merge.
//     // Hint: First find the best pair; think about how to replace it afterwards.
//     // Hint: Taking a token out of the middle moves all later ones down by one.
//     // Test: //ch02_data:merge_piece_test MergePiece.*
//     // Read: ch02_data/README.md, "Byte pairs"
//     ... the body that the learner writes ...
//     // [end of exercise 2.7]
//
// Hints go from weak to strong. More regions of the same exercise, in the same file, begin with
// `// [exercise 2.7, continued]`. What a region declares is not used behind it.

#ifndef GOKART_EXERCISES_EXERCISE_FILE_H_
#define GOKART_EXERCISES_EXERCISE_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace gokart::exercises {

/// Where an exercise is tested: a cc_test and a filter of GoogleTest's.
struct ExerciseTest {
  std::string target;  // "//ch02_data:merge_piece_test"
  std::string filter;  // "MergePiece.*"
};

/// Lines of the file, numbered from 0: the opening marker, its comment, the body, the end marker.
struct Region {
  size_t begin;       // the opening marker
  size_t body_begin;  // the first line that is not of the marker's comment
  size_t body_end;    // the closing marker
};

struct Exercise {
  std::string number;  // "2.7": chapter and place; chapter "E" is the engine
  std::string title;
  std::string task;
  std::vector<std::string> hints;
  std::vector<ExerciseTest> tests;
  std::string read;
  std::vector<Region> regions;
};

struct ExerciseFile {
  std::string path;  // in the repository: "ch02_data/merge_piece.cc"
  std::vector<std::string> lines;
  std::vector<Exercise> exercises;  // in the order of their first regions
};

/// Errors name the line: a marker without its end, nested markers, a number that is no number, a
/// missing or repeated field.
absl::StatusOr<ExerciseFile> ParseExerciseFile(std::string path, std::string_view text);

/// The same for a learner's file, in which only the markers matter.
absl::StatusOr<ExerciseFile> ParseLearnersFile(std::string path, std::string_view text);

/// The exercise with this number, or null.
const Exercise* FindExercise(const ExerciseFile& file, std::string_view number);

/// Whether `a` comes before `b`: by chapter (the engine first), then by number.
bool ComesBefore(std::string_view a, std::string_view b);

/// The chapter of an exercise's number: "2" of "2.7".
std::string ChapterOf(std::string_view number);

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_EXERCISE_FILE_H_
