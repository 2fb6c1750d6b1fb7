#include "exercises/test_run.h"

#include <filesystem>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "exercises/compiled_from.h"
#include "workshop/subprocess.h"

namespace gokart::exercises {
namespace {

// Bazel tells its tests of filters and files through the environment; these are not for ours.
std::vector<std::string> Command(const std::string& binary, const std::string& filter,
                                 const std::string& choices) {
  // Test data are found from the folder that Bazel makes for the program, or else from this one.
  const std::string runfiles = binary + ".runfiles/gokart";
  std::error_code ignored;
  std::string folder = ".", program = binary;
  if (std::filesystem::is_directory(runfiles, ignored)) {
    folder = runfiles;
    program = std::filesystem::absolute(binary).string();
  }
  return {"env",
          absl::StrCat("--chdir=", folder),
          "--unset=XML_OUTPUT_FILE",
          "--unset=TESTBRIDGE_TEST_ONLY",
          "--unset=TEST_PREMATURE_EXIT_FILE",
          "--unset=TEST_SHARD_INDEX",
          "--unset=TEST_TOTAL_SHARDS",
          "--unset=TEST_SHARD_STATUS_FILE",
          "GOKART_SHOW_FILES=1",
          absl::StrCat("GOKART_EXERCISES=", choices),
          program,
          absl::StrCat("--gtest_filter=", filter),
          "--gtest_color=no"};
}

// "A.B" of "A.B (3 ms)" and "A.B, where GetParam() = 4 (3 ms)".
std::string CaseName(absl::string_view line) {
  return std::string(line.substr(0, line.find_first_of(" ,")));
}

}  // namespace

bool TestRun::passed() const {
  return !cases.empty() && exit_status == 0 && FirstFailure() == nullptr;
}

const CaseResult* TestRun::FirstFailure() const {
  for (const CaseResult& result : cases) {
    if (!result.passed) return &result;
  }
  return nullptr;
}

TestRun ParseTestRun(std::string_view output, std::string_view errors, int exit_status) {
  TestRun run = {.exit_status = exit_status};
  for (absl::string_view line :
       absl::StrSplit(absl::string_view(errors.data(), errors.size()), '\n')) {
    if (absl::ConsumePrefix(&line, kCompiledFrom)) run.files.emplace_back(line);
  }
  CaseResult* open = nullptr;  // the case that is running
  for (absl::string_view line :
       absl::StrSplit(absl::string_view(output.data(), output.size()), '\n')) {
    const absl::string_view whole = line;
    if (absl::ConsumePrefix(&line, "[ RUN      ] ")) {
      open = &run.cases.emplace_back();
      open->name = CaseName(line);
    } else if (open != nullptr && absl::ConsumePrefix(&line, "[       OK ] ") &&
               CaseName(line) == open->name) {
      open->passed = open->finished = true;
      open = nullptr;
    } else if (open != nullptr &&
               (absl::ConsumePrefix(&line, "[  FAILED  ] ") ||
                absl::ConsumePrefix(&line, "[  SKIPPED ] ")) &&
               CaseName(line) == open->name) {
      open->finished = true;
      open = nullptr;
    } else if (open != nullptr) {
      absl::StrAppend(&open->output, whole, "\n");
    }
  }
  return run;
}

absl::StatusOr<TestRun> RunTests(const std::string& binary, const std::string& filter,
                                 const std::string& choices, double seconds) {
  const auto result = RunProcess(Command(binary, filter, choices), "", seconds);
  if (!result.ok()) {
    return absl::Status(result.status().code(),
                        absl::StrCat(binary, " ", filter, ": ", result.status().message()));
  }
  TestRun run = ParseTestRun(result->output, result->errors, result->exit_status);
  if (run.cases.empty() && run.exit_status != 0) {
    return absl::InternalError(absl::StrCat(binary, " ended with status ", run.exit_status,
                                            " before its first test: ", result->errors));
  }
  return run;
}

absl::StatusOr<std::vector<std::string>> ListCases(const std::string& binary,
                                                   const std::string& filter) {
  std::vector<std::string> command = Command(binary, filter, "");
  command.push_back("--gtest_list_tests");
  const auto result = RunProcess(command);
  if (!result.ok()) return result.status();
  if (result->exit_status != 0) {
    return absl::InternalError(
        absl::StrCat(binary, " ended with status ", result->exit_status, ": ", result->errors));
  }
  // "Suite." and under it "  Case  # of parameterised tests: GetParam() = 3".
  std::vector<std::string> names;
  std::string suite;
  for (absl::string_view line : absl::StrSplit(result->output, '\n')) {
    line = line.substr(0, line.find("  #"));
    if (absl::ConsumePrefix(&line, "  ")) {
      names.push_back(absl::StrCat(suite, line));
    } else if (absl::EndsWith(line, ".")) {
      suite = std::string(line);
    }
  }
  return names;
}

std::string MissingExercise(std::string_view output) {
  const absl::string_view text(output.data(), output.size());
  constexpr absl::string_view kBefore = "exercise ", kAfter = " is not written yet";
  const size_t after = text.find(kAfter);
  if (after == text.npos) return "";
  const size_t before = text.rfind(kBefore, after);
  if (before == text.npos) return "";
  return std::string(text.substr(before + kBefore.size(), after - before - kBefore.size()));
}

}  // namespace gokart::exercises
