#include "docs/page_run.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "docs/quoted_output.h"
#include "docs/repository.h"
#include "docs/shell_line.h"
#include "workshop/file.h"
#include "workshop/subprocess.h"

namespace gokart::docs {
namespace {

constexpr double kMostSeconds = 600;  // for one command, on a machine that is busy with others

std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

// Measures of speed have the flags of their own library, and take their time.
bool IsBenchmark(const std::string& label) { return absl::EndsWith(label, "_benchmark"); }

// The same command always looks the same: without its comment, words one space apart. A line that
// is more than one program with its arguments is left as it is.
std::string Normal(const std::string& line) {
  const auto commands = CommandsOf(line);
  if (commands.size() != 1 || line.find_first_of("<>$`") != line.npos) return line;
  return absl::StrJoin(commands[0], " ");
}

// A script with the name bazel, which starts the programs that are there.
std::string BazelScript(const std::map<std::string, PageProgram>& programs) {
  std::string script =
      "#!/bin/bash\n"
      "[ \"$1\" = run ] || exit 0\n"
      "shift\n"
      "while [ $# -gt 0 ]; do\n"
      "  case \"$1\" in\n"
      "    --) shift; break ;;\n"
      "    -c) shift 2 ;;\n"
      "    -*) shift ;;\n"
      "    *) label=$1; shift ;;\n"
      "  esac\n"
      "done\n"
      "case \"$label\" in *:*) ;; *) label=$label:${label##*/} ;; esac\n"
      "case \"$label\" in\n";
  for (const auto& [label, program] : programs) {
    if (!program.is_run) continue;
    absl::StrAppend(&script, "  ", Quoted(label), ") exec ", Quoted(program.path), " \"$@\" ;;\n");
  }
  return script + "  *) exit 0 ;;\nesac\n";
}

std::string LastLines(const std::string& text) {
  const absl::string_view stripped = absl::StripAsciiWhitespace(text);
  return std::string(stripped.substr(stripped.size() > 600 ? stripped.size() - 600 : 0));
}

}  // namespace

PageRun::PageRun(const std::vector<PageProgram>& programs, const std::string& folder)
    : folder_(folder) {
  for (PageProgram program : programs) {
    program.path = std::filesystem::absolute(program.path).string();
    programs_[FullLabel(program.label)] = program;
  }
}

void PageRun::Add(int line, const std::string& message) {
  problems_.push_back({path_, line, message});
}

absl::Status PageRun::SetUp() {
  const std::string bin = folder_ + "/bin", work = folder_ + "/work";
  for (const std::string& path : {bin, work}) {
    if (absl::Status status = MakeFolders(path); !status.ok()) return status;
  }
  if (absl::Status status = WriteFile(bin + "/bazel", BazelScript(programs_)); !status.ok()) {
    return status;
  }
  std::error_code error;
  std::filesystem::permissions(bin + "/bazel", std::filesystem::perms::owner_all, error);
  if (error) return ErrnoStatus(bin + "/bazel", error.value());
  const char* path = std::getenv("PATH");
  setenv("PATH", absl::StrCat(bin, ":", path == nullptr ? "" : path).c_str(), 1);
  setenv("COLUMNS", "80", 1);  // so wide are pages of text
  return absl::OkStatus();
}

std::vector<Problem> PageRun::Check(const MarkdownPage& page) {
  path_ = page.path;
  problems_.clear();
  if (absl::Status status = SetUp(); !status.ok()) {
    Add(1, status.ToString());
    return problems_;
  }
  const std::string own = absl::StrCat("//", path_.substr(0, path_.rfind('/')));
  for (const CodeSpan& span : page.spans) CheckSpan(span, own);
  for (const CodeBlock& block : page.blocks) {
    const BlockNotes notes = NotesOf(block);
    if (block.language == "sh") {
      CheckCommands(block);
      RunBlock(block, notes);
    } else if (block.language == "text") {
      CompareText(block, notes);
    }
  }
  std::stable_sort(problems_.begin(), problems_.end(),
                   [](const Problem& a, const Problem& b) { return a.line < b.line; });
  return problems_;
}

std::string PageRun::ProblemOfCall(const std::string& label,
                                   const std::vector<std::string>& arguments) {
  if (IsBenchmark(label)) return "";
  const auto program = programs_.find(FullLabel(label));
  if (program == programs_.end()) {
    return absl::StrCat(label, " is not among the programs of the page_test in docs/BUILD");
  }
  if (arguments.empty()) return "";
  auto help = helps_.find(program->first);
  if (help == helps_.end()) {
    help = helps_.emplace(program->first, ProgramHelp::Ask(program->second.path)).first;
  }
  if (!help->second.ok()) {  // one without subcommands shows what it takes when it is run
    return program->second.is_run ? "" : absl::StrCat(label, ": ", help->second.status().message());
  }
  const std::string problem = help->second->ProblemOf(arguments);
  return problem.empty() ? "" : absl::StrCat(label, ": ", problem);
}

void PageRun::CheckCommands(const CodeBlock& block) {
  for (const ShellLine& line : ShellLines(block.lines, block.line)) {
    for (const BazelCall& call : BazelCallsOf(line.text)) {
      if (call.verb != "run" || call.labels.empty()) continue;
      const std::string problem = ProblemOfCall(call.labels[0], call.arguments);
      if (!problem.empty()) Add(line.line, problem);
    }
  }
}

// `bazel run //PROGRAM -- ...`, or `SUBCOMMAND --flag ...` of the page's own program. That the
// target exists is checked elsewhere.
void PageRun::CheckSpan(const CodeSpan& span, const std::string& own_label) {
  for (const BazelCall& call : BazelCallsOf(span.text)) {
    if (call.verb != "run" || call.labels.empty() || call.arguments.empty()) continue;
    if (call.labels[0] == "//PROGRAM") continue;
    const std::string problem = ProblemOfCall(call.labels[0], call.arguments);
    if (!problem.empty()) Add(span.line, problem);
  }
  if (!absl::StrContains(span.text, " --") || programs_.count(FullLabel(own_label)) == 0) return;
  const auto commands = CommandsOf(span.text);
  if (commands.empty() || !ProblemOfCall(own_label, {commands[0][0]}).empty()) return;
  const std::string problem = ProblemOfCall(own_label, commands[0]);
  if (!problem.empty()) Add(span.line, problem);
}

bool PageRun::StartsOnlyProgramsThatAreRun(const std::string& line) const {
  for (const BazelCall& call : BazelCallsOf(line)) {
    if (call.verb != "run" || call.labels.empty()) return false;
    const auto program = programs_.find(FullLabel(call.labels[0]));
    if (program == programs_.end() || !program->second.is_run) return false;
  }
  return true;
}

PageRun::Printed PageRun::Run(const std::string& command, int line, bool fails) {
  const auto start = std::chrono::steady_clock::now();
  const absl::StatusOr<ProcessResult> result = RunProcess(
      {"bash", "-c",
       absl::StrCat("set -e -o pipefail; cd ", Quoted(folder_ + "/work"), "\n", command)},
      "", kMostSeconds);
  if (!result.ok()) {
    Add(line, result.status().ToString());
    return {};
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  absl::StrAppendFormat(&log_, "%6.2f s  %s\n", took.count(), command);
  if (fails && result->exit_status == 0) Add(line, "should fail, but does not");
  if (!fails && result->exit_status != 0) {
    Add(line, absl::StrCat("exit status ", result->exit_status, ": ", LastLines(result->errors)));
  }
  const std::string text = fails ? result->output + result->errors : result->output;
  printed_[Normal(command)] = text;
  return {true, text};
}

// Lines that all call Bazel are run one by one, so that what one of them prints can be quoted
// elsewhere in the page; other blocks are run as they are.
void PageRun::RunBlock(const CodeBlock& block, const BlockNotes& notes) {
  last_block_ = {};
  if (notes.not_run) return;
  const std::vector<ShellLine> lines = ShellLines(block.lines, block.line);
  const bool all_bazel = std::all_of(lines.begin(), lines.end(), [](const ShellLine& line) {
    return absl::StartsWith(line.text, "bazel ");
  });
  if (!all_bazel) {
    last_block_ = Run(absl::StrJoin(block.lines, "\n"), block.line, notes.fails);
    return;
  }
  for (const ShellLine& line : lines) {
    if (!StartsOnlyProgramsThatAreRun(line.text)) continue;
    const Printed printed = Run(line.text, line.line, notes.fails);
    last_block_.was_run |= printed.was_run;
    last_block_.text += printed.text;
  }
}

void PageRun::CompareText(const CodeBlock& block, const BlockNotes& notes) {
  if (notes.not_run) return;
  Printed printed = last_block_;
  Quote quote = {.lines = block.lines, .numbers = notes.numbers};
  if (!notes.printed_by.empty()) {
    CheckCommands({.line = block.line, .lines = {notes.printed_by}});
    const auto known = printed_.find(Normal(notes.printed_by));
    printed = known != printed_.end() ? Printed{true, known->second}
                                      : Run(notes.printed_by, block.line, notes.fails);
    quote.excerpt = true;
  } else if (!block.follows_block) {
    Add(block.line, "which command prints this? Say it: <!-- printed by: COMMAND -->");
    return;
  }
  if (!printed.was_run) {
    Add(block.line, "the command that prints this is not run: <!-- not run: WHY -->");
    return;
  }
  if (const auto mismatch = FindMismatch(quote, printed.text)) {
    const std::string& line = block.lines[mismatch->index];
    Add(block.line + static_cast<int>(mismatch->index),
        absl::StrCat("is not what is printed\n    here:    ", line,
                     "\n    printed: ", mismatch->printed));
  }
}

}  // namespace gokart::docs
