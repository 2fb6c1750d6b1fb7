#include "ch05_pretrain/sampling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <stdexcept>

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;

// Section 5.3's toy vocabulary: closer every effort forward inches moves pizza toward you.
const std::vector<float> kLogits = {4.51f,  0.89f,  -1.90f, 6.75f, 1.63f,
                                    -1.62f, -1.89f, 6.28f,  1.79f};

// Equal to numbers that were printed with four decimals.
auto Rounded(const std::vector<float>& printed) { return Pointwise(FloatNear(5e-5f), printed); }

TEST(Temperature, FlattensTheDistribution) {
  EXPECT_THAT(SoftmaxWithTemperature(kLogits, 1),
              Rounded({.0609f, .0016f, .0001f, .5721f, .0034f, .0001f, .0001f, .3576f, .0040f}));
  EXPECT_THAT(SoftmaxWithTemperature(kLogits, 5),
              Rounded({.1546f, .0750f, .0429f, .2421f, .0869f, .0454f, .0430f, .2203f, .0898f}));
}

TEST(TopK, LeavesTheRestToShare) {
  std::vector<float> logits = kLogits;
  KeepTopK(logits, 3);
  EXPECT_THAT(SoftmaxWithTemperature(logits, 1),
              Rounded({.0615f, 0, 0, .5775f, 0, 0, 0, .3610f, 0}));
}

TEST(TopK, KeepsTiesAndAllWhenThereAreFewer) {
  std::vector<float> tie = {1, 2, 2, 0};
  KeepTopK(tie, 1);
  EXPECT_THAT(tie, ElementsAre(-INFINITY, 2, 2, -INFINITY));
  std::vector<float> few = {1, 2};
  KeepTopK(few, 5);
  EXPECT_THAT(few, ElementsAre(1, 2));
}

TEST(TopP, KeepsTheNucleus) {
  std::vector<float> p = {0.1f, 0.5f, 0.05f, 0.35f};
  KeepTopP(p, 0.8);
  EXPECT_THAT(p, ElementsAre(0, 0.5f, 0, 0.35f));
  std::vector<float> certain = {0.1f, 0.9f};
  KeepTopP(certain, 0.01);  // at least one token stays
  EXPECT_THAT(certain, ElementsAre(0, 0.9f));
}

// The workshop's 1000 draws with torch.multinomial under seed 123.
TEST(SampleToken, DrawsWhatTheWorkshopDraws) {
  Generator generator(123);
  std::array<int, 9> counts = {};
  for (int i = 0; i < 1000; ++i) ++counts[SampleToken(kLogits, {.temperature = 1}, generator)];
  EXPECT_THAT(counts, ElementsAre(73, 0, 0, 582, 2, 0, 0, 343, 0));
}

TEST(SampleToken, IsGreedyAtTemperatureZeroAndDrawsNothing) {
  Generator generator(123), untouched(123);
  EXPECT_EQ(SampleToken(kLogits, {.temperature = 0, .top_k = 2}, generator), 3);
  EXPECT_EQ(generator.Random32(), untouched.Random32());
}

TEST(Greedy, TakesTheFirstOfTheLargest) {
  EXPECT_EQ(Argmax(kLogits), 3) << "the logits of closer every effort forward ...";
  EXPECT_EQ(Argmax(std::vector<float>{-3, -1, -2, -1}), 1) << "logits -3, -1, -2, -1";
}

// Of logits 0, log 2, log 4, log 8 the two largest are 1 : 2 at temperature 1, and 1 : 4 at 0.5.
TEST(SampleToken, TakesTopKAndTemperature) {
  const std::vector<float> logits = {0, std::log(2.0f), std::log(4.0f), std::log(8.0f)};
  Generator generator(5);
  std::array<int, 4> counts = {};
  for (int i = 0; i < 10000; ++i) {
    ++counts[SampleToken(logits, {.temperature = 0.5, .top_k = 2}, generator)];
  }
  EXPECT_EQ(counts[0] + counts[1], 0) << "top_k = 2 of 4 tokens";
  EXPECT_NEAR(counts[2], 2000, 150) << "of 10000 draws at temperature 0.5, 1 : 4";
}

// The workshop's exercise 5.1: how often is "pizza" (token 6) drawn at temperature 5?
TEST(SampleToken, DrawsPizzaAsOftenAsItsProbabilitySays) {
  Generator generator(123);
  int pizzas = 0;
  for (int i = 0; i < 10000; ++i) {
    pizzas += SampleToken(kLogits, {.temperature = 5}, generator) == 6;
  }
  EXPECT_NEAR(pizzas, 430, 80) << "of 10000 draws, probability 0.0430 at temperature 5";
}

TEST(SampleToken, TakesTopP) {
  const std::vector<float> logits = {0, std::log(2.0f), std::log(4.0f), std::log(8.0f)};
  Generator generator(6);
  for (int i = 0; i < 200; ++i) {  // 8/15 and 4/15 together reach 0.75
    EXPECT_GE(SampleToken(logits, {.temperature = 1, .top_p = 0.75}, generator), 2)
        << "probabilities 1, 2, 4 and 8 fifteenths, top_p = 0.75";
  }
}

TEST(Sampling, RefusesImpossibleOptions) {
  Generator generator(1);
  EXPECT_THROW(SampleToken(kLogits, {.temperature = -1}, generator), std::invalid_argument);
  EXPECT_THROW(SampleToken(kLogits, {.temperature = 1, .top_k = -1}, generator),
               std::invalid_argument);
  EXPECT_THROW(SampleToken(kLogits, {.temperature = 1, .top_p = 0}, generator),
               std::invalid_argument);
}

}  // namespace
}  // namespace gokart
