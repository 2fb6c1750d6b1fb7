#include "ch02_data/load_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/bpe_trainer.h"
#include "ch02_data/gpt2_format.h"
#include "ch02_data/sentencepiece_tokenizer.h"
#include "ch02_data/tiktoken_format.h"
#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;

// A fresh folder for each test.
std::string Folder() {
  const std::string folder =
      testing::TempDir() + "/" + testing::UnitTest::GetInstance()->current_test_info()->name();
  std::filesystem::create_directories(folder);
  return folder;
}

BpeTokenizer Trained() {
  BpeTrainer trainer;
  trainer.AddText("the cat in the hat, the cat on the mat, the rat in the vat");
  return BpeTokenizer("trained", *trainer.Train({.vocab_size = 270}));
}

void ExpectLikeTrained(const std::string& spec) {
  const auto loaded = LoadTokenizer(spec);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ((*loaded)->Encode("the fat cat").value(), Trained().EncodeOrdinary("the fat cat"));
  EXPECT_EQ((*loaded)->EndOfText(), Trained().EndOfText());
}

TEST(LoadTokenizer, Gpt2) {
  const auto gpt2 = LoadTokenizer("gpt2");
  ASSERT_TRUE(gpt2.ok()) << gpt2.status();
  EXPECT_EQ((*gpt2)->name(), "gpt2");
  EXPECT_EQ((*gpt2)->Encode("Hello, I am").value(), (std::vector<int32_t>{15496, 11, 314, 716}));
}

TEST(LoadTokenizer, FilesByContent) {
  const std::string folder = Folder();
  ASSERT_TRUE(Trained().Save(folder + "/any.name").ok());
  ExpectLikeTrained(folder + "/any.name");
  ASSERT_TRUE(SaveTiktoken(Trained().vocabulary(), folder + "/ranks").ok());
  ExpectLikeTrained(folder + "/ranks");
}

TEST(LoadTokenizer, EachOfGpt2sTwoFilesFindsTheOther) {
  const std::string folder = Folder();
  std::filesystem::create_directories(folder + "/hf");
  const BpeVocabulary vocabulary = Trained().vocabulary();
  ASSERT_TRUE(SaveGpt2(vocabulary, folder + "/encoder.json", folder + "/vocab.bpe").ok());
  ASSERT_TRUE(SaveGpt2(vocabulary, folder + "/hf/vocab.json", folder + "/hf/merges.txt").ok());
  ExpectLikeTrained(folder + "/encoder.json");
  ExpectLikeTrained(folder + "/vocab.bpe");
  ExpectLikeTrained(folder + "/hf/vocab.json");
  ExpectLikeTrained(folder + "/hf/merges.txt");
  ExpectLikeTrained(folder);
}

TEST(LoadTokenizer, WordsAndCharactersOfAText) {
  const std::string path = Folder() + "/saved";
  for (const char* kind : {"words", "characters"}) {
    const auto made = LoadTokenizer(kind, "the cat in the hat");
    ASSERT_TRUE(made.ok()) << made.status();
    EXPECT_EQ((*made)->name(), kind);
    ASSERT_TRUE((*made)->Save(path).ok());
    const auto loaded = LoadTokenizer(path);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_EQ((*loaded)->vocab_size(), (*made)->vocab_size());
    EXPECT_EQ((*loaded)->Encode("the fat cat").value(), (*made)->Encode("the fat cat").value());
    EXPECT_FALSE(LoadTokenizer(kind).ok());
  }
}

TEST(LoadTokenizer, SentencePieceModels) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "the cat in the hat number " + std::to_string(i) + "\n";
  const auto model = SentencePieceTokenizer::Train(text, {.vocab_size = 300});
  ASSERT_TRUE(model.ok()) << model.status();
  const std::string path = Folder() + "/tokenizer.model";
  ASSERT_TRUE((*model)->Save(path).ok());
  for (const std::string& spec : {path, Folder()}) {
    const auto loaded = LoadTokenizer(spec);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_EQ((*loaded)->Encode("the hat").value(), (*model)->Encode("the hat").value());
  }
}

TEST(LoadTokenizer, ErrorsSayWhatIsWrong) {
  const auto error = [](const std::string& spec) {
    return std::string(LoadTokenizer(spec).status().message());
  };
  const auto error_of_file = [&](const std::string& content) {
    EXPECT_TRUE(WriteFile(Folder() + "/file", content).ok());
    return error(Folder() + "/file");
  };
  EXPECT_THAT(error("gpt3"), HasSubstr("\"gpt3\" is neither"));
  EXPECT_THAT(error(""), HasSubstr("neither"));
  EXPECT_THAT(error_of_file("once upon a time\n"), HasSubstr("is no tokenizer"));
  EXPECT_THAT(error_of_file(""), HasSubstr("is no tokenizer"));
  EXPECT_THAT(error_of_file("{\"version\": \"1"), HasSubstr("/file: byte"));
  EXPECT_THAT(error_of_file("{}"), HasSubstr("model"));
  EXPECT_THAT(error_of_file("{\"a\": 0}"), HasSubstr("vocab.bpe"));
  EXPECT_THAT(error_of_file("{\"gokart_tokenizer\": \"x\", \"vocabulary\": []}"),
              HasSubstr("\"x\""));
  EXPECT_THAT(error_of_file("{\"gokart_tokenizer\": \"words\", \"vocabulary\": [\"a\", \"a\"]}"),
              HasSubstr("vocabulary[1]"));
  EXPECT_THAT(error_of_file("{\"gokart_tokenizer\": \"words\", \"vocabulary\": [3]}"),
              HasSubstr("vocabulary[0]"));
  std::filesystem::create_directories(Folder() + "/empty");
  EXPECT_THAT(error(Folder() + "/empty"), HasSubstr("has no tokenizer.json"));
}

}  // namespace
}  // namespace gokart
