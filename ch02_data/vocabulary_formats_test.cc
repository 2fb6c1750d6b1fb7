// The three vocabulary formats: what is written is read again, GPT-2's own files come out byte for
// byte, and a file that is wrong anywhere gives an error that says where.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "ch02_data/bpe_explained.h"
#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/bpe_trainer.h"
#include "ch02_data/byte_symbols.h"
#include "ch02_data/gpt2_for_test.h"
#include "ch02_data/gpt2_format.h"
#include "ch02_data/huggingface_format.h"
#include "ch02_data/test_texts.h"
#include "ch02_data/tiktoken_format.h"
#include "nlohmann/json.hpp"
#include "workshop/assets.h"
#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Json = nlohmann::json;

std::string Path(const std::string& name) { return testing::TempDir() + "/" + name; }

std::string Write(const std::string& name, const std::string& content) {
  EXPECT_TRUE(WriteFile(Path(name), content).ok());
  return Path(name);
}

std::string Read(const std::string& path) {
  absl::StatusOr<std::string> content = ReadFile(path);
  EXPECT_TRUE(content.ok()) << content.status();
  return content.ok() ? *content : "";
}

template <typename T>
std::string Error(const absl::StatusOr<T>& result) {
  return result.ok() ? "no error" : std::string(result.status().message());
}

// A small learnt vocabulary with two added tokens.
BpeVocabulary Small() {
  std::mt19937 random(1);
  BpeTrainer trainer;
  trainer.AddText(RandomText(random, 3000));
  BpeVocabulary vocabulary = *trainer.Train({.vocab_size = 330});
  EXPECT_TRUE(vocabulary.AddToken("<new \"one\" é>", /*special=*/false).ok());
  return vocabulary;
}

void ExpectSame(const BpeVocabulary& a, const BpeVocabulary& b) {
  ASSERT_EQ(a.size(), b.size());
  for (int32_t id = 0; id < a.size(); ++id) ASSERT_EQ(a.token(id), b.token(id)) << id;
  EXPECT_EQ(a.added_tokens(), b.added_tokens());
}

void ExpectSameIds(const BpeVocabulary& a, const BpeVocabulary& b) {
  const BpeTokenizer one("", a), two("", b);
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    const std::string text = RandomText(random, 200);
    ASSERT_EQ(one.EncodeOrdinary(text), two.EncodeOrdinary(text));
  }
}

TEST(Gpt2Format, OpenAisFilesComeOutByteForByte) {
  const BpeVocabulary& gpt2 = Gpt2ForTest().vocabulary();
  ASSERT_TRUE(SaveGpt2(gpt2, Path("encoder.json"), Path("vocab.bpe")).ok());
  EXPECT_TRUE(Read(Path("encoder.json")) == Read(AssetPath("gpt2/encoder.json")));
  EXPECT_TRUE(Read(Path("vocab.bpe")) == Read(AssetPath("gpt2/vocab.bpe")));
}

TEST(HuggingFaceFormat, KeepsEverything) {
  for (const BpeVocabulary& vocabulary : {Small(), Gpt2ForTest().vocabulary()}) {
    ASSERT_TRUE(SaveHuggingFace(vocabulary, Path("tokenizer.json")).ok());
    const auto loaded = LoadHuggingFace(Path("tokenizer.json"));
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    ExpectSame(*loaded, vocabulary);
    EXPECT_EQ(loaded->merges(), vocabulary.merges());
  }
}

TEST(Gpt2Format, KeepsTokensAndMerges) {
  const BpeVocabulary vocabulary = Small();
  ASSERT_TRUE(SaveGpt2(vocabulary, Path("small.json"), Path("small.bpe")).ok());
  const auto loaded = LoadGpt2(Path("small.json"), Path("small.bpe"));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->merges(), vocabulary.merges());
  ASSERT_EQ(loaded->size(), vocabulary.size());
  EXPECT_EQ(loaded->added_tokens().back(), (AddedToken{"<new \"one\" é>", 330, true}));
}

// Ranks say the same as GPT-2's merges: so both ways and back to the same files.
TEST(TiktokenFormat, Gpt2ThereAndBack) {
  const BpeVocabulary& gpt2 = Gpt2ForTest().vocabulary();
  ASSERT_TRUE(SaveTiktoken(gpt2, Path("gpt2.tiktoken")).ok());
  EXPECT_THAT(Read(Path("gpt2.tiktoken")), testing::StartsWith("IQ== 0\nIg== 1\nIw== 2\n"));
  const auto by_rank = LoadTiktoken(Path("gpt2.tiktoken"));
  ASSERT_TRUE(by_rank.ok()) << by_rank.status();
  ExpectSame(*by_rank, gpt2);
  ExpectSameIds(*by_rank, gpt2);
  ASSERT_TRUE(SaveGpt2(*by_rank, Path("again.json"), Path("again.bpe")).ok());
  EXPECT_TRUE(Read(Path("again.bpe")) == Read(AssetPath("gpt2/vocab.bpe")));
}

