#include "ch02_data/char_class.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unicode/uniset.h>

#include <vector>

namespace gokart {
namespace {

TEST(ClassOf, KnownCharacters) {
  for (const char32_t c :
       {U'a', U'Z', U'é', U'ß', U'ª', U'ʰ', U'ǅ', U'Ж', U'ب', U'ह', U'한', U'漢', U'ー', U'𝒳'}) {
    EXPECT_EQ(ClassOf(c), CharClass::kLetter) << static_cast<uint32_t>(c);
  }
  for (const char32_t c : {U'0', U'9', U'½', U'²', U'Ⅷ', U'٣', U'५', U'〇', U'①', U'𝟗'}) {
    EXPECT_EQ(ClassOf(c), CharClass::kNumber) << static_cast<uint32_t>(c);
  }
  // Marks are not letters: Hindi words fall into several pieces.
  for (const char32_t c : {U'.', U'_', U'€', U'😀', U'\u0301', U'\u093E', U'\u200D', U'\0',
                           U'\u007F', U'\uFFFD', U'\uE000', U'\U0010FFFF'}) {
    EXPECT_EQ(ClassOf(c), CharClass::kOther) << static_cast<uint32_t>(c);
  }
}

// The Unicode property White_Space has these 25 characters. Python's str.isspace would add U+001C
// to U+001F, JavaScript's \s U+FEFF; U+180E was one until Unicode 6.3.
TEST(ClassOf, WhiteSpaceIsThePropertyAndNothingElse) {
  std::vector<uint32_t> spaces;
  for (uint32_t c = 0; c <= 0x10FFFF; ++c) {
    if (ClassOf(c) == CharClass::kSpace) spaces.push_back(c);
  }
  EXPECT_THAT(spaces,
              testing::ElementsAre(0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000,
                                   0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008,
                                   0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000));
}

// ICU's sets, made from the names of the properties, are another way to the same data.
TEST(ClassOf, AgreesWithPropertySetsEverywhere) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeSet letters(u"[\\p{L}]", status), numbers(u"[\\p{N}]", status),
      spaces(u"[\\p{White_Space}]", status);
  ASSERT_TRUE(U_SUCCESS(status));
  for (UChar32 c = 0; c <= 0x10FFFF; ++c) {
    const CharClass expected = letters.contains(c)   ? CharClass::kLetter
                               : numbers.contains(c) ? CharClass::kNumber
                               : spaces.contains(c)  ? CharClass::kSpace
                                                     : CharClass::kOther;
    ASSERT_EQ(ClassOf(c), expected) << c;
  }
}

}  // namespace
}  // namespace gokart
