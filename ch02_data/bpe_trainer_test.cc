#include "ch02_data/bpe_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "ch02_data/bpe_explained.h"
#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/pretokenizer.h"
#include "ch02_data/test_texts.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;

BpeVocabulary Train(const std::string& text, BpeTrainingOptions options) {
  BpeTrainer trainer(options.special_tokens);
  trainer.AddText(text);
  absl::StatusOr<BpeVocabulary> vocabulary = trainer.Train(options);
  EXPECT_TRUE(vocabulary.ok()) << vocabulary.status();
  return vocabulary.ok() ? *vocabulary : BpeVocabulary();
}

std::vector<std::string> Learnt(const BpeVocabulary& vocabulary) {
  std::vector<std::string> learnt;
  for (const Merge& merge : vocabulary.merges()) {
    learnt.push_back(vocabulary.token(merge.left) + "+" + vocabulary.token(merge.right));
  }
  return learnt;
}

// Wikipedia's example of byte-pair encoding, worked by hand: aa 4 times (overlaps counted), then
// a+b and (with its count of 2, smaller ids first) aa+ab.
TEST(BpeTrainer, LearnsTheMergesWorkedByHand) {
  EXPECT_THAT(Learnt(Train("aaabdaaabac", {.vocab_size = 260})),
              testing::ElementsAre("a+a", "a+b", "aa+ab"))
      << "the merges of \"aaabdaaabac\"";
}

// The workshop's example: th, the, "the ". There spaces may stand inside a token and ties go to
// what comes first.
TEST(ExplainTraining, TheCatInTheHat) {
  const auto steps = ExplainTraining({"the cat in the hat"}, 3, TieRule::kFirstSeen);
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(steps[0].left + "+" + steps[0].right, "t+h");
  EXPECT_EQ(steps[1].left + "+" + steps[1].right, "th+e");
  EXPECT_EQ(steps[2].left + "+" + steps[2].right, "the+ ");
  EXPECT_EQ(steps[0].count, 2);
}

TEST(BpeTrainer, EqualsTheDefinition) {
  std::mt19937 random(1);
  for (int round = 0; round < 60; ++round) {
    // Few different characters make many ties, repetitions and pairs with the same bytes.
    std::string text;
    const int length = round % 4 == 0 ? 1500 : 400;
    for (int i = 0; i < length; ++i) {
      text += round % 2 ? "aab  bc"[random() % 7] : "aaab"[random() % 4];
    }
    if (round % 3 == 0) text = RandomText(random, 400);
    std::vector<std::string> pieces;
    for (const std::string_view piece : Pretokenize(text)) pieces.emplace_back(piece);

    const BpeVocabulary vocabulary =
        Train(text, {.vocab_size = 256 + length / 10, .special_tokens = {}, .min_count = 2});
    const size_t num_merges = vocabulary.merges().size();
    const auto steps = ExplainTraining(pieces, static_cast<int>(num_merges), TieRule::kSmallestIds);
    ASSERT_EQ(steps.size(), num_merges);
    for (size_t i = 0; i < num_merges; ++i) {
      const Merge& merge = vocabulary.merges()[i];
      ASSERT_EQ(vocabulary.token(merge.left), steps[i].left) << "merge " << i;
      ASSERT_EQ(vocabulary.token(merge.right), steps[i].right) << "merge " << i;
    }
  }
}

TEST(BpeTrainer, SizeAndLayoutAreGpt2s) {
  std::string text;
  std::mt19937 random(2);
  text = RandomText(random, 5000);
  const BpeVocabulary vocabulary =
      Train(text, {.vocab_size = 400, .special_tokens = {"<|endoftext|>", "<|pad|>"}});
  ASSERT_EQ(vocabulary.size(), 400);
  EXPECT_EQ(vocabulary.token(0), "!");
  EXPECT_EQ(vocabulary.token(398), "<|endoftext|>");
  EXPECT_EQ(vocabulary.token(399), "<|pad|>");
  EXPECT_EQ(vocabulary.added_tokens()[1], (AddedToken{"<|pad|>", 399, true}));
}

