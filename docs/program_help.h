// What a program of the workshop says about itself: its subcommands and their flags.

#ifndef GOKART_DOCS_PROGRAM_HELP_H_
#define GOKART_DOCS_PROGRAM_HELP_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace gokart::docs {

class ProgramHelp {
 public:
  /// Asks `program help`. Errors: it cannot be run, or has no such page.
  static absl::StatusOr<ProgramHelp> Ask(const std::string& program);

  /// "" if the program has the subcommand and the flags that are named; else what is wrong. Words
  /// in capitals stand for anything.
  std::string ProblemOf(const std::vector<std::string>& arguments);

  const std::vector<std::string>& subcommands() const { return subcommands_; }

 private:
  struct Page {
    std::vector<std::string> flags;
    bool takes_arguments = false;
  };

  absl::StatusOr<const Page*> PageOf(const std::string& subcommand);

  std::string program_;
  std::vector<std::string> subcommands_;  // the first one is run if none is named
  std::map<std::string, Page> pages_;
};

}  // namespace gokart::docs

#endif  // GOKART_DOCS_PROGRAM_HELP_H_
