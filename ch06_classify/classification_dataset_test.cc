#include "ch06_classify/classification_dataset.h"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

namespace gokart {
namespace {

const std::vector<std::vector<int32_t>>& Texts() {
  static const auto& texts = *new std::vector<std::vector<int32_t>>{{1, 2, 3, 4}, {5}, {}, {6, 7}};
  return texts;
}

TEST(RowsOfABatch, AreFilledUpToTheLongestText) {
  const ClassificationDataset data(Texts(), {4, 5, 6, 7}, {.pad_id = 9});
  EXPECT_EQ(data.size(), 4);
  EXPECT_EQ(data.max_length(), 4);
  const Batch batch = data.Get(std::array<int64_t, 3>{3, 2, 1});
  EXPECT_EQ(batch.inputs, (TokenIds{{6, 7, 9, 9}, {9, 9, 9, 9}, {5, 9, 9, 9}}));
  EXPECT_EQ(batch.targets, (TokenIds{{7}, {6}, {5}}));
}

TEST(RowsOfABatch, AreCutWhereTextsAreTooLong) {
  const ClassificationDataset data(Texts(), {0, 1, 1, 0}, {.pad_id = 9, .max_length = 3});
  EXPECT_EQ(data.Get(std::array<int64_t, 2>{0, 1}).inputs, (TokenIds{{1, 2, 3}, {5, 9, 9}}));
}

TEST(RowsOfABatch, AreAsLongAsTheBatchNeedsIfToldSo) {
  const ClassificationDataset data(Texts(), {0, 1, 1, 0}, {.pad_id = 9, .pad_to_batch = true});
  EXPECT_EQ(data.Get(std::array<int64_t, 2>{3, 1}).inputs, (TokenIds{{6, 7}, {5, 9}}));
  EXPECT_EQ(data.Get(std::array<int64_t, 1>{2}).inputs, (TokenIds{{9}}));
}

// The workshop's exercise 6.1: padding up to the context of the model, here 1,024 tokens.
TEST(RowsOfABatch, AreFilledUpToTheContextIfToldSo) {
  const ClassificationDataset data(Texts(), {0, 1, 1, 0}, {.pad_id = 50256, .max_length = 1024});
  const Batch batch = data.Get(std::array<int64_t, 2>{0, 1});
  ASSERT_EQ(batch.inputs.shape(0), 2u);
  ASSERT_EQ(batch.inputs.shape(1), 1024u);
  EXPECT_EQ(batch.inputs(0, 3), 4);
  EXPECT_EQ(batch.inputs(0, 4), 50256);
  EXPECT_EQ(batch.inputs(0, 1023), 50256);
}

TEST(ClassificationDataset, RefusesWhatDoesNotFit) {
  EXPECT_THROW(ClassificationDataset(Texts(), {0}, {}), std::invalid_argument);
  const ClassificationDataset data(Texts(), {0, 1, 1, 0}, {});
  EXPECT_THROW(data.Get(std::array<int64_t, 1>{4}), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
