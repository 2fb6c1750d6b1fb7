#include "ch02_data/pretokenizer.h"

#include <array>
#include <cstdint>

#include "ch02_data/char_class.h"
#include "ch02_data/utf8.h"

namespace gokart {
namespace {

constexpr uint8_t kOther = static_cast<uint8_t>(CharClass::kOther);
constexpr uint8_t kLetter = static_cast<uint8_t>(CharClass::kLetter);
constexpr uint8_t kNumber = static_cast<uint8_t>(CharClass::kNumber);
constexpr uint8_t kSpace = static_cast<uint8_t>(CharClass::kSpace);
constexpr uint8_t kNotAscii = 4;

// Classes of single bytes, so that ASCII needs no decoding.
constexpr std::array<uint8_t, 256> MakeByteClasses() {
  std::array<uint8_t, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool number = c >= '0' && c <= '9';
    const bool space = (c >= '\t' && c <= '\r') || c == ' ';
    classes[c] = c >= 0x80 ? kNotAscii
                 : letter  ? kLetter
                 : number  ? kNumber
                 : space   ? kSpace
                           : kOther;
  }
  return classes;
}
constexpr std::array<uint8_t, 256> kByteClass = MakeByteClasses();

struct Character {
  uint8_t char_class;
  int length;
};

Character NonAsciiAt(std::string_view text, size_t i) {
  const CodePoint c = DecodeUtf8(text, i);
  return {static_cast<uint8_t>(ClassOf(c.value)), c.length};
}

inline Character CharacterAt(std::string_view text, size_t i) {
  const uint8_t byte_class = kByteClass[static_cast<uint8_t>(text[i])];
  if (byte_class != kNotAscii) return {byte_class, 1};
  return NonAsciiAt(text, i);
}

// The end of the run of characters of one class that goes on at text[i] (or ends there).
inline size_t RunEnd(std::string_view text, size_t i, uint8_t run_class) {
  while (i < text.size()) {
    const uint8_t byte_class = kByteClass[static_cast<uint8_t>(text[i])];
    if (byte_class == run_class) {
      ++i;
    } else if (byte_class == kNotAscii) {
      const Character c = NonAsciiAt(text, i);
      if (c.char_class != run_class) return i;
      i += c.length;
    } else {
      return i;
    }
  }
  return i;
}

// Length of the contraction that starts with the apostrophe at text[i]; 0 if none does.
size_t ContractionLength(std::string_view text, size_t i) {
  const char second = i + 1 < text.size() ? text[i + 1] : '\0';
  const char third = i + 2 < text.size() ? text[i + 2] : '\0';
  switch (second) {
    case 's':
    case 't':
    case 'm':
    case 'd':
      return 2;
    case 'r':
    case 'v':
      return third == 'e' ? 3 : 0;
    case 'l':
      return third == 'l' ? 3 : 0;
    default:
      return 0;
  }
}

// The character that ends before text[end], end > 0. A byte that is not a continuation byte always
// begins a character, so looking back a few bytes is enough.
Character CharacterBefore(std::string_view text, size_t end) {
  for (size_t length = 1; length <= 4 && length <= end; ++length) {
    const CodePoint c = DecodeUtf8(text, end - length);
    if (c.valid && c.length == static_cast<int>(length)) return CharacterAt(text, end - length);
    if ((text[end - length] & 0xC0) != 0x80) break;
  }
  return {kOther, 1};
}

// \s+(?!\S)|\s+ at `begin`, where a white-space character of `length` bytes stands.
size_t SpaceRunEnd(std::string_view text, size_t begin, int length) {
  const size_t end = RunEnd(text, begin + length, kSpace);
  if (end == text.size()) return end;
  size_t last = end - 1;  // to where the run's last character begins
  while ((text[last] & 0xC0) == 0x80) --last;
  return last > begin ? last : end;
}

}  // namespace

size_t PieceEnd(std::string_view text, size_t begin) {
  // [exercise 2.8] Where a piece of text ends
  // Task: Give the end of the piece that begins at text[begin]: a contraction ('s, 'll, ...); or a
  //       run of letters, of numbers or of other characters, with one space before it; or a run of
  //       white space, which leaves its last character to what follows.
  // Hint: CharacterAt(text, i) gives the class and length of a character, RunEnd(text, i,
  //       char_class) the end of a run; ContractionLength and SpaceRunEnd do what their names say.
  // Hint: Three questions in turn: is it a space with something else behind it? An apostrophe that
  //       begins a contraction? Else the class of the first character decides.
  // Test: //ch02_data:pretokenizer_test Pretokenize.*
  // Read: ch02_data/README.md, "Byte pairs"

  const char first = text[begin];
  if (first == ' ' && begin + 1 < text.size()) {
    const Character second = CharacterAt(text, begin + 1);
    if (second.char_class != kSpace) {
      return RunEnd(text, begin + 1 + second.length, second.char_class);
    }
  } else if (first == '\'') {
    if (const size_t length = ContractionLength(text, begin)) return begin + length;
  }
  const Character c = CharacterAt(text, begin);
  if (c.char_class == kSpace) return SpaceRunEnd(text, begin, c.length);
  return RunEnd(text, begin + c.length, c.char_class);
  // [end of exercise 2.8]
}

std::vector<std::string_view> Pretokenize(std::string_view text) {
  std::vector<std::string_view> pieces;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = PieceEnd(text, begin);
    pieces.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return pieces;
}

size_t LastSafeCut(std::string_view text) {
  const size_t complete = CompleteUtf8Length(text);
  for (size_t cut = complete; cut-- > 1;) {
    if ((text[cut] & 0xC0) == 0x80) continue;  // within a character
    const uint8_t before = CharacterBefore(text, cut).char_class;
    const uint8_t after = CharacterAt(text, cut).char_class;
    if (before == after || before == kSpace) continue;
    // Not between an apostrophe and a letter, which may be a contraction.
    if (after == kSpace || before != kOther) return cut;
  }
  return 0;
}

}  // namespace gokart
