#include "workshop/command_line.h"

#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "workshop/command_help.h"
#include "workshop/nearest_name.h"
#include "workshop/terminal.h"

ABSL_FLAG(int, threads, 0, "Threads to compute with; 0: all cores. Results do not depend on it.");
ABSL_FLAG(uint64_t, seed, 123,
          "Seed of everything random. The same seed gives the same results; 123 those printed in "
          "the workshop.");

namespace gokart {
namespace {

constexpr int kMostThreads = 1024;
constexpr int kExitCancelled = 130;  // as a shell reports a program that Ctrl-C ended

std::set<std::string>& GivenFlags() {
  static auto& names = *new std::set<std::string>();
  return names;
}

// The command line taken apart; nothing is set yet.
struct ParsedLine {
  std::vector<std::pair<std::string, std::string>> flags;  // name, value
  std::vector<std::string> words;
  bool help = false;
};

std::string DidYouMean(const std::string& name, const std::vector<std::string>& names,
                       const std::string& dashes) {
  const std::string nearest = NearestName(name, names);
  return nearest.empty() ? "" : absl::StrCat("; did you mean ", dashes, nearest, "?");
}

bool IsBool(const std::string& name) {
  const absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
  return flag != nullptr && flag->IsOfType<bool>();
}

// Whether the flag's value is a T, or a T or nothing.
template <typename T>
bool Holds(const absl::CommandLineFlag& flag) {
  return flag.IsOfType<T>() || flag.IsOfType<std::optional<T>>();
}

std::string ExpectedValue(const absl::CommandLineFlag& flag) {
  if (Holds<bool>(flag)) return "true or false";
  if (Holds<float>(flag) || Holds<double>(flag)) return "a number";
  if (Holds<uint64_t>(flag) || Holds<uint32_t>(flag)) return "a whole number that is not negative";
  if (Holds<int>(flag) || Holds<int64_t>(flag)) return "a whole number";
  return "another value";
}

// One argument that starts with a dash. `next` is the argument after it, or nullptr; returns
// whether it was used as the flag's value.
absl::StatusOr<bool> ParseFlag(const std::string& argument, const char* next, ParsedLine* line) {
  std::string name = argument.substr(argument.find_first_not_of('-'));
  if (const size_t equals = name.find('='); equals != std::string::npos) {
    line->flags.emplace_back(name.substr(0, equals), name.substr(equals + 1));
    return false;
  }
  if (name == "help" || name == "h") {
    line->help = true;
  } else if (IsBool(name)) {
    line->flags.emplace_back(name, "true");
  } else if (absl::StartsWith(name, "no") && IsBool(name.substr(2))) {
    line->flags.emplace_back(name.substr(2), "false");
  } else if (absl::FindCommandLineFlag(name) == nullptr) {
    line->flags.emplace_back(name,
                             "");  // reported as unknown, by someone who knows what to suggest
  } else if (next == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("--", name, " needs a value: --", name, "=..."));
  } else {
    line->flags.emplace_back(name, next);
    return true;
  }
  return false;
}

absl::StatusOr<ParsedLine> ParseLine(int argc, char** argv) {
  ParsedLine line;
  bool only_words = false;  // after a lone "--"
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (only_words || argument.find_first_not_of('-') == std::string::npos || argument[0] != '-') {
      if (argument == "--" && !only_words) {
        only_words = true;
      } else {
        line.words.push_back(argument);
      }
      continue;
    }
    const absl::StatusOr<bool> used_next =
        ParseFlag(argument, i + 1 < argc ? argv[i + 1] : nullptr, &line);
    if (!used_next.ok()) return used_next.status();
    if (*used_next) ++i;
  }
  return line;
}

absl::Status SetFlag(const Command& command, const std::string& name, const std::string& value) {
  std::vector<std::string> usable = command.flags;
  usable.insert(usable.end(), CommonFlags().begin(), CommonFlags().end());
  absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
  if (std::find(usable.begin(), usable.end(), name) == usable.end()) {
    if (flag == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown flag --", name, DidYouMean(name, usable, "--")));
    }
    return absl::InvalidArgumentError(absl::StrCat("--", name, " is not a flag of '", command.name,
                                                   "'", DidYouMean(name, usable, "--")));
  }
  std::string error;
  if (flag == nullptr) return absl::InternalError(absl::StrCat("--", name, " is not defined"));
  if (!flag->ParseFrom(value, &error)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", name, "=", value, ": expected ", ExpectedValue(*flag)));
  }
  GivenFlags().insert(name);
  return absl::OkStatus();
}

absl::StatusOr<const Command*> FindCommand(const Program& program, const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : program.commands) {
    if (command.name == name) return &command;
    names.push_back(command.name);
  }
  names.push_back("help");
  std::string message =
      absl::StrCat("unknown subcommand '", name, "'", DidYouMean(name, names, ""));
  if (NearestName(name, names).empty()) {
    absl::StrAppend(&message, "; there are ", absl::StrJoin(names, ", "));
  }
  return absl::InvalidArgumentError(message);
}

absl::Status PrintHelp(const Program& program, const std::string& command_name) {
  const int width = ProseWidth(STDOUT_FILENO);
  if (command_name.empty() || command_name == "help") {
    std::fputs(ProgramHelp(program, width).c_str(), stdout);
    return absl::OkStatus();
  }
  const absl::StatusOr<const Command*> command = FindCommand(program, command_name);
  if (!command.ok()) return command.status();
  std::fputs(CommandHelp(program, **command, width).c_str(), stdout);
  return absl::OkStatus();
}

