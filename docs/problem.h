// Something that a page says and that is not so.

#ifndef GOKART_DOCS_PROBLEM_H_
#define GOKART_DOCS_PROBLEM_H_

#include <string>

#include "absl/strings/str_cat.h"

namespace gokart::docs {

struct Problem {
  std::string path;
  int line = 0;
  std::string message;
};

/// "ch02_data/README.md:12: there is no ..."
inline std::string Describe(const Problem& problem) {
  return absl::StrCat(problem.path, ":", problem.line, ": ", problem.message);
}

}  // namespace gokart::docs

#endif  // GOKART_DOCS_PROBLEM_H_
