// The printed page of a tour: chapter and section titles, prose wrapped to the terminal's width,
// and quoted blocks. Titles are coloured on a terminal only.
//
//     PrintChapter("Chapter 3: attention");
//     PrintSection("3.3.1", "Attention without trainable weights");
//     PrintProse("Each token asks every other token ...");

#ifndef GOKART_WORKSHOP_SECTION_H_
#define GOKART_WORKSHOP_SECTION_H_

#include <string>
#include <string_view>

namespace gokart {

/// `text` broken into lines of at most `width` columns at spaces, each preceded by `indent` spaces.
/// Empty lines separate paragraphs; a line that starts with a space is kept as it is (code, small
/// tables). A word longer than a line stands alone on its line. Ends with a newline unless empty.
std::string WrapText(std::string_view text, int width, int indent = 0);

/// `text` in the terminal's bold or dim style if `on`, else unchanged.
std::string Bold(std::string_view text, bool on);
std::string Dim(std::string_view text, bool on);

/// Print to standard output: a chapter's title, a section's title, and wrapped text under it.
void PrintChapter(const std::string& title);
void PrintSection(const std::string& number, const std::string& title);
void PrintProse(const std::string& text);

/// Prints the lines of `text` indented by two, uncut: output that a tour shows.
void PrintBlock(const std::string& text);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_SECTION_H_
