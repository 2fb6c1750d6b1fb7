// A chapter's binary: subcommands on Abseil flags, with help, clear errors and an exit status.
//
//     ABSL_FLAG(int, batch_size, 2, "Windows per training step.");
//
//     absl::Status Train(const std::vector<std::string>& arguments) { ... }
//
//     int main(int argc, char** argv) {
//       return gokart::RunProgram(
//           {.name = "ch05_pretrain",
//            .summary = "Chapter 5: pretraining on unlabelled text.",
//            .commands = {{.name = "tour", .summary = "The chapter, computed live.", .run = Tour},
//                         {.name = "train", .summary = "Trains a GPT on your text.",
//                          .flags = {"text", "batch_size"}, .run = Train}}},
//           argc, argv);
//     }
//
// `PROGRAM` runs the first command, `PROGRAM train --batch_size=4` another; `help`, `help train`
// and
// `--help` explain. Whatever goes wrong is one line on standard error and exit status 1.

#ifndef GOKART_WORKSHOP_COMMAND_LINE_H_
#define GOKART_WORKSHOP_COMMAND_LINE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/status/status.h"

/// Common to all subcommands of all binaries.
ABSL_DECLARE_FLAG(int, threads);    // 0: all cores
ABSL_DECLARE_FLAG(uint64_t, seed);  // 123

namespace gokart {

struct Command {
  std::string name = {};
  /// One line, for the list of commands.
  std::string summary = {};
  /// What it does in the chapter's terms, for `help NAME`: paragraphs separated by empty lines;
  /// lines that start with a space (examples) are kept as they are.
  std::string description = {};
  /// What follows the name, e.g. "NAME..." or "[TEXT]"; empty: nothing may.
  std::string arguments = {};
  /// Names of the flags that it uses besides the common ones; giving another one is an error.
  std::vector<std::string> flags = {};
  /// Gets the positional arguments.
  std::function<absl::Status(const std::vector<std::string>&)> run = {};
};

struct Program {
  std::string name = {};
  std::string summary = {};
  std::vector<Command> commands = {};  // the first one is run when none is named
  std::string target = {};             // Bazel's label; "//NAME" if empty
};

/// Changes to the folder where the user typed `bazel run`, parses, sets the number of OpenMP
/// threads and runs the command. Returns the exit status for main: 0; 1 after printing `NAME:
/// message` on standard error, for a mistake in the command line, an error that the command
/// returned or an exception that it threw; 130 if it returned absl::CancelledError (Ctrl-C).
int RunProgram(const Program& program, int argc, char** argv);

/// Whether the user gave the flag on the command line (rather than leaving its default).
bool FlagWasGiven(const std::string& name);

/// Checks of numbers that a flag may hold; the message names the flag, its value and what it must
/// be:
/// "--drop_rate=1.5: must be at least 0 and less than 1".
absl::Status CheckFlagAtLeast(const std::string& name, double value, double minimum);
absl::Status CheckFlagBetween(const std::string& name, double value, double minimum,
                              double maximum);
absl::Status CheckFlagBelow(const std::string& name, double value, double minimum, double limit);
absl::Status CheckFlagAbove(const std::string& name, double value, double limit);

/// The first that is not OK: `FirstError({CheckFlagAtLeast(...), CheckFlagBelow(...)})`.
absl::Status FirstError(const std::vector<absl::Status>& statuses);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_COMMAND_LINE_H_