TEST(TiktokenFormat, RankVocabularyGoesThroughHuggingFace) {
  const auto by_rank = LoadTiktoken([] {
    EXPECT_TRUE(SaveTiktoken(Gpt2ForTest().vocabulary(), Path("ranks")).ok());
    return Path("ranks");
  }());
  ASSERT_TRUE(SaveHuggingFace(*by_rank, Path("ranks.json")).ok());
  const auto loaded = LoadHuggingFace(Path("ranks.json"));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_TRUE(loaded->whole_pieces_first());
  EXPECT_EQ(loaded->merges(), Gpt2ForTest().vocabulary().merges());
}

TEST(TiktokenFormat, SpecialTokensFillGaps) {
  std::string text = Read([] {
    EXPECT_TRUE(SaveTiktoken(BpeVocabulary(), Path("bytes.tiktoken")).ok());
    return Path("bytes.tiktoken");
  }());
  text += "YWI= 257\n";  // "ab", leaving 256 free
  const std::string path = Write("gap.tiktoken", text);
  EXPECT_EQ(LoadTiktoken(path)->token(256), "<|endoftext|>");
  EXPECT_EQ(LoadTiktoken(path, {{"<x>", 256}})->token(256), "<x>");
  EXPECT_THAT(Error(LoadTiktoken(path, {{"<x>", 258}})), HasSubstr("no token has the id 256"));
}

// Where merges are in another order than ids, ranks would give other ids.
TEST(TiktokenFormat, RefusesWhatRanksCannotSay) {
  std::vector<std::string> tokens;
  for (int byte = 0; byte < 256; ++byte) tokens.push_back(std::string(1, static_cast<char>(byte)));
  tokens.insert(tokens.end(), {"bc", "ab"});
  const auto vocabulary = BpeVocabulary::FromMerges(tokens, {{'a', 'b'}, {'b', 'c'}}, {});
  ASSERT_TRUE(vocabulary.ok());
  EXPECT_FALSE(SaveTiktoken(*vocabulary, Path("order.tiktoken")).ok());
  EXPECT_TRUE(SaveHuggingFace(*vocabulary, Path("order.json")).ok());
}

TEST(TiktokenFormat, ErrorsNameTheLine) {
  const auto error = [](const std::string& text) {
    return Error(LoadTiktoken(Write("bad.tiktoken", text)));
  };
  EXPECT_THAT(error("IQ== 0\nIg==\n"), AllOf(HasSubstr("bad.tiktoken: line 2"), HasSubstr("Ig==")));
  EXPECT_THAT(error("I? 0\n"), HasSubstr("line 1"));
  EXPECT_THAT(error("IQ== 0x\n"), HasSubstr("line 1"));
  EXPECT_THAT(error(" 0\n"), HasSubstr("line 1"));
  EXPECT_THAT(error("IQ== 0\nIg== 0\n"), HasSubstr("line 2: the rank 0"));
  EXPECT_THAT(error("IQ== -1\n"), HasSubstr("rank -1"));
  EXPECT_THAT(error("IQ== 4000000\n"), HasSubstr("rank 4000000"));
  EXPECT_THAT(error("IQ== 99999999999\n"), HasSubstr("line 1"));
  EXPECT_THAT(error(""), HasSubstr("byte 0"));
  EXPECT_THAT(Error(LoadTiktoken(Path("absent"))), HasSubstr("absent"));
}

// GPT-2's two files for the bytes and one merge, each text as given or the right one.
std::string Gpt2Error(const std::string& json, const std::string& merges) {
  Json right;
  for (int id = 0; id < 256; ++id) right[ToSymbols(BpeVocabulary().token(id))] = id;
  right["th"] = 256;
  right["<|endoftext|>"] = 257;
  return Error(LoadGpt2(Write("e.json", json.empty() ? right.dump() : json),
                        Write("m.bpe", merges.empty() ? "#version: 0.2\nt h\n" : merges)));
}

