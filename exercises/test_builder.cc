#include "exercises/test_builder.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "workshop/subprocess.h"

namespace gokart::exercises {
namespace {

constexpr double kSeconds = 3600;  // the first build compiles the whole engine

bool IsBazels(absl::string_view line) {
  for (const absl::string_view start :
       {"Loading", "Analyzing", "INFO:", "FAILED:", "Target ", "Use --", "ERROR: ", "DEBUG:",
        "Another command", "Starting local", "  bazel-", "[", "Extracting", "WARNING:"}) {
    if (absl::StartsWith(line, start)) return true;
  }
  return line.empty();
}

}  // namespace

std::string CompilerErrors(std::string_view output, int max_lines) {
  std::string errors, all;
  int lines = 0, left_out = 0;
  for (const absl::string_view line :
       absl::StrSplit(absl::string_view(output.data(), output.size()), '\n')) {
    absl::StrAppend(&all, line, "\n");
    if (IsBazels(line)) continue;
    if (lines++ < max_lines) {
      absl::StrAppend(&errors, line, "\n");
    } else {
      ++left_out;
    }
  }
  if (errors.empty()) return all;  // not the compiler: say all there is
  if (left_out > 0) absl::StrAppend(&errors, "(and ", left_out, " more lines)\n");
  return errors;
}

absl::StatusOr<BuildResult> BuildTests(const std::string& root,
                                       const std::vector<std::string>& targets) {
  std::vector<std::string> command = {"env",   "--chdir=" + root, "bazel",
                                      "build", "--color=no",      "--noshow_progress"};
  BuildResult result;
  for (const std::string& target : targets) {
    command.push_back(target + "_mine");
    // "//ch02_data:x_test" -> "ROOT/bazel-bin/ch02_data/x_test_mine"
    std::string path(absl::StripPrefix(target, "//"));
    path = path.replace(path.find(':'), 1, "/");
    result.programs[target] = absl::StrCat(root, "/bazel-bin/", path, "_mine");
  }
  const auto built = RunProcess(command, "", kSeconds);
  if (!built.ok()) return built.status();
  if (built->exit_status != 0) result.errors = CompilerErrors(built->errors);
  return result;
}

}  // namespace gokart::exercises
