// The file that a learner starts from: the reference file with the bodies of its exercises taken
// out.
//
//     // [exercise 2.7] The byte-pair merge loop
//     // Task: ...
//     // Test: //ch02_data:merge_piece_test MergePiece.*
//     // Read: ch02_data/README.md, "Byte pairs"
//     throw NotImplemented("2.7", "First find the best pair; ...");
//     // [end of exercise 2.7]

#ifndef GOKART_EXERCISES_STARTER_H_
#define GOKART_EXERCISES_STARTER_H_

#include <string>
#include <vector>

#include "exercises/exercise_file.h"

namespace gokart::exercises {

/// The whole starter file. Everything outside of the exercises stays; their hints are left out (the
/// first one is in what is thrown, the others are asked for).
std::string MakeStarter(const ExerciseFile& file);

/// The lines of one region in the starter file, markers included.
std::vector<std::string> StarterRegion(const ExerciseFile& file, const Exercise& exercise,
                                       size_t region);

/// `throw NotImplemented("2.7", "...");`, broken into lines of 100 columns.
std::vector<std::string> ThrowStatement(const Exercise& exercise, const std::string& indent);

/// `lines` with an #include of `header` after the last one, unless it is there.
std::vector<std::string> WithInclude(std::vector<std::string> lines, const std::string& header);

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_STARTER_H_
