#include "ch06_classify/bag_of_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace gokart {
namespace {

using ::testing::ElementsAre;

TEST(WordsOf, AreThoseOfCountVectorizer) {
  EXPECT_THAT(WordsOf("Ok, I'm HERE-now a x2 _y caf\u00e9!"),
              ElementsAre("ok", "here", "now", "x2", "_y", "caf\u00e9"));
  EXPECT_THAT(WordsOf(" ?! "), ElementsAre());
}

// Two texts of one word each: by symmetry the weights are +-w for each word and class, b is 0, and
// w is where the derivative of 2 log(1 + e^(-2w)) + 2 w^2 vanishes: w = 1 / (1 + e^(2w)).
TEST(BagOfWords, FindsTheOptimumOfTheSmallestProblem) {
  double w = 0;
  for (int i = 0; i < 200; ++i) w = (w + 1 / (1 + std::exp(2 * w))) / 2;
  const BagOfWords model({"good", "bad"}, {1, 0}, 2);
  EXPECT_EQ(model.num_words(), 2);
  const std::vector<double> p = model.Probabilities("so good");
  EXPECT_NEAR(p[1], 1 / (1 + std::exp(-2 * w)), 1e-4);
  EXPECT_NEAR(p[0] + p[1], 1, 1e-12);
  EXPECT_NEAR(model.Probabilities("never seen")[0], 0.5, 1e-6);
  EXPECT_EQ(model.StrongestWords(1, 1)[0].first, "good");
  EXPECT_NEAR(model.StrongestWords(1, 1)[0].second, w, 1e-4);
}

// A word in every text of both classes says nothing; the bias says which class is more frequent.
// Unpenalised, it makes the mean probability that of the class.
TEST(BagOfWords, LeavesTheBiasFree) {
  const BagOfWords model({"it is", "it is", "it is", "it is"}, {0, 0, 0, 1}, 2);
  EXPECT_NEAR(model.Probabilities("it is")[0], 0.75, 1e-3);
}

TEST(BagOfWords, TellsThreeClassesApart) {
  const BagOfWords model({"red apple", "red cherry", "blue sky", "blue sea", "green leaf", "green"},
                         {0, 0, 1, 1, 2, 2}, 3);
  EXPECT_THAT(model.Predict({"a red thing", "the blue one", "green green"}), ElementsAre(0, 1, 2));
}

TEST(BagOfWords, RefusesClassesThatDoNotFit) {
  EXPECT_THROW(BagOfWords({"a"}, {0, 1}, 2), std::invalid_argument);
  EXPECT_THROW(BagOfWords({"a"}, {2}, 2), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
