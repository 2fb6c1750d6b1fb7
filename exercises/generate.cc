// Makes source files at build time (exercises/defs.bzl):
//
//     generate starter ch02_data/merge_piece.cc OUT
//     generate instrumented ch02_data/merge_piece.cc OUT [WRONG_ANSWERS]

#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "exercises/exercise_file.h"
#include "exercises/instrument.h"
#include "exercises/starter.h"
#include "exercises/wrong_answer.h"
#include "workshop/file.h"

namespace gokart::exercises {
namespace {

absl::StatusOr<ExerciseFile> Read(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  return ParseExerciseFile(path, *text);
}

absl::StatusOr<std::string> Instrumented(const ExerciseFile& file, const std::string& path) {
  if (path.empty()) return MakeInstrumented(file, {});
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  const auto answers = ParseWrongAnswers(path, *text);
  if (!answers.ok()) return answers.status();
  return MakeInstrumented(file, *answers);
}

absl::Status Generate(const std::vector<std::string>& arguments) {
  if (arguments.size() != 3 && arguments.size() != 4) {
    return absl::InvalidArgumentError("expected: starter|instrumented FILE OUT [WRONG_ANSWERS]");
  }
  const absl::StatusOr<ExerciseFile> file = Read(arguments[1]);
  if (!file.ok()) return file.status();
  if (arguments[0] == "starter") return WriteFile(arguments[2], MakeStarter(*file));
  const auto text = Instrumented(*file, arguments.size() == 4 ? arguments[3] : "");
  return text.ok() ? WriteFile(arguments[2], *text) : text.status();
}

}  // namespace
}  // namespace gokart::exercises

int main(int argc, char** argv) {
  const absl::Status status =
      gokart::exercises::Generate(std::vector<std::string>(argv + 1, argv + argc));
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}
