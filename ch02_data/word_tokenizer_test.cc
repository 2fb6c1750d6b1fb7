#include "ch02_data/word_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Ids = std::vector<int32_t>;

// The expected words and ids below are what the workshop's Python code gives for this text.
constexpr char kText[] =
    R"("Well, well!" said the keeper -- it was late; the lamp (an old one) hadn't been lit. )"
    R"("Who's there?")"
    "\n\tNobody answered: only the sea, the sea_, and--far off--a bell.  Then: silence ...\n\n"
    R"("It's you," he said. 'You', at last!)"
    "\n";

TEST(SplitWords, Section22) {
  EXPECT_THAT(SplitWords("Hello, world. Is this-- a test?"),
              ElementsAre("Hello", ",", "world", ".", "Is", "this", "--", "a", "test", "?"));
}

TEST(SplitWords, MarksDashesAndSpaces) {
  EXPECT_THAT(SplitWords("a\u00a0b\x1c"
                         "c\u2003d\u200be--f---g\u0085h"),
              ElementsAre("a", "b", "c", "d\u200be", "--", "f", "--", "-g", "h"));
  EXPECT_THAT(SplitWords("_x_ (y):'z'"),
              ElementsAre("_", "x", "_", "(", "y", ")", ":", "'", "z", "'"));
  EXPECT_THAT(SplitWords("- a-b"), ElementsAre("-", "a-b"));
  EXPECT_THAT(SplitWords("\xff x\xc3"), ElementsAre("\xff", "x\xc3"));
  EXPECT_THAT(SplitWords(" \n"), ElementsAre());
  EXPECT_EQ(SplitWords(kText).size(), 76u);
}

TEST(WordVocabulary, SortedByCodePoint) {
  const std::vector<std::string> words = WordVocabulary(kText);
  EXPECT_EQ(words.size(), 48u);
  EXPECT_EQ(words.front(), "!");
  EXPECT_EQ(words[6], "--");
  EXPECT_EQ(words[11], "It");
  EXPECT_EQ(words[17], "_");
  EXPECT_EQ(words.back(), "you");
  EXPECT_THAT(WordVocabulary("b é a Z"), ElementsAre("Z", "a", "b", "é"));
}

// What JoiningWords and SimpleTokenizerV1 know: every mark, and the words of two sentences.
const std::vector<std::string>& FewWords() {
  static const auto& words = *new std::vector<std::string>{
      "!", "\"", "'", ",", ".", ":", ";", "It", "keeper", "late", "said", "sea", "the", "you"};
  return words;
}

TEST(SimpleTokenizerV1, GivesEachWordItsPlaceInTheVocabulary) {
  const SimpleTokenizerV1 tokenizer(FewWords());
  const auto ids = tokenizer.Encode("It, said the keeper; the sea!");
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ(*ids, (Ids{7, 3, 10, 12, 8, 6, 12, 11, 0})) << "It, said the keeper; the sea!";
}

TEST(SimpleTokenizerV1, EncodesALongText) {
  const SimpleTokenizerV1 tokenizer(WordVocabulary(kText));
  EXPECT_EQ(tokenizer.vocab_size(), 48);
  const auto ids = tokenizer.Encode("\"It's late,\" said the keeper; the sea!");
  ASSERT_TRUE(ids.ok());
  EXPECT_EQ(*ids, (Ids{1, 11, 2, 38, 32, 5, 1, 39, 43, 29, 9, 43, 40, 0}));
}

TEST(SimpleTokenizerV1, NamesAWordThatItDoesNotKnow) {
  const SimpleTokenizerV1 tokenizer(FewWords());
  const auto ids = tokenizer.Encode("Hello, you!");
  ASSERT_FALSE(ids.ok()) << "\"Hello\" is not in the vocabulary";
  EXPECT_THAT(std::string(ids.status().message()), HasSubstr("\"Hello\""));
}

TEST(JoiningWords, PutsASpaceBetweenWordsButNoneBeforeClosingMarks) {
  const SimpleTokenizerV1 tokenizer(FewWords());
  EXPECT_EQ(tokenizer.Decode({7, 3, 10, 12, 8, 6, 12, 11, 0}), "It, said the keeper ; the sea!")
      << "V1 closes up , . ? ! \" ( ) ' but not ; and :";
  EXPECT_EQ(tokenizer.Decode({1, 7, 2, 9, 3, 1, 10, 13}), "\" It' late,\" said you");
  EXPECT_EQ(tokenizer.Decode({}), "");
  EXPECT_EQ(tokenizer.Decode({12}), "the");
}

TEST(WordTokenizer, ForeignIdsThrow) {
  const SimpleTokenizerV1 tokenizer(FewWords());
  EXPECT_THROW(tokenizer.Decode({14}), std::invalid_argument);
  EXPECT_EQ(tokenizer.EndOfText(), std::nullopt);
}

TEST(SimpleTokenizerV2, AddsTwoSpecialTokensAtTheEnd) {
  const SimpleTokenizerV2 tokenizer(FewWords());
  EXPECT_EQ(tokenizer.vocab_size(), 16);
  EXPECT_EQ(tokenizer.words()[13], "you");
  EXPECT_EQ(tokenizer.EndOfText(), 14);
  EXPECT_EQ(tokenizer.SpecialToken("<|unk|>"), 15);
  EXPECT_EQ(tokenizer.SpecialToken("you"), std::nullopt);
  EXPECT_EQ(SimpleTokenizerV2(tokenizer.words()).vocab_size(), 16) << "they were there before";
}

TEST(SimpleTokenizerV2, TakesUnkForUnknownWords) {
  const SimpleTokenizerV2 tokenizer(FewWords());
  const auto ids = tokenizer.Encode("Hello, you! <|endoftext|> The keeper; late.");
  ASSERT_TRUE(ids.ok());
  EXPECT_EQ(*ids, (Ids{15, 3, 13, 0, 14, 15, 8, 6, 9, 4}))
      << "Hello, you! <|endoftext|> The keeper; late.";
  EXPECT_EQ(tokenizer.Decode(*ids), "<|unk|>, you! <|endoftext|> <|unk|> keeper; late.");
}

}  // namespace
}  // namespace gokart
