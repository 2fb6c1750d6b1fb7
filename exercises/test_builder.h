// Builds the test programs of exercises with the learner's files in them.
//
//     const absl::StatusOr<BuildResult> result = BuildTests(root,
//     {"//ch02_data:merge_piece_test"}); if (!result->errors.empty()) std::cout << result->errors;
//     // the compiler's

#ifndef GOKART_EXERCISES_TEST_BUILDER_H_
#define GOKART_EXERCISES_TEST_BUILDER_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace gokart::exercises {

struct BuildResult {
  std::string errors;                           // empty: it was built
  std::map<std::string, std::string> programs;  // the tests' labels -> paths
};

/// Runs `bazel build` in the checkout `root`. Error: Bazel cannot be run.
absl::StatusOr<BuildResult> BuildTests(const std::string& root,
                                       const std::vector<std::string>& targets);

/// Of Bazel's output the part that the compiler wrote, at most `max_lines` of it.
std::string CompilerErrors(std::string_view output, int max_lines = 30);

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_TEST_BUILDER_H_
