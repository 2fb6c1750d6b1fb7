#include "ch02_data/sentencepiece_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "ch02_data/sentencepiece_check.h"
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

// The library reads the compiled normalisation table, most of the file, without looking where it
// leads; with some of these files it crashes if it gets them.
TEST(SentencePieceTokenizer, DamagedFilesAreRefusedOrHarmless) {
  const std::string path = testing::TempDir() + "/damaged.model";
  ASSERT_TRUE(Train("unigram")->Save(path).ok());
  const std::string good = *ReadFile(path);
  int refused = 0;
  for (int seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    std::string bad = good;
    const int changes = seed % 2 ? 3 : 200;
    for (int i = 0; i < changes; ++i) bad[random() % bad.size()] = static_cast<char>(random());
    if (seed % 5 == 0) bad.resize(random() % bad.size());
    ASSERT_TRUE(WriteFile(path, bad).ok());
    const auto loaded = SentencePieceTokenizer::Load(path);
    if (!loaded.ok()) {
      ++refused;
    } else if (const auto ids = (*loaded)->Encode("ﬁ Ａ 한글 \xff sea"); ids.ok()) {
      (*loaded)->Decode(*ids);
    }
  }
  EXPECT_GT(refused, 30);
}

TEST(CheckSentencePieceModel, TablesThatLeadOut) {
  // A field 3 (normaliser) with a field 2 (table): a length of 1024, 256 units, "a" and 0.
  const auto model = [](uint32_t unit, uint32_t value) {
    std::vector<uint32_t> units(256, 0);
    units[0] = unit;
    units[1] = value;
    const uint32_t trie_bytes = 1024;
    std::string table(reinterpret_cast<const char*>(&trie_bytes), 4);
    table.append(reinterpret_cast<const char*>(units.data()), 1024).append("a\0", 2);
    const auto field = [](int number, const std::string& bytes) {
      return std::string{static_cast<char>(number * 8 + 2), static_cast<char>(bytes.size() | 0x80),
                         static_cast<char>(bytes.size() >> 7)} +
             bytes;
    };
    return field(3, field(2, table));
  };
  constexpr uint32_t kEndsKey = 1 << 8, kLeaf = 1u << 31;
  EXPECT_TRUE(CheckSentencePieceModel(model(0, 0)).ok());
  EXPECT_TRUE(CheckSentencePieceModel(model(1 << 10 | kEndsKey, kLeaf | 1)).ok());
  EXPECT_FALSE(CheckSentencePieceModel(model(1 << 10 | kEndsKey, kLeaf | 2)).ok());  // no such text
  EXPECT_FALSE(CheckSentencePieceModel(model(256 << 10, 0)).ok());  // to unit 256 of 256
  std::string no_end = model(0, 0);
  no_end.back() = 'b';
  EXPECT_FALSE(CheckSentencePieceModel(no_end).ok());
  EXPECT_FALSE(CheckSentencePieceModel(model(0, 0).substr(0, 500)).ok());
  EXPECT_FALSE(CheckSentencePieceModel("\x0b").ok());  // a group
  EXPECT_FALSE(CheckSentencePieceModel("\x08\xff").ok());
  EXPECT_TRUE(CheckSentencePieceModel("").ok());
}

}  // namespace
}  // namespace gokart
