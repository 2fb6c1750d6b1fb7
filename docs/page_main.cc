// Checks the commands and quoted outputs of one page: see README.md.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "docs/page_run.h"
#include "workshop/file.h"

int main(int argc, char** argv) {
  using namespace gokart::docs;  // NOLINT: all of it
  std::string path;
  std::vector<PageProgram> programs;
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    const bool is_run = absl::ConsumePrefix(&argument, "--run=");
    if (is_run || absl::ConsumePrefix(&argument, "--ask=")) {
      const size_t equals = argument.find('=');
      programs.push_back({.label = std::string(argument.substr(0, equals)),
                          .path = std::string(argument.substr(equals + 1)),
                          .is_run = is_run});
    } else {
      path = std::string(argument);
    }
  }
  const absl::StatusOr<std::string> text = gokart::ReadFile(path);
  if (!text.ok()) {
    std::fprintf(stderr, "%s\n", text.status().ToString().c_str());
    return 1;
  }
  const char* folder = std::getenv("TEST_TMPDIR");
  PageRun run(programs, folder == nullptr ? "." : folder);
  const std::vector<Problem> problems = run.Check(ParseMarkdown(path, *text));
  std::printf("%s", run.log().c_str());
  for (const Problem& problem : problems) std::printf("%s\n", Describe(problem).c_str());
  std::printf("%zu problems\n", problems.size());
  return problems.empty() ? 0 : 1;
}
