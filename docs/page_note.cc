#include "docs/page_note.h"

#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace gokart::docs {
namespace {

// If `note` says something about how its block is checked, `notes` says it too, and the result is
// true.
bool Read(const std::string& note, BlockNotes* notes) {
  absl::string_view rest = note;
  if (absl::ConsumePrefix(&rest, "not run: ")) {
    notes->not_run = true;
    return !rest.empty();
  }
  if (absl::ConsumePrefix(&rest, "printed by: ")) {
    notes->printed_by = std::string(rest);
    return !rest.empty();
  }
  if (absl::ConsumePrefix(&rest, "numbers within ")) {
    double percent = 0;
    const bool good = absl::ConsumeSuffix(&rest, "%") && absl::SimpleAtod(rest, &percent);
    notes->numbers.tolerance = percent / 100;
    return good && percent > 0;
  }
  if (note == "numbers may differ") {
    notes->numbers.tolerance = std::numeric_limits<double>::infinity();
    return true;
  }
  if (note == "fails") notes->fails = true;
  return note == "fails";
}

}  // namespace

BlockNotes NotesOf(const CodeBlock& block) {
  BlockNotes notes;
  for (const Note& note : block.notes) Read(note.text, &notes);
  return notes;
}

bool IsKnownNote(const std::string& note) {
  BlockNotes ignored;
  if (Read(note, &ignored)) return true;
  for (const char* start : {"names elsewhere: ", "note: ", "exercises of "}) {
    if (absl::StartsWith(note, start)) return true;
  }
  return note == "end of exercises";
}

std::vector<std::string> NamesElsewhere(const MarkdownPage& page) {
  std::vector<std::string> names;
  for (const Note& note : page.notes) {
    absl::string_view rest = note.text;
    if (!absl::ConsumePrefix(&rest, "names elsewhere: ")) continue;
    for (const absl::string_view name : absl::StrSplit(rest, absl::ByAnyChar(", "))) {
      if (!name.empty()) names.emplace_back(name);
    }
  }
  return names;
}

}  // namespace gokart::docs
