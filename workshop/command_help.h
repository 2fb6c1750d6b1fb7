// The help pages of a chapter's binary: all its subcommands, or one with its flags.

#ifndef GOKART_WORKSHOP_COMMAND_HELP_H_
#define GOKART_WORKSHOP_COMMAND_HELP_H_

#include <string>
#include <vector>

#include "workshop/command_line.h"

namespace gokart {

/// Flags that every subcommand takes.
const std::vector<std::string>& CommonFlags();

/// How to call the program: "bazel run //ch05_pretrain".
std::string CallOf(const Program& program);

/// The page for `help`: the program, its subcommands with their summaries, the common flags.
std::string ProgramHelp(const Program& program, int width);

/// The page for `help NAME`: usage, description, each flag with its explanation and default.
std::string CommandHelp(const Program& program, const Command& command, int width);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_COMMAND_HELP_H_