TEST(BpeTrainer, NoTokenReachesAcrossPieces) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "to be or not to be, that's the question. ";
  const BpeVocabulary vocabulary = Train(text, {.vocab_size = 1000});
  EXPECT_LT(vocabulary.size(), 1000);  // there is nothing more to learn
  for (int32_t id = 256; id < vocabulary.size() - 1; ++id) {
    EXPECT_EQ(Pretokenize(vocabulary.token(id)).size(), 1u) << vocabulary.token(id);
  }
  const BpeTokenizer tokenizer("trained", vocabulary);
  EXPECT_EQ(tokenizer.Decode(tokenizer.EncodeOrdinary(text)), text);
  EXPECT_EQ(tokenizer.EncodeOrdinary(" question").size(), 1u);
  EXPECT_EQ(tokenizer.EncodeOrdinary(" unheard"), BpeExplainer(vocabulary).Encode(" unheard"));
}

TEST(BpeTrainer, PairsBelowMinCountAreNotMerged) {
  EXPECT_THAT(Learnt(Train("ab cd ab", {.vocab_size = 300, .min_count = 2})),
              testing::ElementsAre("a+b"));
  EXPECT_EQ(Learnt(Train("ab cd ab", {.vocab_size = 300, .min_count = 3})).size(), 0u);
  EXPECT_GT(Learnt(Train("ab cd ab", {.vocab_size = 300, .min_count = 1})).size(), 2u);
}

TEST(BpeTraining, NothingIsLearntFromSpecialTokens) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "<|endoftext|>x";
  EXPECT_EQ(Learnt(Train(text, {.vocab_size = 300})).size(), 0u);
}

TEST(BpeTraining, TheOrderOfTextsDoesNotMatter) {
  std::mt19937 random(3);
  const std::string one = RandomText(random, 500), two = RandomText(random, 500);
  BpeTrainer forward, backward;
  forward.AddText(one);
  forward.AddText(two);
  backward.AddText(two);
  backward.AddText(one);
  EXPECT_EQ(forward.Train({.vocab_size = 350})->merges(),
            backward.Train({.vocab_size = 350})->merges());
}

TEST(BpeTrainingErrors, SayWhatIsPossible) {
  const BpeTrainer trainer;
  EXPECT_THAT(std::string(trainer.Train({.vocab_size = 256}).status().message()),
              HasSubstr("at least 257"));
  EXPECT_FALSE(trainer.Train({.vocab_size = -1}).ok());
  EXPECT_FALSE(trainer.Train({.vocab_size = 300, .special_tokens = {"<e>", "<e>"}}).ok());
  EXPECT_EQ(trainer.Train({.vocab_size = 300})->size(), 257);  // no text: nothing learnt
}

TEST(BpeTrainer, CanBeStopped) {
  std::mt19937 random(4);
  BpeTrainer trainer;
  trainer.AddText(RandomText(random, 20000));
  int calls = 0;
  const auto stopped = trainer.Train({.vocab_size = 800, .progress = [&](int tokens) {
                                        EXPECT_GT(tokens, 256);
                                        return ++calls < 2;
                                      }});
  EXPECT_EQ(stopped.status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(calls, 2);
}

// One piece of a million bytes, and tokens no longer than a file may hold.
TEST(BpeTrainer, RepetitionDoesNoHarm) {
  const BpeVocabulary vocabulary = Train(std::string(1'000'000, 'a'), {.vocab_size = 300});
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    EXPECT_LE(vocabulary.token(id).size(), BpeVocabulary::kMaxTokenBytes);
  }
  EXPECT_TRUE(vocabulary.Find(std::string(1024, 'a')));
}

}  // namespace
}  // namespace gokart
