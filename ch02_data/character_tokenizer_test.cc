#include "ch02_data/character_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace gokart {
namespace {

using ::testing::ElementsAre;
using Ids = std::vector<int32_t>;

TEST(CharacterVocabulary, SortedByCodePoint) {
  EXPECT_THAT(CharacterVocabulary("hello"), ElementsAre("e", "h", "l", "o"));
  EXPECT_THAT(CharacterVocabulary("a한é\nz\xff한"), ElementsAre("\n", "a", "z", "é", "한"));
  EXPECT_THAT(CharacterVocabulary(""), ElementsAre());
}

TEST(CharacterTokenizer, ThereAndBack) {
  const CharacterTokenizer tokenizer(CharacterVocabulary("hello"));
  EXPECT_EQ(tokenizer.vocab_size(), 6);
  EXPECT_EQ(tokenizer.Encode("hole").value(), (Ids{1, 3, 2, 0}));
  EXPECT_EQ(tokenizer.Decode({1, 3, 2, 0}), "hole");
  EXPECT_EQ(tokenizer.Encode("").value(), Ids{});
}

TEST(CharacterTokenizer, UnknownCharactersAndSpecialTokens) {
  const CharacterTokenizer tokenizer(CharacterVocabulary("hello"));
  EXPECT_EQ(tokenizer.EndOfText(), 4);
  EXPECT_EQ(tokenizer.SpecialToken("<|unk|>"), 5);
  EXPECT_EQ(tokenizer.Encode("hi\xff한").value(), (Ids{1, 5, 5, 5}));
  EXPECT_EQ(tokenizer.Encode("h<|endoftext|>o", {.allowed = {"<|endoftext|>"}}).value(),
            (Ids{1, 4, 3}));
  EXPECT_FALSE(tokenizer.Encode("h<|endoftext|>o").ok());
  EXPECT_EQ(tokenizer.Encode("h<|endoftext|>o", {.refused = {}}).value().size(), 15u);
  EXPECT_THROW(tokenizer.Decode({6}), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
