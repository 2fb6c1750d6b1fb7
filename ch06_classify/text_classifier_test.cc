// Judging texts with a classifier in memory; saving and loading are classify_run_test's business.
#include "ch06_classify/text_classifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "ch02_data/character_tokenizer.h"
#include "tensor/random.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

constexpr char kLetters[] = "abcdefgh !";

TextClassifier MakeClassifier(int64_t max_length) {
  TextClassifier c;
  c.tokenizer = std::make_unique<CharacterTokenizer>(CharacterVocabulary(kLetters));
  c.classes = {"ham", "spam", "other"};
  GptConfig config;
  config.vocab_size = c.tokenizer->vocab_size(), config.context_length = 32, config.emb_dim = 8;
  config.n_heads = 2, config.n_layers = 1, config.drop_rate = 0.5;
  ManualSeed(1);
  c.model = std::make_unique<GptClassifier>(std::make_unique<GPTModel>(config),
                                            GptClassifierConfig{.num_classes = 3, .pad_id = 0});
  c.padding = {.pad_id = 0, .max_length = max_length};
  return c;
}

// A head of zeros says the same of every text: e^1 : e^3 : e^2.
TEST(Classify, GivesTheProbabilityOfEachClass) {
  const TextClassifier c = MakeClassifier(12);
  std::fill_n(c.model->out_head.weight.mutable_data(), 24, 0.0f);
  std::copy_n(std::vector<float>{1, 3, 2}.data(), 3, c.model->out_head.bias.mutable_data());
  const auto found = Classify(c, {"abba"});
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ((*found)[0].best, 1);
  EXPECT_THAT((*found)[0].probabilities,
              Pointwise(FloatNear(1e-4f), {0.090031f, 0.665241f, 0.244728f}));
}

TEST(Classify, SaysHowLongTextsAreAndWhichWereCut) {
  const auto found = Classify(MakeClassifier(5), {"abc", "abcde", "abcdef"});
  ASSERT_TRUE(found.ok()) << found.status();
  std::vector<int64_t> tokens;
  std::vector<bool> cut;
  for (const Classification& text : *found) {
    tokens.push_back(text.tokens);
    cut.push_back(text.cut);
  }
  EXPECT_THAT(tokens, ElementsAre(3, 5, 6));
  EXPECT_THAT(cut, ElementsAre(false, false, true));
}

// More texts than a batch has: what is said of each must not depend on the others.
TEST(Classify, JudgesEachTextByItself) {
  const TextClassifier c = MakeClassifier(12);
  std::vector<std::string> texts;
  for (int i = 0; i < 70; ++i) {
    texts.push_back(std::string(1 + i % 5, kLetters[i % 8]) + kLetters[(i + 3) % 8]);
  }
  const auto all = Classify(c, texts);
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->size(), texts.size());
  for (const size_t i : {0, 1, 31, 32, 33, 64, 69}) {
    const auto alone = Classify(c, {texts[i]});
    ASSERT_TRUE(alone.ok()) << alone.status();
    EXPECT_THAT((*all)[i].probabilities, Pointwise(FloatNear(1e-5f), (*alone)[0].probabilities))
        << "text " << i << ": " << texts[i];
    EXPECT_EQ((*all)[i].best, (*alone)[0].best);
  }
}

TEST(TextClassifiers, RefuseWhatTheyCannotRead) {
  const TextClassifier c = MakeClassifier(12);
  EXPECT_THAT(std::string(Classify(c, {"abc", " \n"}).status().message()),
              HasSubstr("text 2 is empty"));
}

}  // namespace
}  // namespace gokart
