// Compares what a page says that a command prints with what it prints.
//
// `...` stands for anything: alone on a line for any number of lines, within a line for any text.
// Spaces at the ends of lines and empty lines at both ends do not count.

#ifndef GOKART_DOCS_QUOTED_OUTPUT_H_
#define GOKART_DOCS_QUOTED_OUTPUT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "docs/page_note.h"

namespace gokart::docs {

struct Quote {
  std::vector<std::string> lines;
  NumberRule numbers;
  bool excerpt = false;  // it may begin and end anywhere in the output
};

struct Mismatch {
  size_t index = 0;     // of the first line of the quote that does not fit
  std::string printed;  // what stands there instead
};

/// Nothing if the quote fits.
std::optional<Mismatch> FindMismatch(const Quote& quote, std::string_view output);

/// Whether one line fits. With a tolerance, runs of spaces and of ─ of any length are alike, since
/// columns grow with their numbers.
bool LineFits(std::string_view quoted, std::string_view printed, NumberRule numbers);

}  // namespace gokart::docs

#endif  // GOKART_DOCS_QUOTED_OUTPUT_H_
