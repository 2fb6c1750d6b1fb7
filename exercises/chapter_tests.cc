// The tests of a chapter's exercises (exercises/defs.bzl):
//
//     chapter_tests run      --source=FILE... --test=LABEL=PROGRAM...
//     chapter_tests prove    --source=FILE... --wrong=FILE... --test=LABEL=PROGRAM...
//     chapter_tests starters {--source=FILE --starter=PROGRAM --test=LABEL=PROGRAM}...
//
// `run` goes through the exercises, as the learner's files have them, and shows what does not pass
// yet. `prove`: see staircase.h. `starters` compares, file by file, a test program with the real
// starter file in it and the instrumented one.

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "exercises/attempt.h"
#include "exercises/exercise_file.h"
#include "exercises/staircase.h"
#include "exercises/test_run.h"
#include "exercises/wrong_answer.h"
#include "workshop/file.h"

namespace gokart::exercises {
namespace {

struct Arguments {
  std::vector<ExerciseFile> files;
  std::vector<std::string> starters;  // programs, one for each file
  Chapter chapter;
};

absl::Status ReadSource(const std::string& path, Arguments* arguments) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  auto file = ParseExerciseFile(path, *text);
  if (!file.ok()) return file.status();
  for (const Exercise& exercise : file->exercises) {
    arguments->chapter.exercises.push_back(exercise);
  }
  arguments->files.push_back(*std::move(file));
  return absl::OkStatus();
}

absl::Status ReadWrongAnswers(const std::string& path, Arguments* arguments) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  auto answers = ParseWrongAnswers(path, *text);
  if (!answers.ok()) return answers.status();
  for (WrongAnswer& answer : *answers) {
    arguments->chapter.wrong_answers.push_back(std::move(answer));
  }
  return absl::OkStatus();
}

absl::StatusOr<Arguments> Parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 2; i < argc; ++i) {
    absl::string_view word = argv[i];
    absl::Status status;
    if (absl::ConsumePrefix(&word, "--source=")) {
      status = ReadSource(std::string(word), &arguments);
    } else if (absl::ConsumePrefix(&word, "--wrong=")) {
      status = ReadWrongAnswers(std::string(word), &arguments);
    } else if (absl::ConsumePrefix(&word, "--starter=")) {
      arguments.starters.emplace_back(word);
    } else if (absl::ConsumePrefix(&word, "--test=") && absl::StrContains(word, '=')) {
      const size_t equals = word.find('=');
      arguments.chapter.programs[std::string(word.substr(0, equals))] =
          std::string(word.substr(equals + 1));
    } else {
      status = absl::InvalidArgumentError(absl::StrCat("unknown argument ", argv[i]));
    }
    if (!status.ok()) return status;
  }
  auto& exercises = arguments.chapter.exercises;
  std::sort(exercises.begin(), exercises.end(),
            [](const Exercise& a, const Exercise& b) { return ComesBefore(a.number, b.number); });
  return arguments;
}

std::string FileOf(const Arguments& arguments, const Exercise& exercise) {
  for (const ExerciseFile& file : arguments.files) {
    if (FindExercise(file, exercise.number) != nullptr) return file.path;
  }
  return "";
}

absl::StatusOr<bool> RunAll(const Arguments& arguments) {
  size_t passed = 0;
  const auto& exercises = arguments.chapter.exercises;
  for (const Exercise& exercise : exercises) {
    const auto attempt =
        TryExercise(exercise, FileOf(arguments, exercise), arguments.chapter.programs);
    if (!attempt.ok()) return attempt.status();
    std::printf("%s\n", Describe(exercise, *attempt).c_str());
    passed += attempt->state == Attempt::kPassed;
  }
  std::printf("\n%zu of %zu exercises pass\n", passed, exercises.size());
  return !exercises.empty() && passed == exercises.size();
}

absl::StatusOr<bool> ProveAll(const Arguments& arguments) {
  const auto proof = Prove(arguments.chapter);
  if (!proof.ok()) return proof.status();
  for (const std::string& problem : proof->problems) std::printf("%s\n", problem.c_str());
  std::printf("%zu exercises, %d test cases, %d of %zu wrong answers rejected, %d runs\n",
              arguments.chapter.exercises.size(), proof->cases, proof->rejected,
              arguments.chapter.wrong_answers.size(), proof->runs);
  return proof->problems.empty() && proof->cases > 0;
}

// Whether both programs say the same of the file's exercises, and that all of them are open.
absl::StatusOr<bool> SameAsStarter(const ExerciseFile& file, const std::string& starter,
                                   const Chapter& chapter) {
  std::string open;
  for (const Exercise& exercise : file.exercises) {
    absl::StrAppend(&open, exercise.number, "=starter ");
  }
  bool same = true;
  int cases = 0;
  for (const Exercise& exercise : file.exercises) {
    for (const ExerciseTest& test : exercise.tests) {
      const auto real = RunTests(starter, test.filter);
      if (!real.ok()) return real.status();
      const auto instrumented = RunTests(chapter.programs.at(test.target), test.filter, open);
      if (!instrumented.ok()) return instrumented.status();
      same &= real->cases.size() == instrumented->cases.size() && !real->cases.empty();
      for (size_t i = 0; same && i < real->cases.size(); ++i) {
        const CaseResult &a = real->cases[i], &b = instrumented->cases[i];
        const std::string missing = MissingExercise(a.output);
        const bool equal = a.name == b.name && !a.passed && !b.passed && !missing.empty() &&
                           missing == MissingExercise(b.output);
        if (!equal) std::printf("%s: the starter says\n%s\n", a.name.c_str(), a.output.c_str());
        same &= equal;
        ++cases;
      }
    }
  }
  std::printf("%s: %d test cases, %s\n", file.path.c_str(), cases,
              same ? "the same from both" : "NOT the same");
  return same && cases > 0;
}

absl::StatusOr<bool> CompareStarters(const Arguments& arguments) {
  if (arguments.files.empty() || arguments.files.size() != arguments.starters.size()) {
    return absl::InvalidArgumentError("expected a starter for each source");
  }
  bool same = true;
  for (size_t i = 0; i < arguments.files.size(); ++i) {
    const auto result = SameAsStarter(arguments.files[i], arguments.starters[i], arguments.chapter);
    if (!result.ok()) return result.status();
    same &= *result;
  }
  return same;
}

absl::StatusOr<bool> Main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  const absl::StatusOr<Arguments> arguments = Parse(argc, argv);
  if (!arguments.ok()) return arguments.status();
  if (mode == "run") return RunAll(*arguments);
  if (mode == "prove") return ProveAll(*arguments);
  if (mode == "starters") return CompareStarters(*arguments);
  return absl::InvalidArgumentError("expected run, prove or starters");
}

}  // namespace
}  // namespace gokart::exercises

int main(int argc, char** argv) {
  const absl::StatusOr<bool> ok = gokart::exercises::Main(argc, argv);
  if (!ok.ok()) std::fprintf(stderr, "%s\n", std::string(ok.status().message()).c_str());
  return ok.ok() && *ok ? 0 : 1;
}
