// Letter, number, white space or other: the only things that GPT-2's split pattern asks about a
// character.
//
//     ClassOf(U'é') == CharClass::kLetter;  ClassOf(U'½') == CharClass::kNumber;
//     ClassOf(U'\u00A0') == CharClass::kSpace;  ClassOf(U'€') == CharClass::kOther;

#ifndef GOKART_CH02_DATA_CHAR_CLASS_H_
#define GOKART_CH02_DATA_CHAR_CLASS_H_

#include <array>
#include <cstdint>
#include <vector>

namespace gokart {

enum class CharClass : uint8_t {
  kOther,   // [^\s\p{L}\p{N}]: punctuation, symbols, marks, controls, unassigned
  kLetter,  // \p{L}: general categories Lu, Ll, Lt, Lm, Lo
  kNumber,  // \p{N}: Nd, Nl, No
  kSpace,   // \s: the property White_Space, 25 characters (not U+001C...1F, U+200B, U+FEFF)
};

/// The classes of all of Unicode in two steps: the upper bits of a code point choose a block of 128
/// classes, equal blocks are kept once (about 30 KB in all). Filled from ICU's data when first
/// used.
class CharClassTable {
 public:
  static const CharClassTable& Get();

  /// `code_point` <= U+10FFFF.
  CharClass ClassOf(char32_t code_point) const {
    return blocks_[block_of_[code_point / kBlockSize]][code_point % kBlockSize];
  }

 private:
  static constexpr int kBlockSize = 128;
  using Block = std::array<CharClass, kBlockSize>;

  CharClassTable();

  std::vector<uint16_t> block_of_;
  std::vector<Block> blocks_;
};

inline CharClass ClassOf(char32_t code_point) { return CharClassTable::Get().ClassOf(code_point); }

}  // namespace gokart

#endif  // GOKART_CH02_DATA_CHAR_CLASS_H_
