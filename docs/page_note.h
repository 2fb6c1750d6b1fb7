// The notes by which an author says how a block of code is checked; README.md explains them.
//
//     <!-- not run: needs GPT-2's weights -->      <!-- numbers within 5% -->
//     <!-- fails -->                               <!-- numbers may differ -->
//     <!-- printed by: bazel run //ch02_data -->

#ifndef GOKART_DOCS_PAGE_NOTE_H_
#define GOKART_DOCS_PAGE_NOTE_H_

#include <string>
#include <vector>

#include "docs/markdown_page.h"

namespace gokart::docs {

/// How near a quoted number must be to the one that is printed.
struct NumberRule {
  /// By what part of the larger one they may differ; infinity: any number will do. With 0, whole
  /// numbers are the same, and others may differ by one in their last digit.
  double tolerance = 0;
};

/// What the notes above a block say.
struct BlockNotes {
  bool not_run = false;
  bool fails = false;
  std::string printed_by;  // a command
  NumberRule numbers;
};

/// Notes that are about something else are left out.
BlockNotes NotesOf(const CodeBlock& block);

/// Whether the note has one of the forms that README.md knows. One with a slip would do nothing.
bool IsKnownNote(const std::string& note);

/// Names in code that `<!-- names elsewhere: A B -->` says are not the project's.
std::vector<std::string> NamesElsewhere(const MarkdownPage& page);

}  // namespace gokart::docs

#endif  // GOKART_DOCS_PAGE_NOTE_H_