TEST(Gpt2Format, ErrorsNameFileAndPlace) {
  EXPECT_EQ(Gpt2Error("", ""), "no error");
  EXPECT_EQ(Gpt2Error("", "t h\r\n\r\n"), "no error");
  EXPECT_THAT(Gpt2Error("", "#version: 0.2\nt h\nh e\n"),
              AllOf(HasSubstr("m.bpe: line 3"), HasSubstr("\"he\"")));
  EXPECT_THAT(Gpt2Error("", "t h e\n"), HasSubstr("m.bpe: line 1"));
  EXPECT_THAT(Gpt2Error("", "th\n"), HasSubstr("m.bpe: line 1"));
  EXPECT_THAT(Gpt2Error("", " th\n"), HasSubstr("m.bpe: line 1"));
  EXPECT_THAT(Gpt2Error("", "t h\nt h\n"), HasSubstr("merge 2 repeats merge 1"));
  EXPECT_THAT(Gpt2Error("", "t 한\n"), HasSubstr("not in the vocabulary"));
  EXPECT_THAT(Gpt2Error("{\"a\": 0", ""), AllOf(HasSubstr("e.json: byte"), HasSubstr("JSON")));
  EXPECT_THAT(Gpt2Error("[1]", ""), HasSubstr("found an array"));
  EXPECT_THAT(Gpt2Error("{\"a\": \"b\"}", ""), HasSubstr("the token a: expected an id"));
  EXPECT_THAT(Gpt2Error("{\"a\": -1}", ""), HasSubstr("the token a"));
  EXPECT_THAT(Gpt2Error("{\"a\": 1}", ""), HasSubstr("the id 1"));
  EXPECT_THAT(Gpt2Error("{\"a\": 0, \"b\": 0}", ""), HasSubstr("same id 0"));
  EXPECT_THAT(Gpt2Error("{\"a\": {\"b\": 0}}", ""), HasSubstr("an object"));
  EXPECT_THAT(Gpt2Error("{\"t\": 0, \"h\": 1, \"th\": 2}", ""), HasSubstr("256 bytes"));
  EXPECT_THAT(Error(LoadGpt2(Path("none.json"), Path("m.bpe"))), HasSubstr("none.json"));
}

TEST(Gpt2Format, NamesThatCollideCannotBeSaved) {
  BpeVocabulary vocabulary;
  ASSERT_TRUE(vocabulary.AddToken("Ġ").ok());  // the symbol of the space
  EXPECT_FALSE(SaveGpt2(vocabulary, Path("c.json"), Path("c.bpe")).ok());
  BpeVocabulary not_utf8;
  ASSERT_TRUE(not_utf8.AddToken("\xff").ok());
  EXPECT_FALSE(SaveHuggingFace(not_utf8, Path("c.json")).ok());
}

// A tokenizer.json as the tokenizers library writes it, of the bytes and three merges.
Json HuggingFaceJson() {
  Json json = Json::parse(R"({
    "version": "1.0", "truncation": null, "padding": null,
    "added_tokens": [{"id": 259, "content": "<|endoftext|>", "single_word": false,
      "lstrip": false, "rstrip": false, "normalized": true, "special": true}],
    "normalizer": null,
    "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
    "post_processor": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false},
    "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true},
    "model": {"dropout": null, "unk_token": null, "continuing_subword_prefix": "",
      "end_of_word_suffix": "", "fuse_unk": false, "vocab": {},
      "merges": ["t h", "th e", "Ġ the"]}})");
  Json& vocab = json["model"]["vocab"];
  for (int id = 0; id < 256; ++id) vocab[ToSymbols(BpeVocabulary().token(id))] = id;
  vocab["th"] = 256;
  vocab["the"] = 257;
  vocab["Ġthe"] = 258;
  vocab["<|endoftext|>"] = 259;
  return json;
}

std::string HuggingFaceError(const Json& json) {
  return Error(LoadHuggingFace(Write("hf.json", json.dump())));
}

TEST(HuggingFaceFormat, BothWaysToWriteMerges) {
  Json json = HuggingFaceJson();
  EXPECT_EQ(HuggingFaceError(json), "no error");
  json["model"]["merges"] = Json::parse(R"([["t", "h"], ["th", "e"], ["Ġ", "the"]])");
  const auto vocabulary = LoadHuggingFace(Write("pairs.json", json.dump()));
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  const BpeTokenizer tokenizer("", *vocabulary);
  EXPECT_EQ(tokenizer.EncodeOrdinary("the the"), (std::vector<int32_t>{257, 258}));
  EXPECT_EQ(tokenizer.EndOfText(), 259);
}

TEST(HuggingFaceFormat, OtherKindsOfTokenizersAreRefusedByName) {
  const auto changed = [](const std::string& pointer, const Json& value) {
    Json json = HuggingFaceJson();
    json[Json::json_pointer(pointer)] = value;
    return HuggingFaceError(json);
  };
  EXPECT_THAT(changed("/normalizer", {{"type", "NFC"}}), HasSubstr("normalizer"));
  EXPECT_THAT(changed("/pre_tokenizer/add_prefix_space", true), HasSubstr("pre_tokenizer"));
  EXPECT_THAT(changed("/pre_tokenizer/type", "Metaspace"), HasSubstr("Metaspace"));
  EXPECT_THAT(changed("/pre_tokenizer/use_regex", false), HasSubstr("pre_tokenizer"));
  EXPECT_THAT(changed("/pre_tokenizer", nullptr), HasSubstr("pre_tokenizer"));
  EXPECT_THAT(changed("/post_processor/type", "TemplateProcessing"), HasSubstr("post_processor"));
  EXPECT_THAT(changed("/model/type", "WordPiece"), HasSubstr("WordPiece"));
  EXPECT_THAT(changed("/model/byte_fallback", true), HasSubstr("model.byte_fallback"));
  EXPECT_THAT(changed("/model/dropout", 0.1), HasSubstr("model.dropout"));
  EXPECT_THAT(changed("/added_tokens/0/lstrip", true), HasSubstr("added_tokens[0].lstrip"));
}

