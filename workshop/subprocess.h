// Runs another program to its end and collects what it writes: gnuplot, compilers' --version.
//
//     absl::StatusOr<ProcessResult> result = RunProcess({"gnuplot", "--version"});
//     if (result.ok() && result->exit_status == 0) std::cout << result->output;

#ifndef GOKART_WORKSHOP_SUBPROCESS_H_
#define GOKART_WORKSHOP_SUBPROCESS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace gokart {

struct ProcessResult {
  int exit_status = 0;  // 128 + signal if a signal ended it
  std::string output;   // standard output
  std::string errors;   // standard error
};

/// `command[0]` is looked for in $PATH. No shell takes part, so arguments need no quoting. The
/// program reads `input` as its standard input. Errors: NOT_FOUND if there is no such program;
/// DEADLINE_EXCEEDED after `seconds`, when it is killed.
absl::StatusOr<ProcessResult> RunProcess(const std::vector<std::string>& command,
                                         std::string_view input = "", double seconds = 60);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_SUBPROCESS_H_
