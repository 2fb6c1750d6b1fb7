// How many terminal columns a UTF-8 text takes, and padding and cutting by columns instead of
// bytes.
//
//     DisplayWidth("naïve") == 5;  DisplayWidth("日本") == 4;
//     PadRight("né", 4) == "né  ";

#ifndef GOKART_WORKSHOP_TEXT_WIDTH_H_
#define GOKART_WORKSHOP_TEXT_WIDTH_H_

#include <string>
#include <string_view>

namespace gokart {

/// Columns that `text` takes on a terminal: 2 for East Asian wide characters and emoji, 0 for
/// combining marks and control characters, 1 for a byte that is not valid UTF-8 (terminals draw a
/// replacement character). Colour escapes (ESC [ ... m) take none.
int DisplayWidth(std::string_view text);

/// `text` followed, preceded or surrounded by spaces up to `width` columns; never cut.
std::string PadRight(std::string_view text, int width);
std::string PadLeft(std::string_view text, int width);
std::string PadCenter(std::string_view text, int width);

/// The longest start of `text` that fits `width` columns, with "…" at its end if something was cut.
std::string CutToWidth(std::string_view text, int width);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_TEXT_WIDTH_H_
