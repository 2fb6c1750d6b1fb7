#include "ch06_classify/classifier_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "ch06_classify/classification_dataset.h"
#include "tensor/random.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(LikeliestClasses, TakesTheLargestOfEachRow) {
  EXPECT_THAT(LikeliestClasses(Tensor::FromValues({3, 2}, {1, 2, 5, -1, 3, 3})),
              ElementsAre(1, 0, 0));
}

// 8 ham of which 1 is taken for spam; 4 spam of which 2 come through.
TEST(ConfusionMatrix, ScoresAreThoseWorkedByHand) {
  ConfusionMatrix m({"ham", "spam"});
  m.Add(std::vector<int32_t>{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1},
        std::vector<int32_t>{0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1});
  EXPECT_EQ(m.total(), 12);
  EXPECT_EQ(m.count(0, 1), 1);
  EXPECT_EQ(m.count(1, 0), 2);
  EXPECT_DOUBLE_EQ(m.Accuracy(), 9.0 / 12);
  EXPECT_DOUBLE_EQ(m.Precision(1), 2.0 / 3);
  EXPECT_DOUBLE_EQ(m.Recall(1), 2.0 / 4);
  EXPECT_DOUBLE_EQ(m.F1(1), 4.0 / 7);
  EXPECT_DOUBLE_EQ(m.Precision(0), 7.0 / 9);
  EXPECT_THAT(m.CountsTable(), HasSubstr("spam                  2     2"));
  EXPECT_THAT(m.ScoresTable(), HasSubstr("66.67%  50.00%  57.14%"));
}

TEST(ConfusionMatrix, RatiosOfNothingAreShownAsSuch) {
  ConfusionMatrix m({"a", "b"});
  m.Add(0, 0);
  EXPECT_TRUE(std::isnan(m.Precision(1)));
  EXPECT_THAT(m.ScoresTable(), HasSubstr("-"));
  EXPECT_THROW(m.Add(0, 2), std::invalid_argument);
  EXPECT_THROW(m.Add(std::vector<int32_t>{0}, std::vector<int32_t>{}), std::invalid_argument);
}

// A head without weights always says what its bias says.
TEST(AccuracyOfLoader, CountsRightAnswersInTheBatchesAskedFor) {
  GptConfig config;
  config.vocab_size = 10, config.context_length = 4, config.emb_dim = 8, config.n_heads = 2;
  config.n_layers = 1;
  GptClassifier classifier(std::make_unique<GPTModel>(config), {.num_classes = 2, .pad_id = 9});
  std::fill_n(classifier.out_head.weight.mutable_data(), 16, 0.0f);
  classifier.out_head.bias.mutable_data()[0] = 0, classifier.out_head.bias.mutable_data()[1] = 1;
  const ClassificationDataset data({{1}, {2}, {3}, {4}, {5}}, {1, 1, 0, 0, 1}, {.pad_id = 9});
  const DataLoader loader(data, {.batch_size = 2, .shuffle = false, .drop_last = false});
  Generator generator(1);
  EXPECT_DOUBLE_EQ(AccuracyOfLoader(classifier, loader, generator), 3.0 / 5);
  EXPECT_DOUBLE_EQ(AccuracyOfLoader(classifier, loader, generator, 1), 1);
  EXPECT_DOUBLE_EQ(AccuracyOfLoader(classifier, loader, generator, 99), 3.0 / 5);
  EXPECT_TRUE(classifier.training());
  ConfusionMatrix confusion({"a", "b"});
  AddToConfusion(classifier, loader, generator, confusion);
  EXPECT_EQ(confusion.count(0, 1), 2);
  EXPECT_EQ(confusion.count(1, 1), 3);
}

}  // namespace
}  // namespace gokart