absl::Status SetThreads() {
  const int threads = absl::GetFlag(FLAGS_threads);
  if (absl::Status status = CheckFlagBetween("threads", threads, 0, kMostThreads); !status.ok())
    return status;
  if (threads > 0) omp_set_num_threads(threads);  // else OpenMP's own default: all cores
  return absl::OkStatus();
}

// `bazel run` starts the program in a folder of its own; paths are meant from where the user is.
absl::Status EnterWorkingDirectory() {
  const char* folder = std::getenv("BUILD_WORKING_DIRECTORY");
  if (folder == nullptr || chdir(folder) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot change to the folder ", folder));
}

absl::Status Run(const Program& program, int argc, char** argv) {
  if (absl::Status status = EnterWorkingDirectory(); !status.ok()) return status;
  absl::StatusOr<ParsedLine> line = ParseLine(argc, argv);
  if (!line.ok()) return line.status();
  std::vector<std::string>& words = line->words;
  const std::string name = words.empty() ? "" : words[0];
  if (name == "help" && words.size() > 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("'help' explains one subcommand, but got '", words[2], "' too"));
  }
  if (name == "help") return PrintHelp(program, words.size() > 1 ? words[1] : "");
  if (line->help) return PrintHelp(program, name);

  const absl::StatusOr<const Command*> command =
      words.empty() ? &program.commands.front() : FindCommand(program, name);
  if (!command.ok()) return command.status();
  for (const auto& [flag, value] : line->flags) {
    if (absl::Status status = SetFlag(**command, flag, value); !status.ok()) return status;
  }
  if (!words.empty()) words.erase(words.begin());
  if ((*command)->arguments.empty() && !words.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", (*command)->name, "' takes no arguments, but got '", words[0], "'"));
  }
  if (absl::Status status = SetThreads(); !status.ok()) return status;
  return (*command)->run(words);
}

absl::Status RunWithoutExceptions(const Program& program, int argc, char** argv) {
  try {
    return Run(program, argc, argv);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("out of memory");
  } catch (const std::exception& e) {
    return absl::InvalidArgumentError(e.what());
  }
}

// What was printed must have arrived: a full disk shows only when the buffer is flushed.
absl::Status FlushOutput() {
  if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("cannot write standard output: ", std::strerror(errno)));
}

// 1000000 for a million, as users write it, which StrCat writes as 1e+06.
std::string NumberText(double value) {
  constexpr double kAllDigits = 1e15;  // up to here a double has every digit of a whole number
  const bool whole = std::abs(value) < kAllDigits && value == std::trunc(value);
  return whole ? absl::StrCat(static_cast<int64_t>(value)) : absl::StrCat(value);
}

absl::Status CheckFlag(const std::string& name, double value, bool valid,
                       const std::string& expected) {
  if (valid) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", name, "=", NumberText(value), ": must be ", expected));
}

// OpenMP's threads wait for work by spinning, some milliseconds long unless told otherwise. Where
// other programs want the cores too, that makes everything many times slower; microseconds are
// enough. The library reads this variable when it is loaded, before main(), so the program starts
// itself once more.
void LimitSpinning(char** argv) {
  if (getenv("OMP_WAIT_POLICY") != nullptr || getenv("GOMP_SPINCOUNT") != nullptr) return;
  if (setenv("GOMP_SPINCOUNT", "20000", /*overwrite=*/1) == 0) execv("/proc/self/exe", argv);
}

}  // namespace

int RunProgram(const Program& program, int argc, char** argv) {
  LimitSpinning(argv);
  absl::Status status = RunWithoutExceptions(program, argc, argv);
  if (absl::Status flushed = FlushOutput(); status.ok()) status = flushed;
  if (status.ok()) return 0;
  const std::string message =
      absl::StrReplaceAll(absl::StripAsciiWhitespace(status.message()), {{"\n", "; "}});
  std::fprintf(stderr, "%s: %s\n", program.name.c_str(), message.c_str());
  return absl::IsCancelled(status) ? kExitCancelled : 1;
}

bool FlagWasGiven(const std::string& name) { return GivenFlags().count(name) > 0; }

// Written so that NaN passes none of them.
absl::Status CheckFlagAtLeast(const std::string& name, double value, double minimum) {
  return CheckFlag(name, value, value >= minimum, absl::StrCat("at least ", NumberText(minimum)));
}

absl::Status CheckFlagBetween(const std::string& name, double value, double minimum,
                              double maximum) {
  return CheckFlag(name, value, value >= minimum && value <= maximum,
                   absl::StrCat("between ", NumberText(minimum), " and ", NumberText(maximum)));
}

absl::Status CheckFlagBelow(const std::string& name, double value, double minimum, double limit) {
  return CheckFlag(
      name, value, value >= minimum && value < limit,
      absl::StrCat("at least ", NumberText(minimum), " and less than ", NumberText(limit)));
}

absl::Status CheckFlagAbove(const std::string& name, double value, double limit) {
  return CheckFlag(name, value, value > limit, absl::StrCat("greater than ", NumberText(limit)));
}

absl::Status FirstError(const std::vector<absl::Status>& statuses) {
  for (const absl::Status& status : statuses) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace gokart
