#include "ch02_data/bpe_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "ch02_data/bpe_explained.h"
#include "ch02_data/gpt2_for_test.h"
#include "ch02_data/pretokenizer.h"
#include "ch02_data/test_texts.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Ids = std::vector<int32_t>;

const SpecialTokens kAllowEndOfText = {.allowed = {"<|endoftext|>"}};

Ids Encode(std::string_view text) { return Gpt2ForTest().EncodeOrdinary(text); }

// Numbers that the workshop prints, made by tiktoken.
constexpr char kSection25[] =
    "Hello, do you like tea? <|endoftext|> In the sunlit terracesof someunknownPlace.";
const Ids& IdsOfSection25() {
  static const Ids& ids = *new Ids{15496, 11,   466,   345,  588,  8887, 30,  220,   50256, 554,
                                   262,   4252, 18250, 8812, 2114, 1659, 617, 34680, 27271, 13};
  return ids;
}

TEST(Gpt2Encoding, GivesTheWorkshopsIds) {
  const auto ids = Gpt2ForTest().Encode(kSection25, kAllowEndOfText);
  ASSERT_TRUE(ids.ok());
  EXPECT_EQ(*ids, IdsOfSection25()) << kSection25;
}

TEST(Decoding, GivesTheWorkshopsTextBack) {
  EXPECT_EQ(Gpt2ForTest().Decode(IdsOfSection25()), kSection25)
      << "ids " << testing::PrintToString(IdsOfSection25());
  EXPECT_EQ(Gpt2ForTest().Decode({}), "");
}

TEST(Decoding, JoinsTokensThatAreHalfACharacter) {
  EXPECT_EQ(Gpt2ForTest().Decode({168, 248, 108}), "우") << "three tokens, one character";
}

// The workshop's exercise 2.1.
TEST(Gpt2Encoding, SpellsUnknownWordsInParts) {
  EXPECT_EQ(Encode("Akwirw ier"), (Ids{33901, 86, 343, 86, 220, 959}));
}

TEST(Gpt2Encoding, BonusTokenizerComparison) {
  EXPECT_EQ(Encode("Hello, world. Is this-- a test?"),
            (Ids{15496, 11, 995, 13, 1148, 428, 438, 257, 1332, 30}));
  EXPECT_EQ(Encode("This is some text"), (Ids{1212, 318, 617, 2420}));
  EXPECT_EQ(Gpt2ForTest().vocab_size(), 50257);
}

TEST(Gpt2Encoding, BonusEdgeCases) {
  EXPECT_EQ(Encode("Hello,"), (Ids{15496, 11}));
  EXPECT_EQ(Encode("Implementations"), (Ids{3546, 26908, 602}));
  EXPECT_EQ(Encode("asdf asdfasdf a!!, @aba 9asdf90asdfk"),
            (Ids{292, 7568, 355, 7568, 292, 7568, 257, 3228, 11, 2488, 15498, 860, 292, 7568, 3829,
                 292, 7568, 74}));
  EXPECT_EQ(Encode("a\nb"), (Ids{64, 198, 65}));
  EXPECT_EQ(Encode("a\r\nb"), (Ids{64, 201, 198, 65}));
  EXPECT_EQ(Encode("Hello \nworld"), (Ids{15496, 220, 198, 6894}));
  EXPECT_EQ(Encode("  Hello World."), (Ids{220, 18435, 2159, 13}));
  EXPECT_EQ(Encode("\n\n"), (Ids{628}));
  EXPECT_EQ(Encode("\n\nx"), (Ids{198, 198, 87}));
  EXPECT_EQ(Encode("<|user|>"), (Ids{27, 91, 7220, 91, 29}));
  EXPECT_EQ(Encode(""), Ids{});
}

