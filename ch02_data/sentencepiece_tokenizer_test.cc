#include "ch02_data/sentencepiece_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;

// Lines enough to learn from.
std::string TrainingText() {
  std::string text;
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    text += "The keeper lit the lamp number " + std::to_string(i) +
            " and looked at the sea.\n할머니는 정원에서 노래를 부르신다.\n";
    for (int word = 0; word < 5; ++word) {  // words of a small language
      for (int syllable = 0; syllable < 3; ++syllable) {
        text += {"ptkmnlsr"[random() % 8], "aeiou"[random() % 5]};
      }
      text += word == 4 ? '\n' : ' ';
    }
  }
  return text;
}

std::unique_ptr<SentencePieceTokenizer> Train(const std::string& model_type) {
  auto tokenizer = SentencePieceTokenizer::Train(
      TrainingText(), {.vocab_size = 400, .model_type = model_type, .byte_fallback = true});
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.status();
  return *std::move(tokenizer);
}

TEST(SentencePieceTokenizer, LearnsWordsOfItsText) {
  const auto bpe = Train("bpe");
  EXPECT_EQ(bpe->vocab_size(), 400);
  const auto ids = bpe->Encode("the keeper looked");
  ASSERT_TRUE(ids.ok());
  EXPECT_THAT(bpe->Pieces(*ids), testing::ElementsAre("▁the", "▁keeper", "▁looked"));
  EXPECT_EQ(bpe->Decode(*ids), "the keeper looked");
}

TEST(SentencePieceTokenizer, BytesForWhatItHasNeverSeen) {
  for (const char* type : {"bpe", "unigram"}) {
    SentencePieceOptions options{.vocab_size = 330, .model_type = type, .byte_fallback = true};
    const auto tokenizer = SentencePieceTokenizer::Train(TrainingText(), options);
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
    const auto ids = (*tokenizer)->Encode("ж");
    ASSERT_TRUE(ids.ok());
    EXPECT_THAT((*tokenizer)->Pieces(*ids), testing::ElementsAre("▁", "<0xD0>", "<0xB6>"));
    EXPECT_EQ((*tokenizer)->Decode(*ids), "ж");
  }
}

TEST(SentencePieceTokenizer, ControlTokensAreSpecial) {
  const auto tokenizer = Train("bpe");
  EXPECT_EQ(tokenizer->SpecialToken("<s>"), 1);
  EXPECT_EQ(tokenizer->EndOfText(), 2);
  EXPECT_FALSE(tokenizer->Encode("the</s>sea").ok());
  const auto ids = tokenizer->Encode("the</s>sea", {.allowed = {"</s>"}});
  ASSERT_TRUE(ids.ok());
  EXPECT_THAT(*ids, testing::Contains(2));
  EXPECT_THROW(tokenizer->Decode({400}), std::invalid_argument);
}

TEST(SentencePieceTokenizer, TrainingAndFilesGiveTheSameAgain) {
  const std::string path = testing::TempDir() + "/test.model";
  const auto tokenizer = Train("unigram");
  ASSERT_TRUE(tokenizer->Save(path).ok());
  const auto loaded = SentencePieceTokenizer::Load(path);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const std::string text = "The sea looked at the keeper. 노래를 불렀다.";
  EXPECT_EQ((*loaded)->Encode(text).value(), tokenizer->Encode(text).value());
  EXPECT_EQ(Train("unigram")->Encode(text).value(), tokenizer->Encode(text).value());
}

TEST(SentencePieceTokenizer, Errors) {
  EXPECT_FALSE(SentencePieceTokenizer::Train("", {}).ok());
  EXPECT_FALSE(SentencePieceTokenizer::Train(" \n\n", {}).ok());
  EXPECT_FALSE(SentencePieceTokenizer::Train(TrainingText(), {.vocab_size = 100'000}).ok());
  EXPECT_FALSE(SentencePieceTokenizer::Train(TrainingText(), {.model_type = "nonsense"}).ok());
  const std::string path = testing::TempDir() + "/bad.model";
  for (const char* content : {"", "no model",
                              "\n\x05"
                              "abc"}) {
    ASSERT_TRUE(WriteFile(path, content).ok());
    const auto loaded = SentencePieceTokenizer::Load(path);
    ASSERT_FALSE(loaded.ok());
    EXPECT_THAT(std::string(loaded.status().message()), HasSubstr("bad.model"));
  }
  EXPECT_FALSE(SentencePieceTokenizer::Load(testing::TempDir() + "/absent.model").ok());
}

}  // namespace
}  // namespace gokart
