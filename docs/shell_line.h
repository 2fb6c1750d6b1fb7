// The commands of a shell's line, as far as it takes to look at them without running them.
//
//     CommandsOf("bazel run //ch02_data -- encode 'two words' | head -3  # ids")
//         == {{"bazel", "run", "//ch02_data", "--", "encode", "two words"}, {"head", "-3"}}

#ifndef GOKART_DOCS_SHELL_LINE_H_
#define GOKART_DOCS_SHELL_LINE_H_

#include <string>
#include <vector>

namespace gokart::docs {

struct ShellLine {
  int line = 0;  // the first one's, counted like `first_line`
  std::string text;
};

/// Lines that end in a backslash are joined with the next; empty lines and comments are left out.
std::vector<ShellLine> ShellLines(const std::vector<std::string>& lines, int first_line);

/// The words of each command of a line, without quotes; no redirections, no comment.
std::vector<std::vector<std::string>> CommandsOf(const std::string& line);

/// A command that calls Bazel.
struct BazelCall {
  std::string verb;                    // run, test, build
  std::vector<std::string> options;    // before or between the labels: "-c", "--config=asan"
  std::vector<std::string> labels;     // "//ch02_data"
  std::vector<std::string> arguments;  // what follows " -- ": the program's
};

/// All calls of Bazel in a line.
std::vector<BazelCall> BazelCallsOf(const std::string& line);

}  // namespace gokart::docs

#endif  // GOKART_DOCS_SHELL_LINE_H_