// ids from tiktoken 1.0.22 (its WebAssembly build), for texts of this file.
TEST(Gpt2Encoding, OtherScriptsAsInTiktoken) {
  EXPECT_EQ(
      Encode("우리 할머니는 아침마다 정원에서 노래를 부르신다."),
      (Ids{168, 248,   108, 167, 99,  105, 220, 47991, 254,   167, 101,   116, 46695, 230, 167, 232,
           242, 23821, 243, 226, 168, 117, 101, 167,   100,   230, 46695, 97,  23821, 254, 243, 168,
           249, 238,   168, 245, 238, 168, 226, 250,   31619, 227, 116,   167, 252,   246, 167, 98,
           120, 31619, 114, 222, 167, 98,  112, 168,   233,   254, 46695, 97,  13}));
  EXPECT_EQ(Encode("جلس الولد قرب النافذة."),
            (Ids{148,   105,   13862, 45692, 28981, 30335, 13862, 38843, 18923, 224, 26897,
                 39848, 28981, 23338, 12919, 149,   223,   148,   108,   45632, 13}));
  EXPECT_EQ(
      Encode("छोटी लड़की ने नदी"),
      (Ids{11976, 249, 24231, 233, 11976, 253, 24231, 222, 28225, 110, 11976, 94, 11976, 120,
           11976, 243, 24231, 222, 28225, 101, 24231, 229, 28225, 101, 11976, 99, 24231, 222}));
  EXPECT_EQ(Encode("小船慢慢地离开港口，\u3000船上。"),
            (Ids{22887, 237, 48958, 117,  162,   227,   95,  162,   227,  95,    28839,
                 108,   163, 99,    119,  28156, 222,   162, 116,   107,  20998, 96,
                 171,   120, 234,   5099, 222,   48958, 117, 41468, 16764}));
  EXPECT_EQ(Encode("Straßenbahn fährt täglich"),
            (Ids{41347, 39683, 268, 65, 15386, 277, 11033, 11840, 83, 256, 11033, 4743, 488}));
  EXPECT_EQ(Encode("🥐☕️ 👨‍👩‍👧 😀"),
            (Ids{8582, 98, 238, 24583, 243, 37929, 50169, 101, 447, 235, 41840, 102, 447, 235,
                 41840, 100, 30325, 222}));
  EXPECT_EQ(Encode("  \n\n\t x \r\n\r\n   y\u00a0\u0085"
                   "z   "),
            (Ids{220, 220, 628, 197,  2124, 220, 201, 198, 201, 198,
                 220, 220, 331, 1849, 126,  227, 89,  220, 220, 220}));
  EXPECT_EQ(Encode("a\u200b"
                   "b\ufeff"
                   "c\u180e"
                   "d\034e"),
            (Ids{64, 9525, 65, 171, 119, 123, 66, 157, 254, 236, 67, 216, 68}));
  EXPECT_EQ(Encode("for (int i = 0; i < 10; ++i) {\n\t\tsum += a[i];\n}"),
            (Ids{1640, 357,  600, 1312, 796, 657,   26,    1312, 1279, 838, 26,    19969, 72,
                 8,    1391, 198, 197,  197, 16345, 15853, 257,  58,   72,  11208, 198,   92}));
}

TEST(Gpt2, EqualsTheDefinitionOnAnyInput) {
  const BpeExplainer explainer(Gpt2ForTest().vocabulary());
  for (const std::string& text : SampleTexts()) {
    EXPECT_EQ(Encode(text), explainer.Encode(text)) << text;
  }
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    const std::string text = i % 2 ? RandomText(random, 40) : RandomBytes(random, 40);
    ASSERT_EQ(Encode(text), explainer.Encode(text)) << text;
    ASSERT_EQ(Gpt2ForTest().Decode(Encode(text)), text);
  }
}

// Merges alone would leave "abc" as three bytes: no two of its parts are a token.
TEST(Gpt2Encoding, TakesWholePiecesFirstWhereTheVocabularySaysSo) {
  std::vector<std::string> tokens;
  for (int byte = 0; byte < 256; ++byte) tokens.push_back(std::string(1, static_cast<char>(byte)));
  tokens.push_back("abc");
  const auto vocabulary = BpeVocabulary::FromRanks(tokens, {});
  ASSERT_TRUE(vocabulary.ok());
  ASSERT_TRUE(vocabulary->whole_pieces_first());
  EXPECT_EQ(BpeTokenizer("whole", *vocabulary).EncodeOrdinary("abc"), Ids{256});
}

TEST(Gpt2, EveryTokenIsEncodedAsItself) {
  const BpeVocabulary& vocabulary = Gpt2ForTest().vocabulary();
  for (int32_t id = 0; id < 50256; ++id) {
    const std::string& token = vocabulary.token(id);
    if (Pretokenize(token).size() == 1) {
      ASSERT_EQ(Encode(token), Ids{id}) << token;
    }
    ASSERT_EQ(Gpt2ForTest().Decode({id}), token);
  }
}

