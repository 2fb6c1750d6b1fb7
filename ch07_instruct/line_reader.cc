#include "ch07_instruct/line_reader.h"

#include <editline/readline.h>
#include <signal.h>
#include <unistd.h>

#include <clocale>
#include <cstdio>  // before the next one, which uses FILE
#include <cstdlib>
#include <iostream>

#include "workshop/terminal.h"

namespace gokart {
namespace {

volatile sig_atomic_t interrupted = 0;

void OnInterrupt(int) { interrupted = 1; }

// Ctrl-C ends the call that waits for a key, and not the program, while one lives.
class InterruptsReading {
 public:
  InterruptsReading() {
    interrupted = 0;
    struct sigaction action {};
    action.sa_handler = OnInterrupt;  // without SA_RESTART, so that reading ends
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &old_);
  }
  ~InterruptsReading() { sigaction(SIGINT, &old_, nullptr); }

 private:
  struct sigaction old_;
};

}  // namespace

LineReader::LineReader() : on_terminal_(IsTerminal(STDIN_FILENO) && IsTerminal(STDOUT_FILENO)) {
  // libedit needs to know that letters may be several bytes long.
  if (on_terminal_ && std::setlocale(LC_CTYPE, "") == nullptr) {
    std::setlocale(LC_CTYPE, "C.UTF-8");
  }
}

std::optional<std::string> LineReader::Read(const std::string& prompt) {
  if (!on_terminal_) {
    std::string line;
    if (!std::getline(std::cin, line)) return std::nullopt;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return line;
  }
  const InterruptsReading interrupts;
  char* typed = readline(prompt.c_str());
  if (typed == nullptr && interrupted) {
    std::printf("\n");
    return "";
  }
  if (typed == nullptr) return std::nullopt;
  std::string line = typed;
  std::free(typed);
  if (line.find_first_not_of(' ') != std::string::npos) add_history(line.c_str());
  return line;
}

}  // namespace gokart
