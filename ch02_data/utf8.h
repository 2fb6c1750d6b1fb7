// UTF-8, one character at a time, on any bytes.
//
//     DecodeUtf8("é!", 0) == {U+00E9, 2 bytes, valid}
//     DecodeUtf8("\xff!", 0) == {U+FFFD, 1 byte, not valid}

#ifndef GOKART_CH02_DATA_UTF8_H_
#define GOKART_CH02_DATA_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gokart {

struct CodePoint {
  char32_t value;
  int length;  // bytes that it takes
  bool valid;
};

/// The character that starts at text[begin], begin < text.size(). A byte that starts no well-formed
/// sequence (stray, overlong, surrogate, above U+10FFFF, cut off) counts alone, as U+FFFD, the
/// replacement character. So every byte of any input belongs to exactly one character.
CodePoint DecodeUtf8(std::string_view text, size_t begin);

/// The UTF-8 bytes of a code point up to U+10FFFF.
std::string EncodeUtf8(char32_t code_point);

/// Offset of the first byte that is not part of well-formed UTF-8; none if the text is all UTF-8.
std::optional<size_t> FindInvalidUtf8(std::string_view text);

/// How much of `text` can be shown now if more bytes may follow: all of it, less a well-formed
/// start of a character at its very end. Tokens of a byte-level vocabulary may end within a
/// character.
size_t CompleteUtf8Length(std::string_view text);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_UTF8_H_
