#include "docs/program_help.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "workshop/subprocess.h"

namespace gokart::docs {
namespace {

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// SUBCOMMAND, NAME: for the reader to fill in.
bool IsPlaceholder(const std::string& word) {
  return std::all_of(word.begin(), word.end(),
                     [](char c) { return absl::ascii_isupper(c) || c == '_' || c == '.'; });
}

absl::StatusOr<std::string> HelpText(const std::string& program, const std::string& subcommand) {
  std::vector<std::string> command = {program, "help"};
  if (!subcommand.empty()) command.push_back(subcommand);
  const absl::StatusOr<ProcessResult> result = RunProcess(command);
  if (!result.ok()) return result.status();
  if (result->exit_status != 0) return absl::NotFoundError(result->errors);
  return result->output;
}

// The line's first word, if the line is indented by two spaces.
std::string EntryOf(absl::string_view line) {
  if (!absl::StartsWith(line, "  ") || line.size() < 3 || line[2] == ' ') return "";
  return std::string(line.substr(2, line.substr(2).find(' ')));
}

}  // namespace

absl::StatusOr<ProgramHelp> ProgramHelp::Ask(const std::string& program) {
  const absl::StatusOr<std::string> text = HelpText(program, "");
  if (!text.ok()) return text.status();
  ProgramHelp help;
  help.program_ = program;
  bool in_list = false;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    if (line == "Subcommands:") in_list = true;
    if (line.empty()) in_list = false;
    if (const std::string name = EntryOf(line); in_list && !name.empty()) {
      help.subcommands_.push_back(name);
    }
  }
  if (help.subcommands_.empty()) {
    return absl::NotFoundError(absl::StrCat("`help` lists no subcommands"));
  }
  return help;
}

absl::StatusOr<const ProgramHelp::Page*> ProgramHelp::PageOf(const std::string& subcommand) {
  const auto known = pages_.find(subcommand);
  if (known != pages_.end()) return &known->second;
  const absl::StatusOr<std::string> text = HelpText(program_, subcommand);
  if (!text.ok()) return text.status();
  Page page;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    const std::string entry = EntryOf(line);
    if (absl::StartsWith(entry, "--")) page.flags.push_back(entry.substr(2));
    if (absl::StartsWith(line, "Usage:")) {
      const size_t name = line.find(absl::StrCat(" -- ", subcommand));
      absl::string_view rest = line.substr(std::min(name, line.size()));
      rest.remove_prefix(std::min(rest.size(), subcommand.size() + 4));
      if (absl::StartsWith(rest, " [FLAGS]")) rest.remove_prefix(8);
      page.takes_arguments = !absl::StripAsciiWhitespace(rest).empty();
    }
  }
  return &(pages_[subcommand] = std::move(page));
}

std::string ProgramHelp::ProblemOf(const std::vector<std::string>& arguments) {
  std::string subcommand;
  std::vector<std::string> flags, words;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      words.insert(words.end(), arguments.begin() + i + 1, arguments.end());
      break;
    }
    if (argument.size() > 1 && argument[0] == '-' && !absl::ascii_isdigit(argument[1])) {
      flags.push_back(argument.substr(argument.find_first_not_of('-')));
    } else if (subcommand.empty()) {
      subcommand = argument;
    } else if (subcommand == "help" || !IsPlaceholder(argument)) {
      words.push_back(argument);
    }
  }
  if (subcommand == "help") {
    const bool known = words.empty() || IsPlaceholder(words[0]) || Contains(subcommands_, words[0]);
    return known ? "" : absl::StrCat("there is no subcommand ", words[0]);
  }
  if (subcommand.empty()) subcommand = subcommands_[0];
  if (IsPlaceholder(subcommand)) return "";
  if (!Contains(subcommands_, subcommand)) {
    return absl::StrCat("there is no subcommand ", subcommand);
  }
  const absl::StatusOr<const Page*> page = PageOf(subcommand);
  if (!page.ok()) return page.status().ToString();
  for (const std::string& flag : flags) {
    const std::string name = flag.substr(0, flag.find('='));
    if (name == "help" || Contains((*page)->flags, name)) continue;
    if (absl::StartsWith(name, "no") && Contains((*page)->flags, name.substr(2))) continue;
    return absl::StrCat("'", subcommand, "' has no flag --", name);
  }
  // Flags may have their values behind them as words, so words are no proof where there are flags.
  if (flags.empty() && !words.empty() && !(*page)->takes_arguments) {
    return absl::StrCat("'", subcommand, "' takes no arguments");
  }
  return "";
}

}  // namespace gokart::docs
