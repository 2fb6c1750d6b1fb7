#include "ch02_data/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/character_tokenizer.h"
#include "ch02_data/load_tokenizer.h"
#include "ch02_data/tokenize_files.h"
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

std::string Message(const absl::Status& status) { return std::string(status.message()); }

BpeTokenizer Bytes() {
  BpeVocabulary vocabulary;
  EXPECT_TRUE(vocabulary.AddToken("<|endoftext|>").ok());
  return BpeTokenizer("bytes", vocabulary);
}

TEST(ReadTexts, OneWayOrAnother) {
  EXPECT_EQ(ReadTexts({.arguments = {"a", "b"}})->at(0).text, "a b");
  EXPECT_EQ(ReadTexts({.string = "x  y"})->at(0).text, "x  y");
  const std::string one = Write("one.txt", "1"), two = Write("two.txt", "2");
  EXPECT_EQ(ReadTexts({.files = one})->at(0).text, "1");
  EXPECT_EQ(ReadTexts({.files = Path("*.txt")})->size(), 2u);
  EXPECT_EQ(TextPaths({.files = two})->at(0), two);
  EXPECT_EQ(TextPaths({.files = "-"})->at(0), "-");
  EXPECT_THAT(ReadTexts({.story_if_none = true})->at(0).text, HasSubstr("prompter"));
  EXPECT_THAT(Message(ReadTexts({.string = "x", .files = one}).status()), HasSubstr("one way"));
  EXPECT_FALSE(ReadTexts({.files = Path("absent")}).ok());
  EXPECT_FALSE(TextPaths({.string = "x"}).ok());
}

TEST(ParseSpecialTokens, ThreeWords) {
  EXPECT_FALSE(ParseSpecialTokens("refuse")->allowed.Contains("x"));
  EXPECT_TRUE(ParseSpecialTokens("refuse")->refused.Contains("x"));
  EXPECT_TRUE(ParseSpecialTokens("allow")->allowed.Contains("x"));
  EXPECT_FALSE(ParseSpecialTokens("text")->refused.Contains("x"));
  EXPECT_THAT(Message(ParseSpecialTokens("no").status()), HasSubstr("--special=no"));
}

TEST(PrintEncoded, IdsOrPieces) {
  const CharacterTokenizer tokenizer({" ", "a", "b"});
  std::ostringstream out;
  ASSERT_TRUE(PrintEncoded(tokenizer, {{"1", "ab"}, {"2", "a b"}}, {}, out).ok());
  EXPECT_EQ(out.str(), "1 2\n1 0 2\n");
  out.str("");
  ASSERT_TRUE(PrintEncoded(tokenizer, {{"1", "a "}}, {.pieces = true}, out).ok());
  EXPECT_EQ(out.str(), "1\ta\n0\t␣\n");
  EXPECT_THAT(Message(PrintEncoded(tokenizer, {{"name", "<|endoftext|>"}}, {}, out)),
              HasSubstr("name: "));
}

TEST(ParseIds, NumbersAndWhatIsNone) {
  EXPECT_EQ(*ParseIds("1 2\n3", 10), (Ids{1, 2, 3}));
  EXPECT_EQ(*ParseIds("[[1, 2], [3]]", 10), (Ids{1, 2, 3}));
  EXPECT_EQ(*ParseIds(" ", 10), Ids{});
  EXPECT_THAT(Message(ParseIds("1 x2", 10).status()), HasSubstr("\"x2\""));
  EXPECT_THAT(Message(ParseIds("1.5", 10).status()), HasSubstr("\"1.5\""));
  EXPECT_THAT(Message(ParseIds("10", 10).status()), HasSubstr("the id 10"));
  EXPECT_FALSE(ParseIds("-1", 10).ok());
  EXPECT_FALSE(ParseIds("99999999999", 10).ok());
}

TEST(PrintDecoded, PartsOfATokenFile) {
  const BpeTokenizer bytes = Bytes();
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i) + " ";
  ASSERT_TRUE(
      TokenizeFiles(bytes, {Write("numbers", text)}, Path("numbers.tokens"), {.end_of_text = false})
          .ok());
  std::ostringstream all, part;
  ASSERT_TRUE(PrintDecoded(bytes, Path("numbers.tokens"), 0, -1, all).ok());
  EXPECT_TRUE(all.str() == text);
  ASSERT_TRUE(PrintDecoded(bytes, Path("numbers.tokens"), 2, 6, part).ok());
  EXPECT_EQ(part.str(), text.substr(2, 6));
  EXPECT_THAT(Message(PrintDecoded(bytes, Path("numbers.tokens"), 0, 1 << 20, part)),
              HasSubstr("not 0 to 1048575"));
  EXPECT_FALSE(PrintDecoded(bytes, Path("numbers.tokens"), -1, 1, part).ok());
  EXPECT_FALSE(PrintDecoded(bytes, Path("numbers"), 0, 1, part).ok());
  const CharacterTokenizer other({"a"});
  EXPECT_THAT(Message(PrintDecoded(other, Path("numbers.tokens"), 0, 1, part)),
              HasSubstr("257 tokens"));
}

