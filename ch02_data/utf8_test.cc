#include "ch02_data/utf8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace gokart {
namespace {

TEST(DecodeUtf8, KnownCharacters) {
  const struct {
    const char* bytes;
    char32_t value;
  } kCases[] = {{"a", U'a'},
                {"\x7f", 0x7F},
                {"\xc2\x80", 0x80},
                {"\xc3\xa9", U'é'},
                {"\xdf\xbf", 0x7FF},
                {"\xe0\xa0\x80", 0x800},
                {"\xed\x95\x9c", U'한'},
                {"\xef\xbf\xbf", 0xFFFF},
                {"\xf0\x90\x80\x80", 0x10000},
                {"\xf0\x9f\x98\x80", U'😀'},
                {"\xf4\x8f\xbf\xbf", 0x10FFFF}};
  for (const auto& [bytes, value] : kCases) {
    const CodePoint c = DecodeUtf8(bytes, 0);
    EXPECT_EQ(c.value, value);
    EXPECT_EQ(c.length, static_cast<int>(std::string_view(bytes).size())) << bytes;
    EXPECT_TRUE(c.valid);
    EXPECT_EQ(EncodeUtf8(value), bytes);
  }
}

TEST(DecodeUtf8, EveryCodePointComesBack) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    const std::string bytes = EncodeUtf8(c);
    const CodePoint decoded = DecodeUtf8(bytes, 0);
    ASSERT_TRUE(decoded.valid && decoded.value == c) << static_cast<uint32_t>(c);
    ASSERT_EQ(decoded.length, static_cast<int>(bytes.size()));
  }
}

TEST(DecodeUtf8, WhatIsNoUtf8IsOneByteLong) {
  for (const std::string_view bytes :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x98",
        "\xe2\x28\xa1", "\xf0\x9f\x28\xbc", "\xc3\x28"}) {
    const CodePoint c = DecodeUtf8(bytes, 0);
    EXPECT_FALSE(c.valid);
    EXPECT_EQ(c.length, 1);
    EXPECT_EQ(c.value, 0xFFFDu);
  }
}

TEST(FindInvalidUtf8, GivesTheOffset) {
  EXPECT_EQ(FindInvalidUtf8(""), std::nullopt);
  EXPECT_EQ(FindInvalidUtf8("naïve 한국어 😀"), std::nullopt);
  EXPECT_EQ(FindInvalidUtf8("na\xc3"), 2u);
  EXPECT_EQ(FindInvalidUtf8("é\xff\xfe"), 2u);
}

TEST(CompleteUtf8Length, HoldsBackOnlyWhatMayBecomeACharacter) {
  EXPECT_EQ(CompleteUtf8Length(""), 0u);
  EXPECT_EQ(CompleteUtf8Length("abc"), 3u);
  EXPECT_EQ(CompleteUtf8Length("a\xc3\xa9"), 3u);
  EXPECT_EQ(CompleteUtf8Length("a\xc3"), 1u);
  EXPECT_EQ(CompleteUtf8Length("a\xe2\x82"), 1u);
  EXPECT_EQ(CompleteUtf8Length("a\xf0\x9f\x98"), 1u);
  EXPECT_EQ(CompleteUtf8Length("\xf0\x9f\x98\x80"), 4u);
  EXPECT_EQ(CompleteUtf8Length("a\xff"), 2u);         // never becomes one
  EXPECT_EQ(CompleteUtf8Length("a\x80\x80"), 3u);     // stray continuation bytes
  EXPECT_EQ(CompleteUtf8Length("a\xe0\x80"), 3u);     // overlong
  EXPECT_EQ(CompleteUtf8Length("\xf4\x90\x80"), 3u);  // above U+10FFFF
  EXPECT_EQ(CompleteUtf8Length("é\xed\x95"), 2u);
}

}  // namespace
}  // namespace gokart