TEST(Gpt2, AnyBytesComeBack) {
  std::mt19937 random(4);
  for (int i = 0; i < 200; ++i) {
    std::string bytes(random() % 500, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    ASSERT_EQ(Gpt2ForTest().Decode(Encode(bytes)), bytes);
  }
}

// Each would take hours if a step were quadratic.
TEST(Gpt2, RepetitionDoesNoHarm) {
  for (const std::string& unit : {std::string("a"), std::string("ab"), std::string(" "),
                                  std::string("-"), std::string("\xff"), std::string("한")}) {
    std::string text;
    while (text.size() < 1'000'000) text += unit;
    ASSERT_EQ(Gpt2ForTest().Decode(Encode(text)), text);
  }
}

TEST(Gpt2Encoding, LongPiecesEqualTheDefinition) {
  const BpeExplainer explainer(Gpt2ForTest().vocabulary());
  std::mt19937 random(5);
  for (const int length : {62, 63, 64, 65, 66, 95, 96, 97, 300}) {
    std::string word;
    for (int i = 0; i < length; ++i) word += static_cast<char>('a' + random() % 3 * 4);
    EXPECT_EQ(Encode(word), explainer.Encode(word)) << length;
    EXPECT_EQ(Encode(word + " " + word), explainer.Encode(word + " " + word));
  }
}

TEST(Gpt2, SpecialTokensOnlyWhereAllowed) {
  const BpeTokenizer& gpt2 = Gpt2ForTest();
  const std::string text = "Hello<|endoftext|>\nworld";
  EXPECT_EQ(gpt2.Encode(text, kAllowEndOfText).value(), (Ids{15496, 50256, 198, 6894}));
  const auto refused = gpt2.Encode(text);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.status().message()),
              testing::AllOf(HasSubstr("<|endoftext|>"), HasSubstr("byte 5")));
  EXPECT_EQ(gpt2.Encode(text, {.refused = {}}).value(), gpt2.EncodeOrdinary(text));
  EXPECT_EQ(gpt2.EncodeOrdinary("<|endoftext|>"), (Ids{27, 91, 437, 1659, 5239, 91, 29}));
  EXPECT_EQ(gpt2.EndOfText(), 50256);
  EXPECT_EQ(gpt2.SpecialToken("<|nothing|>"), std::nullopt);
}

// The look-ahead of the split pattern does not see beyond a special token.
TEST(Gpt2, TextEndsAtASpecialToken) {
  EXPECT_EQ(Gpt2ForTest().Encode("a  <|endoftext|>b", kAllowEndOfText).value(),
            (Ids{64, 220, 220, 50256, 65}));
}

// Workshop, chapter 5, bonus "Extending tokenizers".
TEST(Gpt2, AddedTokens) {
  EXPECT_EQ(Gpt2ForTest()
                .Encode("Hello, MyNewToken_1 is a new token. <|endoftext|>", kAllowEndOfText)
                .value(),
            (Ids{15496, 11, 2011, 3791, 30642, 62, 16, 318, 257, 649, 11241, 13, 220, 50256}));
  BpeVocabulary vocabulary = Gpt2ForTest().vocabulary();
  EXPECT_EQ(vocabulary.AddToken("MyNewToken_1").value(), 50257);
  EXPECT_EQ(vocabulary.AddToken("MyNewToken_2").value(), 50258);
  EXPECT_EQ(vocabulary.AddToken("MyNewToken_2").status().code(), absl::StatusCode::kAlreadyExists);
  const BpeTokenizer extended("extended", vocabulary);
  EXPECT_EQ(extended.vocab_size(), 50259);
  const std::string text = "Sample text with MyNewToken_1 and MyNewToken_2. <|endoftext|>";
  const Ids ids = extended.Encode(text, {.allowed = TokenSet::All()}).value();
  EXPECT_EQ(ids, (Ids{36674, 2420, 351, 220, 50257, 290, 220, 50258, 13, 220, 50256}));
  EXPECT_EQ(extended.Decode(ids), text);
}

TEST(BpeTokenizer, DecodeRefusesForeignIds) {
  EXPECT_THROW(Gpt2ForTest().Decode({0, 50257}), std::invalid_argument);
  EXPECT_THROW(Gpt2ForTest().Decode({-1}), std::invalid_argument);
}

TEST(BpeTokenizer, ManyThreadsAtOnce) {
  std::vector<std::string> texts = SampleTexts();
  std::mt19937 random(6);
  for (int i = 0; i < 50; ++i) texts.push_back(RandomText(random, 200));
  std::vector<Ids> expected;
  for (const std::string& text : texts) expected.push_back(Encode(text));
  const BpeTokenizer tokenizer("fresh", Gpt2ForTest().vocabulary());
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < texts.size(); ++i) {
        wrong[t] += tokenizer.EncodeOrdinary(texts[i]) != expected[i];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ElementsAre(0, 0, 0, 0));
}

// More different pieces than the cache holds: it forgets, but is never wrong.
TEST(BpeTokenizer, TheCacheOverflowsWithoutHarm) {
  const BpeTokenizer tokenizer("bytes", BpeVocabulary());
  std::string text;
  for (int i = 0; i < 200'000; ++i)
    text += " " + std::string(1 + i % 40, 'a' + i % 26) + std::to_string(i);
  const Ids ids = tokenizer.EncodeOrdinary(text);
  ASSERT_EQ(ids.size(), text.size());
  EXPECT_EQ(tokenizer.Decode(ids), text);
  EXPECT_EQ(tokenizer.EncodeOrdinary(text), ids);
}

}  // namespace
}  // namespace gokart
