#include "ch02_data/visible_text.h"

#include <gtest/gtest.h>

#include <string>

#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/character_tokenizer.h"

namespace gokart {
namespace {

TEST(VisibleText, SpacesControlsAndBrokenBytes) {
  EXPECT_EQ(VisibleText(" the\n\t"), "␣the⏎⇥");
  EXPECT_EQ(VisibleText("\xed\x95"), "<ED 95>");
  EXPECT_EQ(VisibleText("\xed\x95 é\xff"), "<ED 95>␣é<FF>");
  EXPECT_EQ(VisibleText("a\x1b[31mb"), "a<U+001B>[31mb");
  EXPECT_EQ(VisibleText("\u202Ex\u0085"), "<U+202E>x<U+0085>");
  EXPECT_EQ(VisibleText("한"), "한");
  EXPECT_EQ(VisibleText(""), "");
}

TEST(VisibleTokens, SeparatesTokens) {
  const BpeTokenizer bytes("bytes", BpeVocabulary());
  EXPECT_EQ(VisibleTokens(bytes, bytes.EncodeOrdinary("a é")), "a|␣|<C3>|<A9>");
  const CharacterTokenizer characters({"a", "é"});
  EXPECT_EQ(VisibleTokens(characters, {1, 0, 2}), "é|a|<|endoftext|>");
}

TEST(IdsToText, CutsLongLists) {
  EXPECT_EQ(IdsToText({1, 22, 333}), "1 22 333");
  EXPECT_EQ(IdsToText({1, 22, 333}, 2), "1 22 ...");
  EXPECT_EQ(IdsToText({}), "");
}

}  // namespace
}  // namespace gokart