TEST(HuggingFaceFormat, ErrorsNameThePlace) {
  const auto changed = [](const std::string& pointer, const Json& value) {
    Json json = HuggingFaceJson();
    json[Json::json_pointer(pointer)] = value;
    return HuggingFaceError(json);
  };
  EXPECT_THAT(changed("/model", 1), HasSubstr("hf.json: model"));
  EXPECT_THAT(changed("/model/vocab", Json::array()), HasSubstr("model.vocab"));
  EXPECT_THAT(changed("/model/vocab/a", "x"), HasSubstr("model.vocab[\"a\"]"));
  EXPECT_THAT(changed("/model/vocab/a", -5), HasSubstr("model.vocab[\"a\"]"));
  EXPECT_THAT(changed("/model/vocab/a", 1e9), HasSubstr("model.vocab[\"a\"]"));
  EXPECT_THAT(changed("/model/vocab/a", 65), HasSubstr("the id 65 is there twice"));
  EXPECT_THAT(changed("/model/vocab/한", 260), HasSubstr("한"));
  EXPECT_THAT(changed("/model/vocab/zz", 3999999),
              HasSubstr("model.vocab[\"zz\"]: the id 3999999 is too large: there are 26"));
  EXPECT_THAT(changed("/model/merges/1", "th"), HasSubstr("model.merges[1]"));
  EXPECT_THAT(changed("/model/merges/1", "a b c"), HasSubstr("model.merges[1]"));
  EXPECT_THAT(changed("/model/merges/1", 7), HasSubstr("model.merges[1]"));
  EXPECT_THAT(changed("/model/merges/1", "a b"), HasSubstr("\"ab\""));
  EXPECT_THAT(changed("/model/merges", nullptr), HasSubstr("model.merges"));
  EXPECT_THAT(changed("/added_tokens/0/id", 5), HasSubstr("added_tokens[0]"));
  EXPECT_THAT(changed("/added_tokens/0/id", nullptr), HasSubstr("added_tokens[0].id"));
  EXPECT_THAT(changed("/added_tokens/0", 3), HasSubstr("added_tokens[0]"));
  EXPECT_THAT(changed("/added_tokens", 3), HasSubstr("added_tokens"));
  EXPECT_THAT(Error(LoadHuggingFace(Write("cut.json", "{\"model\": {"))), HasSubstr("byte 12"));
  EXPECT_THAT(Error(LoadHuggingFace(Write("list.json", "[]"))), HasSubstr("model"));
  EXPECT_THAT(Error(LoadHuggingFace(Write("deep.json", std::string(1'000'000, '[')))),
              HasSubstr("deep.json: byte"));
}

// Random damage: any answer but a crash. (The sanitizer configurations look closer.)
TEST(VocabularyFormats, SurviveMutation) {
  const BpeVocabulary vocabulary = Small();
  ASSERT_TRUE(SaveGpt2(vocabulary, Path("e0.json"), Path("m0.bpe")).ok());
  ASSERT_TRUE(SaveHuggingFace(vocabulary, Path("t0.json")).ok());
  ASSERT_TRUE(SaveTiktoken(vocabulary, Path("r0")).ok());
  std::mt19937 random(2);
  const auto mutated = [&](const std::string& name) {
    std::string content = Read(Path(name));
    for (int i = 0; i < 3; ++i) {
      const size_t at = random() % content.size();
      switch (random() % 4) {
        case 0:
          content[at] = static_cast<char>(random());
          break;
        case 1:
          content.erase(at, random() % 20);
          break;
        case 2:
          content.insert(at, content.substr(random() % content.size(), 10));
          break;
        default:
          content[at] = "0123456789{}[]\",: \n"[random() % 19];
      }
    }
    return Write("mutated-" + name, content);
  };
  int refused = 0;
  for (int i = 0; i < 50; ++i) {
    refused += !LoadGpt2(mutated("e0.json"), Path("m0.bpe")).ok();
    refused += !LoadGpt2(Path("e0.json"), mutated("m0.bpe")).ok();
    refused += !LoadHuggingFace(mutated("t0.json")).ok();
    refused += !LoadTiktoken(mutated("r0")).ok();
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace gokart
