#include "workshop/command_help.h"

#include <algorithm>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "workshop/section.h"
#include "workshop/text_width.h"

namespace gokart {
namespace {

// "--name (default: 2)" and below it what the flag means.
std::string FlagHelp(const std::string& name, int width) {
  const absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
  if (flag == nullptr) return absl::StrCat("  --", name, "\n");
  std::string value = flag->DefaultValue();
  if (value.empty()) value = "none";
  return absl::StrCat("  --", name, "  (default: ", value, ")\n", WrapText(flag->Help(), width, 6));
}

std::string FlagsHelp(const std::string& title, const std::vector<std::string>& names, int width) {
  if (names.empty()) return "";
  std::string text = absl::StrCat("\n", title, ":\n");
  for (const std::string& name : names) text += FlagHelp(name, width);
  return text;
}

}  // namespace

const std::vector<std::string>& CommonFlags() {
  static const auto& names = *new std::vector<std::string>{"threads", "seed"};
  return names;
}

std::string CallOf(const Program& program) {
  return "bazel run " + (program.target.empty() ? "//" + program.name : program.target);
}

std::string ProgramHelp(const Program& program, int width) {
  std::string text = WrapText(program.summary, width);
  absl::StrAppend(&text, "\nUsage:  ", CallOf(program), " -- SUBCOMMAND [FLAGS]\n\nSubcommands:\n");
  int widest = 0;
  for (const Command& command : program.commands) {
    widest = std::max(widest, DisplayWidth(command.name));
  }
  for (const Command& command : program.commands) {
    const bool first = &command == &program.commands.front();
    const std::string summary =
        command.summary + (first ? " (This is what runs if none is named.)" : "");
    // Wrapped lines continue under the summary.
    std::string block = WrapText(summary, width, widest + 4);
    block.replace(0, widest + 4, "  " + PadRight(command.name, widest + 2));
    text += block;
  }
  absl::StrAppend(&text, "\nEach with its flags:  ", CallOf(program), " -- help SUBCOMMAND\n");
  return text + FlagsHelp("Flags of every subcommand", CommonFlags(), width);
}

std::string CommandHelp(const Program& program, const Command& command, int width) {
  std::string text = WrapText(absl::StrCat(command.name, ": ", command.summary), width);
  absl::StrAppend(&text, "\nUsage:  ", CallOf(program), " -- ", command.name,
                  command.flags.empty() ? "" : " [FLAGS]", command.arguments.empty() ? "" : " ",
                  command.arguments, "\n");
  if (!command.description.empty())
    absl::StrAppend(&text, "\n", WrapText(command.description, width));
  text += FlagsHelp("Flags", command.flags, width);
  return text + FlagsHelp("Flags of every subcommand", CommonFlags(), width);
}

}  // namespace gokart
