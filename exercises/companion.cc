#include "exercises/companion.h"

#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "exercises/folder_watch.h"
#include "workshop/interrupt.h"
#include "workshop/section.h"
#include "workshop/table.h"
#include "workshop/terminal.h"

namespace gokart::exercises {
namespace {

constexpr char kKeys[] =
    "h hint   n next   l list   d solution's difference   r run again   q quit";

// Single keys without Enter, while one lives.
class KeyInput {
 public:
  KeyInput() : is_terminal_(isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &old_) == 0) {
    if (!is_terminal_) return;
    termios keys = old_;
    keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &keys);
  }
  ~KeyInput() {
    if (is_terminal_) tcsetattr(STDIN_FILENO, TCSANOW, &old_);
  }

 private:
  termios old_ = {};
  bool is_terminal_;
};

class Companion {
 public:
  Companion(const std::string& root, const Catalog& catalog, const LearnersFolder& folder,
            Session& session)
      : catalog_(catalog), folder_(folder), session_(session), watch_(root + "/my") {}

  absl::Status Run() {
    if (!watch_.status().ok()) return watch_.status();
    InterruptGuard interrupt;
    const KeyInput keys;
    absl::Status status = Show();
    bool go_on = true;
    while (status.ok() && go_on && !interrupt.Requested()) {
      const FolderWatch::Event event = watch_.Wait(input_ended_ ? -1 : STDIN_FILENO, 1000);
      if (event == FolderWatch::Event::kChanged) {
        skip_.clear();
        status = Show();
      } else if (event == FolderWatch::Event::kInput) {
        status = AnswerKey(&go_on);
      }
    }
    std::printf("\n");
    return status;
  }

 private:
  static void Print(const std::string& text) {
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
  }

  absl::Status AnswerKey(bool* go_on) {
    char key = 0;
    if (read(STDIN_FILENO, &key, 1) != 1) {
      input_ended_ = true;
      *go_on = isatty(STDOUT_FILENO) == 0;  // without a terminal: watch on, until a signal
      return absl::OkStatus();
    }
    switch (key) {
      case 'q':
        *go_on = false;
        break;
      case 'r':
        skip_.clear();
        return Show();
      case 'n':
        if (shown_) skip_ = shown_->entry.exercise->number;
        return Show();
      case 'h':
        if (shown_) Print(WrapText(session_.NextHint(*shown_->entry.exercise), Width()));
        break;
      case 'l':
        Print(ListOfExercises(catalog_, session_, Width()));
        break;
      case 'd':
        if (shown_) ShowDifference();
        break;
    }
    return absl::OkStatus();
  }

  void ShowDifference() {
    const auto diff = folder_.Diff(*shown_->entry.file, *shown_->entry.exercise);
    Print(diff.ok() ? diff->empty() ? "The same as the solution.\n" : *diff
                    : std::string(diff.status().message()) + "\n");
  }

  static int Width() { return ProseWidth(STDOUT_FILENO); }

  absl::Status Show() {
    if (IsTerminal(STDOUT_FILENO)) Print("\033[2J\033[H");
    Print("Building and testing your files ...\n");
    const absl::StatusOr<std::optional<Tried>> tried = session_.Advance(skip_);
    if (!tried.ok()) return tried.status();
    shown_ = *tried;
    if (IsTerminal(STDOUT_FILENO)) Print("\033[2J\033[H");
    Print(shown_ ? Page(*shown_, Width()) : NothingOpen());
    Print(absl::StrCat("\n", session_.Bars(30), "\n", kKeys, "\n"));
    return absl::OkStatus();
  }

  // The chapters come first; the engine, which is harder, last.
  std::string NotStarted() const {
    std::string engine;
    for (const CatalogEntry& entry : catalog_.entries) {
      if (session_.StateOf(entry) != Session::State::kNotStarted) continue;
      const std::string name = ChapterName(*entry.file);
      if (name != "engine") return name;
      engine = name;
    }
    return engine;
  }

  std::string NothingOpen() const {
    if (const std::string chapter = NotStarted(); !chapter.empty()) {
      return absl::StrCat(
          skip_.empty() ? "All that you have started passes. " : "Nothing open behind that one. ",
          "To go on:\n\n  bazel run //:exercise -- start ", chapter, "\n");
    }
    return "Every exercise of the workshop passes. You have built a language model from scratch.\n";
  }

  const Catalog& catalog_;
  const LearnersFolder& folder_;
  Session& session_;
  FolderWatch watch_;
  std::optional<Tried> shown_;
  std::string skip_;  // begin after this exercise
  bool input_ended_ = false;
};

}  // namespace

absl::Status RunCompanion(const std::string& root, const Catalog& catalog,
                          const LearnersFolder& folder, Session& session) {
  return Companion(root, catalog, folder, session).Run();
}

std::string Page(const Tried& tried, int width) {
  const Exercise& exercise = *tried.entry.exercise;
  std::string text =
      absl::StrCat(Bold(absl::StrCat("Exercise ", exercise.number, "  ", exercise.title),
                        UseColor(STDOUT_FILENO)),
                   "\n", LearnersFolder::PathOf(*tried.entry.file), "\n\n",
                   WrapText(exercise.task, width), "\n");
  if (!tried.build_errors.empty()) {
    return absl::StrCat(text, "It does not compile:\n\n", tried.build_errors);
  }
  const Attempt& attempt = tried.attempt;
  const std::string tests = absl::StrCat(attempt.passed, " of ", attempt.cases, " tests pass");
  switch (attempt.state) {
    case Attempt::kPassed:
      return absl::StrCat(text, "Passed: ", tests, ".\n");
    case Attempt::kOpen:
      return absl::StrCat(text, "Not written yet. Read: ", exercise.read, "\n");
    case Attempt::kBlocked:
      return absl::StrCat(text, "It needs exercise ", attempt.needs,
                          ", which is not written yet.\n");
    case Attempt::kFailed:
      break;
  }
  return absl::StrCat(text, tests, ". The first that does not: ", attempt.failed_case, "\n\n",
                      attempt.output, "\nRead: ", exercise.read, "\n");
}

std::string ListOfExercises(const Catalog& catalog, const Session& session, int width) {
  Table table({"exercise", "state", "title", "file"});
  for (const CatalogEntry& entry : catalog.entries) {
    std::string state;
    switch (session.StateOf(entry)) {
      case Session::State::kNotStarted:
        break;
      case Session::State::kOpen:
        state = "open";
        break;
      case Session::State::kPassed:
        state = "passed";
        break;
    }
    table.AddRow({entry.exercise->number, state, entry.exercise->title, entry.file->path});
  }
  return table.ToText(width);
}

}  // namespace gokart::exercises