TEST(TokensOf, TextsOrATokenFile) {
  std::unique_ptr<Tokenizer> tokenizer;
  const auto words = TokensOf({.string = "b a b"}, "words", &tokenizer);
  ASSERT_TRUE(words.ok()) << words.status();
  Ids ids((*words)->size());
  (*words)->Read(0, ids);
  EXPECT_EQ(ids, (Ids{1, 0, 1}));
  EXPECT_EQ(tokenizer->vocab_size(), 4);

  ASSERT_TRUE(Bytes().Save(Path("bytes.json")).ok());
  std::filesystem::create_directories(Path("folder"));
  Write("folder/1", "ab");
  Write("folder/2", "c");
  const auto joined = TokensOf({.files = Path("folder")}, Path("bytes.json"), &tokenizer);
  ASSERT_TRUE(joined.ok()) << joined.status();
  ids.resize((*joined)->size());
  (*joined)->Read(0, ids);
  EXPECT_EQ(tokenizer->Decode(ids), "ab<|endoftext|>c");

  ASSERT_TRUE(TokenizeFiles(Bytes(), {Path("folder/1")}, Path("c.tokens")).ok());
  const auto corpus = TokensOf({.files = Path("c.tokens")}, Path("bytes.json"), &tokenizer);
  ASSERT_TRUE(corpus.ok()) << corpus.status();
  EXPECT_EQ((*corpus)->size(), 3);
  EXPECT_FALSE(TokensOf({.string = "x"}, "nonsense", &tokenizer).ok());
}

// The numbers 0 to 1000 for tokens (workshop, data-loader intuition).
TEST(PrintBatches, NumbersZeroToThousand) {
  std::vector<std::string> characters;
  for (int i = 0; i <= 1000; ++i) characters.push_back("n" + std::to_string(i));
  const CharacterTokenizer tokenizer(characters);
  Ids ids(1001);
  std::iota(ids.begin(), ids.end(), 0);
  const auto tokens = std::make_shared<TokenVector>(ids);
  std::ostringstream out;
  ASSERT_TRUE(PrintBatches(tokenizer, tokens,
                           {.loader = {.batch_size = 2, .shuffle = false}, .num_batches = 1000},
                           out)
                  .ok());
  EXPECT_THAT(out.str(), HasSubstr("1001 tokens, 250 windows of 4, 125 batches of 2\n"));
  EXPECT_THAT(out.str(), HasSubstr("batch 1\n  inputs   0 1 2 3    n0|n1|n2|n3\n"
                                   "  targets  1 2 3 4    n1|n2|n3|n4\n"));
  EXPECT_THAT(out.str(), HasSubstr("batch 125\n  inputs   992 993 994 995"));
  EXPECT_THAT(out.str(), HasSubstr("targets  997 998 999 1000"));
}

TEST(PrintBatches, TooShortATextIsAnError) {
  const CharacterTokenizer tokenizer({"a"});
  std::ostringstream out;
  const auto tokens = std::make_shared<TokenVector>(Ids{0, 0, 0});
  EXPECT_THAT(Message(PrintBatches(tokenizer, tokens, {.loader = {.batch_size = 1}}, out)),
              HasSubstr("3 tokens"));
}

TEST(TrainBpe, SavesInThreeFormats) {
  const TextSource source{.string = "the cat in the hat, the cat on the mat, the rat in the vat"};
  for (const std::string format : {"huggingface", "gpt2", "tiktoken"}) {
    std::ostringstream out;
    const absl::Status status = TrainBpe(
        source, {.vocab_size = 263, .format = format, .out = Path("trained-" + format)}, out);
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_THAT(out.str(), HasSubstr("␣the"));
    const auto tokenizer = LoadTokenizer(Path("trained-" + format));
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
    EXPECT_EQ((*tokenizer)->Encode(" the").value().size(), 1u);
    EXPECT_EQ((*tokenizer)->vocab_size(), 263);
  }
}

TEST(TrainBpe, FilesInPartsLikeAWholeText) {
  std::string text;
  for (int i = 0; i < 3000; ++i)
    text += "word" + std::to_string(i * i % 977) + "<|endoftext|> and ";
  std::ostringstream out;
  ASSERT_TRUE(
      TrainBpe({.files = Write("corpus", text)}, {.vocab_size = 400, .out = Path("f.json")}, out)
          .ok());
  ASSERT_TRUE(TrainBpe({.string = text}, {.vocab_size = 400, .out = Path("s.json")}, out).ok());
  EXPECT_TRUE(*ReadFile(Path("f.json")) == *ReadFile(Path("s.json")));
}

TEST(TrainBpe, ErrorsAreClear) {
  std::ostringstream out;
  EXPECT_THAT(Message(TrainBpe({.string = "x"}, {.format = "zip", .out = Path("z")}, out)),
              HasSubstr("--format=zip"));
  EXPECT_THAT(Message(TrainBpe({.files = Write("empty", "")}, {.out = Path("z")}, out)),
              HasSubstr("empty"));
  EXPECT_THAT(Message(TrainBpe({.string = "x"}, {.vocab_size = 10, .out = Path("z")}, out)),
              HasSubstr("at least 257"));
  EXPECT_FALSE(TrainBpe({.string = "x"}, {.out = "/nonexistent/z"}, out).ok());
  EXPECT_FALSE(ReadFile(Path("z")).ok());
}

}  // namespace
}  // namespace gokart
