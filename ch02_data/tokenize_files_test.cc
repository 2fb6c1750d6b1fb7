#include "ch02_data/tokenize_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/bpe_trainer.h"
#include "ch02_data/character_tokenizer.h"
#include "ch02_data/test_texts.h"
#include "ch02_data/text_parts.h"
#include "ch02_data/token_corpus.h"
#include "ch02_data/word_tokenizer.h"
#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;
using Ids = std::vector<int32_t>;

std::string Path(const std::string& name) { return testing::TempDir() + "/" + name; }

std::string Write(const std::string& name, const std::string& content) {
  EXPECT_TRUE(WriteFile(Path(name), content).ok());
  return Path(name);
}

Ids IdsIn(const std::string& path) {
  const auto corpus = TokenCorpus::Open(path);
  EXPECT_TRUE(corpus.ok()) << corpus.status();
  Ids ids((*corpus)->size());
  (*corpus)->Read(0, ids);
  return ids;
}

// Random text with special tokens in it.
std::string SomeText(int seed) {
  std::mt19937 random(seed);
  std::string text;
  for (int i = 0; i < 200; ++i) {
    text += RandomBytes(random, 10);
    if (random() % 5 == 0) text += "<|endoftext|>";
    if (random() % 5 == 0) text += "<|end of x";
    if (random() % 9 == 0) text += "<| two words |>";
  }
  return text;
}

BpeTokenizer Bpe() {
  BpeTrainer trainer;
  trainer.AddText(SomeText(99));
  BpeVocabulary vocabulary = *trainer.Train({.vocab_size = 400});
  EXPECT_TRUE(vocabulary.AddToken("<| two words |>", /*special=*/false).ok());
  return BpeTokenizer("test", vocabulary);
}

// Parts of any size, down to where a part hardly holds a word, give the ids of the whole.
TEST(TokenizeFiles, PartsGiveTheIdsOfTheWhole) {
  const BpeTokenizer bpe = Bpe();
  const CharacterTokenizer characters(CharacterVocabulary(SomeText(1)));
  const SimpleTokenizerV2 words(WordVocabulary(SomeText(1)));
  for (const Tokenizer* tokenizer : std::vector<const Tokenizer*>{&bpe, &characters, &words}) {
    for (const size_t part_bytes : {1, 7, 64, 1000, 100'000}) {
      const std::string text = SomeText(static_cast<int>(part_bytes));
      TokenizeFilesOptions options{.end_of_text = false, .threads = 3, .part_bytes = part_bytes};
      const auto done =
          TokenizeFiles(*tokenizer, {Write("text", text)}, Path("out.tokens"), options);
      ASSERT_TRUE(done.ok()) << done.status();
      EXPECT_EQ(done->bytes, static_cast<int64_t>(text.size()));
      const Ids expected = tokenizer->Encode(text, options.special).value();
      EXPECT_EQ(done->ids, static_cast<int64_t>(expected.size()));
      ASSERT_EQ(IdsIn(Path("out.tokens")), expected) << tokenizer->name() << " " << part_bytes;
    }
  }
}

TEST(TokenizeFiles, EndOfTextBehindEachFile) {
  const BpeTokenizer bpe = Bpe();
  const auto done = TokenizeFiles(bpe, {Write("a", "one"), Write("empty", ""), Write("b", "two")},
                                  Path("three.tokens"));
  ASSERT_TRUE(done.ok()) << done.status();
  const int32_t end = *bpe.EndOfText();
  Ids expected = bpe.EncodeOrdinary("one");
  expected.insert(expected.end(), {end, end});
  for (const int32_t id : bpe.EncodeOrdinary("two")) expected.push_back(id);
  expected.push_back(end);
  EXPECT_EQ(IdsIn(Path("three.tokens")), expected);
}

TEST(TokenizeFiles, ErrorsNameTheFileAndLeaveNone) {
  const BpeTokenizer bpe = Bpe();
  const auto error = [&](const std::vector<std::string>& paths,
                         const TokenizeFilesOptions& options = {}) {
    const auto done = TokenizeFiles(bpe, paths, Path("none.tokens"), options);
    EXPECT_FALSE(done.ok());
    EXPECT_FALSE(ReadFile(Path("none.tokens")).ok());
    return std::string(done.status().message());
  };
  EXPECT_THAT(error({Path("absent.txt")}), HasSubstr("absent.txt"));
  EXPECT_THAT(error({testing::TempDir()}), HasSubstr("is a folder"));
  EXPECT_THAT(error({Write("special", "a<|endoftext|>")}, {.special = {}}),
              testing::AllOf(HasSubstr("special:"), HasSubstr("<|endoftext|>")));
  const std::string path = Write("long", SomeText(3));
  EXPECT_THAT(
      error({path}, {.part_bytes = 100, .progress = [](int64_t, int64_t) { return false; }}),
      HasSubstr("stopped"));
}

TEST(TokenizeFiles, ProgressCountsBytesAndIds) {
  const BpeTokenizer bpe = Bpe();
  const std::string text = SomeText(4);
  int64_t last_bytes = 0, calls = 0;
  const auto done = TokenizeFiles(bpe, {Write("progress", text)}, Path("progress.tokens"),
                                  {.part_bytes = 200, .progress = [&](int64_t bytes, int64_t ids) {
                                     EXPECT_GT(bytes, last_bytes);
                                     EXPECT_GT(ids, 0);
                                     last_bytes = bytes;
                                     ++calls;
                                     return true;
                                   }});
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(last_bytes, static_cast<int64_t>(text.size()));
  EXPECT_GT(calls, 5);
}

TEST(TextParts, GrowWhereNothingCanBeCut) {
  const BpeTokenizer bpe = Bpe();
  std::string text(1000, 'a');
  for (int i = 0; i < 1000; ++i) text += " b";
  auto parts = TextParts::Open(Write("grow", text), bpe, 10);
  ASSERT_TRUE(parts.ok());
  std::string joined = *parts->Next();
  EXPECT_EQ(joined.size(), 1278u);  // the last place to cut in 10 * 2^7 bytes
  while (joined.size() < text.size()) {
    const std::string part = *parts->Next();
    ASSERT_TRUE(part.size() > 0 && part.size() <= 10) << part;
    joined += part;
  }
  EXPECT_EQ(joined, text);
  EXPECT_EQ(*parts->Next(), "");
}

}  // namespace
}  // namespace gokart
