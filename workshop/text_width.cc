#include "workshop/text_width.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace gokart {
namespace {

// One step over a text: the bytes of the next character (or colour escape) and its columns.
struct Step {
  size_t bytes;
  int columns;
};

// Length of the colour escape at the start of `text`, 0 if there is none.
size_t EscapeLength(std::string_view text) {
  if (text.size() < 3 || text[0] != '\x1b' || text[1] != '[') return 0;
  size_t end = 2;
  while (end < text.size() && (text[end] == ';' || (text[end] >= '0' && text[end] <= '9'))) ++end;
  return end < text.size() && text[end] == 'm' ? end + 1 : 0;
}

int CodePointColumns(UChar32 c) {
  switch (u_charType(c)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
      return c == 0xAD ? 1 : 0;  // the soft hyphen is a format character that terminals draw
    default:
      break;
  }
  const int width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

Step NextStep(std::string_view text) {
  if (const size_t escape = EscapeLength(text); escape > 0) return {escape, 0};
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const int32_t length = static_cast<int32_t>(std::min<size_t>(text.size(), 4));
  int32_t i = 0;
  UChar32 c = 0;
  U8_NEXT(bytes, i, length, c);
  if (c < 0) return {1, 1};
  return {static_cast<size_t>(i), CodePointColumns(c)};
}

std::string Spaces(int count) { return std::string(std::max(count, 0), ' '); }

}  // namespace

int DisplayWidth(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const Step step = NextStep(text);
    width += step.columns;
    text.remove_prefix(step.bytes);
  }
  return width;
}

std::string PadRight(std::string_view text, int width) {
  return std::string(text) + Spaces(width - DisplayWidth(text));
}

std::string PadLeft(std::string_view text, int width) {
  return Spaces(width - DisplayWidth(text)) + std::string(text);
}

std::string PadCenter(std::string_view text, int width) {
  const int left = std::max(0, (width - DisplayWidth(text)) / 2);
  return PadRight(Spaces(left) + std::string(text), width);
}

std::string CutToWidth(std::string_view text, int width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  if (width <= 0) return "";
  size_t kept = 0;
  for (int used = 0; kept < text.size();) {
    const Step step = NextStep(text.substr(kept));
    if (used + step.columns > width - 1) break;
    used += step.columns;
    kept += step.bytes;
  }
  // A colour that was switched on in what is kept must not run on.
  const bool colored = text.substr(0, kept).find('\x1b') != std::string_view::npos;
  return std::string(text.substr(0, kept)) + (colored ? "…\x1b[0m" : "…");
}

}  // namespace gokart
