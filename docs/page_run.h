// Runs the commands of a page, and compares what it says that they print.
//
//     PageRun run({{"//ch02_data", "/path/of/ch02_data"}}, "/tmp/folder");
//     const std::vector<Problem> problems = run.Check(page);
//
// Commands run in bash, in one folder for all of a page, where `bazel run` starts the given
// programs; `bazel test` and `bazel build` do nothing.

#ifndef GOKART_DOCS_PAGE_RUN_H_
#define GOKART_DOCS_PAGE_RUN_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "docs/markdown_page.h"
#include "docs/page_note.h"
#include "docs/problem.h"
#include "docs/program_help.h"

namespace gokart::docs {

struct PageProgram {
  std::string label;   // "//ch02_data"
  std::string path;    // of the binary
  bool is_run = true;  // else it is only asked which flags it has
};

class PageRun {
 public:
  /// `folder` is made, and commands run in it.
  PageRun(const std::vector<PageProgram>& programs, const std::string& folder);

  std::vector<Problem> Check(const MarkdownPage& page);

  /// What was run, and how long it took; for the test's log.
  const std::string& log() const { return log_; }

 private:
  struct Printed {
    bool was_run = false;
    std::string text;
  };

  absl::Status SetUp();
  void CheckCommands(const CodeBlock& block);
  void CheckSpan(const CodeSpan& span, const std::string& own_label);
  void RunBlock(const CodeBlock& block, const BlockNotes& notes);
  void CompareText(const CodeBlock& block, const BlockNotes& notes);
  /// Problems are those of `line`.
  Printed Run(const std::string& command, int line, bool fails);
  std::string ProblemOfCall(const std::string& label, const std::vector<std::string>& arguments);
  bool StartsOnlyProgramsThatAreRun(const std::string& line) const;
  void Add(int line, const std::string& message);

  std::map<std::string, PageProgram> programs_;  // by full label
  std::map<std::string, absl::StatusOr<ProgramHelp>> helps_;
  std::string folder_;
  std::map<std::string, std::string> printed_;  // by command
  Printed last_block_;
  std::string path_;
  std::vector<Problem> problems_;
  std::string log_;
};

}  // namespace gokart::docs

#endif  // GOKART_DOCS_PAGE_RUN_H_
