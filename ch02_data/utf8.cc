#include "ch02_data/utf8.h"

namespace gokart {
namespace {

constexpr CodePoint kInvalid = {0xFFFD, 1, false};

// The Unicode Standard, table 3-7: the first byte gives the length and, for four of its values, a
// narrower range for the second byte, which rules out overlong forms, surrogates and values above
// U+10FFFF.
struct SequenceForm {
  int length;  // 0: no sequence starts with this byte
  unsigned char second_min, second_max;
};

constexpr SequenceForm FormOf(unsigned char first) {
  if (first < 0x80) return {1, 0, 0};
  if (first < 0xC2 || first > 0xF4) return {0, 0, 0};
  if (first < 0xE0) return {2, 0x80, 0xBF};
  if (first == 0xE0) return {3, 0xA0, 0xBF};
  if (first == 0xED) return {3, 0x80, 0x9F};
  if (first < 0xF0) return {3, 0x80, 0xBF};
  if (first == 0xF0) return {4, 0x90, 0xBF};
  return {4, 0x80, static_cast<unsigned char>(first == 0xF4 ? 0x8F : 0xBF)};
}

// How many of the bytes text[begin + 1] ... continue the sequence properly, up to its length - 1.
int ContinuationBytes(std::string_view text, size_t begin, SequenceForm form) {
  int found = 0;
  while (found + 1 < form.length && begin + found + 1 < text.size()) {
    const unsigned char byte = text[begin + found + 1];
    const unsigned char low = found == 0 ? form.second_min : 0x80;
    const unsigned char high = found == 0 ? form.second_max : 0xBF;
    if (byte < low || byte > high) break;
    ++found;
  }
  return found;
}

}  // namespace

CodePoint DecodeUtf8(std::string_view text, size_t begin) {
  const unsigned char first = text[begin];
  const SequenceForm form = FormOf(first);
  if (form.length == 1) return {first, 1, true};
  if (form.length == 0) return kInvalid;
  if (ContinuationBytes(text, begin, form) != form.length - 1) return kInvalid;
  char32_t value = first & (0x7F >> form.length);
  for (int i = 1; i < form.length; ++i) {
    value = (value << 6) | (static_cast<unsigned char>(text[begin + i]) & 0x3F);
  }
  return {value, form.length, true};
}

std::string EncodeUtf8(char32_t code_point) {
  const auto continuation = [code_point](int shift) {
    return static_cast<char>(0x80 | ((code_point >> shift) & 0x3F));
  };
  if (code_point < 0x80) return {static_cast<char>(code_point)};
  if (code_point < 0x800) return {static_cast<char>(0xC0 | (code_point >> 6)), continuation(0)};
  if (code_point < 0x10000) {
    return {static_cast<char>(0xE0 | (code_point >> 12)), continuation(6), continuation(0)};
  }
  return {static_cast<char>(0xF0 | (code_point >> 18)), continuation(12), continuation(6),
          continuation(0)};
}

std::optional<size_t> FindInvalidUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const CodePoint c = DecodeUtf8(text, i);
    if (!c.valid) return i;
    i += c.length;
  }
  return std::nullopt;
}

size_t CompleteUtf8Length(std::string_view text) {
  for (size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const size_t begin = text.size() - back;
    const SequenceForm form = FormOf(text[begin]);
    if (form.length == 0) continue;  // a continuation byte, or no UTF-8 at all
    const bool cut = form.length > static_cast<int>(back) &&
                     ContinuationBytes(text, begin, form) == static_cast<int>(back) - 1;
    return cut ? begin : text.size();
  }
  return text.size();
}

}  // namespace gokart
