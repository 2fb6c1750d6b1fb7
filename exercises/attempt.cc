#include "exercises/attempt.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "exercises/test_run.h"

namespace gokart::exercises {
namespace {

// Of the files that a program was compiled from the one that holds the exercise.
absl::StatusOr<std::string> CompiledFile(const TestRun& run, const std::string& file) {
  for (const std::string& of_the_learner : {absl::StrCat("my/", file), file}) {
    if (std::find(run.files.begin(), run.files.end(), of_the_learner) != run.files.end()) {
      return of_the_learner;
    }
  }
  return absl::InternalError(
      absl::StrCat("the tests were compiled neither from my/", file, " nor from ", file));
}

// A test that goes on after a failure may print several; the first is enough to work on.
std::string FirstExpectation(const std::string& output) {
  constexpr char kFailure[] = ": Failure\n";
  const size_t first = output.find(kFailure);
  const size_t second = first == output.npos ? first : output.find(kFailure, first + 1);
  if (second == output.npos) return output;
  return output.substr(0, output.rfind('\n', second) + 1);
}

void Judge(const Exercise& exercise, const CaseResult& failure, Attempt* attempt) {
  attempt->failed_case = failure.name;
  attempt->output = failure.finished
                        ? FirstExpectation(failure.output)
                        : absl::StrCat(failure.output, "the program ended within this test\n");
  const std::string missing = MissingExercise(failure.output);
  if (missing == exercise.number) {
    attempt->state = Attempt::kOpen;
  } else if (!missing.empty()) {
    attempt->state = Attempt::kBlocked;
    attempt->needs = missing;
  } else {
    attempt->state = Attempt::kFailed;
  }
}

}  // namespace

absl::StatusOr<Attempt> TryExercise(const Exercise& exercise, const std::string& file,
                                    const std::map<std::string, std::string>& programs) {
  Attempt attempt = {.state = Attempt::kPassed};
  for (const ExerciseTest& test : exercise.tests) {
    const auto program = programs.find(test.target);
    if (program == programs.end()) {
      return absl::NotFoundError(absl::StrCat(test.target, " is no exercise test"));
    }
    const auto run = RunTests(program->second, test.filter);
    if (!run.ok()) return run.status();
    if (run->cases.empty()) {
      return absl::NotFoundError(absl::StrCat(test.target, " has no test ", test.filter));
    }
    auto compiled_from = CompiledFile(*run, file);
    if (!compiled_from.ok()) return compiled_from.status();
    attempt.compiled_from = *std::move(compiled_from);
    attempt.cases += static_cast<int>(run->cases.size());
    for (const CaseResult& result : run->cases) {
      attempt.passed += result.passed;
      if (!result.passed && attempt.failed_case.empty()) Judge(exercise, result, &attempt);
    }
    if (attempt.failed_case.empty() && !run->passed()) {
      return absl::InternalError(absl::StrCat(test.target, " ended with status ", run->exit_status,
                                              " after its tests passed"));
    }
  }
  return attempt;
}

bool IsLearners(const Attempt& attempt) { return attempt.compiled_from.starts_with("my/"); }

std::string Describe(const Exercise& exercise, const Attempt& attempt) {
  std::string state;
  switch (attempt.state) {
    case Attempt::kPassed:
      state = IsLearners(attempt) ? "passed" : "not started, and passed by the project's own file";
      break;
    case Attempt::kOpen:
      state = "not written yet";
      break;
    case Attempt::kBlocked:
      state = absl::StrCat("waits for exercise ", attempt.needs);
      break;
    case Attempt::kFailed:
      state = "FAILED";
      break;
  }
  const std::string line =
      absl::StrCat(exercise.number, "  ", exercise.title, ": ", state, "\n     ", attempt.passed,
                   " of ", attempt.cases, attempt.cases == 1 ? " test, " : " tests, ",
                   "compiled from ", attempt.compiled_from);
  if (attempt.state != Attempt::kFailed) return line;
  return absl::StrCat(line, "\n\n", attempt.failed_case, "\n", attempt.output,
                      "Read: ", exercise.read, "\n");
}

}  // namespace gokart::exercises
