#include "ch06_classify/classifier_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <optional>
#include <stdexcept>

#include "ch06_classify/classification_dataset.h"
#include "tensor/random.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(LikeliestClasses, TakesTheLargestOfEachRow) {
  EXPECT_THAT(LikeliestClasses(Tensor::FromValues({3, 2}, {1, 2, 5, -1, 3, 3})),
              ElementsAre(1, 0, 0))
      << "of (1, 2), (5, -1), (3, 3)";
  EXPECT_THAT(LikeliestClasses(Tensor::FromValues({1, 3}, {-5, -4, -3})), ElementsAre(2));
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
  EXPECT_DOUBLE_EQ(m.Recall(0), 7.0 / 8);
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

// A head without weights always says what its bias says: class 1. Right for 3 of the 5 texts, in
// batches of 2, 2 and 1.
struct AlwaysClassOne {
  AlwaysClassOne() : data({{1}, {2}, {3}, {4}, {5}}, {1, 1, 0, 0, 1}, {.pad_id = 9}) {
    GptConfig config;
    config.vocab_size = 10, config.context_length = 4, config.emb_dim = 8, config.n_heads = 2;
    config.n_layers = 1;
    classifier.emplace(std::make_unique<GPTModel>(config),
                       GptClassifierConfig{.num_classes = 2, .pad_id = 9});
    std::fill_n(classifier->out_head.weight.mutable_data(), 16, 0.0f);
    classifier->out_head.bias.mutable_data()[0] = 0;
    classifier->out_head.bias.mutable_data()[1] = 1;
  }

  std::optional<GptClassifier> classifier;
  ClassificationDataset data;
  DataLoader loader{data, {.batch_size = 2, .shuffle = false, .drop_last = false}};
  Generator generator{1};
};

TEST(AccuracyOfLoader, IsTheShareOfRightAnswers) {
  AlwaysClassOne one;
  EXPECT_DOUBLE_EQ(AccuracyOfLoader(*one.classifier, one.loader, one.generator), 3.0 / 5);
  EXPECT_TRUE(one.classifier->training()) << "as it was before";
}

TEST(AccuracyOfLoader, LooksAtAsManyBatchesAsItIsTold) {
  AlwaysClassOne one;
  EXPECT_DOUBLE_EQ(AccuracyOfLoader(*one.classifier, one.loader, one.generator, 1), 1);
  EXPECT_DOUBLE_EQ(AccuracyOfLoader(*one.classifier, one.loader, one.generator, 2), 2.0 / 4);
  EXPECT_DOUBLE_EQ(AccuracyOfLoader(*one.classifier, one.loader, one.generator, 99), 3.0 / 5);
}

TEST(AddToConfusion, CountsActualAndPredictedClasses) {
  AlwaysClassOne one;
  ConfusionMatrix confusion({"a", "b"});
  AddToConfusion(*one.classifier, one.loader, one.generator, confusion);
  EXPECT_EQ(confusion.count(0, 1), 2);
  EXPECT_EQ(confusion.count(1, 1), 3);
}

}  // namespace
}  // namespace gokart
