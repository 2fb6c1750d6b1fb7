#include "ch07_instruct/collate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace gokart {
namespace {

using ::testing::ElementsAre;
constexpr int32_t kEnd = 50256;

std::vector<int32_t> Row(const TokenIds& ids, size_t row) {
  const size_t columns = ids.shape(1);
  return {ids.data() + row * columns, ids.data() + (row + 1) * columns};
}

Batch Collate(const std::vector<InstructionIds>& texts,
              std::optional<int64_t> allowed_max_length = std::nullopt) {
  std::vector<const InstructionIds*> rows;
  for (const InstructionIds& text : texts) rows.push_back(&text);
  return CollateInstructions(rows, kEnd, allowed_max_length);
}

// The numbers that the workshop prints in section 7.3.
TEST(CollateInstructionsTest, TheWorkshopsExample) {
  const Batch batch = Collate({{{0, 1, 2, 3, 4}}, {{5, 6}}, {{7, 8, 9}}});
  EXPECT_THAT(Row(batch.inputs, 0), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(Row(batch.inputs, 1), ElementsAre(5, 6, kEnd, kEnd, kEnd));
  EXPECT_THAT(Row(batch.inputs, 2), ElementsAre(7, 8, 9, kEnd, kEnd));
  EXPECT_THAT(Row(batch.targets, 0), ElementsAre(1, 2, 3, 4, kEnd));
  EXPECT_THAT(Row(batch.targets, 1), ElementsAre(6, kEnd, -100, -100, -100));
  EXPECT_THAT(Row(batch.targets, 2), ElementsAre(8, 9, kEnd, -100, -100));
}

TEST(CollateInstructionsTest, CutsOffAtTheAllowedLength) {
  const Batch batch = Collate({{{0, 1, 2, 3, 4}}, {{5, 6}}, {{7, 8, 9}}}, 3);
  EXPECT_THAT(Row(batch.inputs, 0), ElementsAre(0, 1, 2));
  EXPECT_THAT(Row(batch.targets, 0), ElementsAre(1, 2, 3));
  EXPECT_THAT(Row(batch.targets, 1), ElementsAre(6, kEnd, -100));
  EXPECT_THAT(Row(batch.targets, 2), ElementsAre(8, 9, kEnd));
  // A limit beyond the longest text changes nothing.
  EXPECT_EQ(Collate({{{5, 6}}}, 100).inputs.shape(1), 2);
}

// The workshop's exercise 7.2: targets[: len - 1] = -100, so that the first token after the mask is
// a target.
TEST(MaskedInstructions, AreNotLearnt) {
  const Batch batch = Collate({{{0, 1, 2, 3, 4}, 3}, {{7, 8}, 2}});
  EXPECT_THAT(Row(batch.inputs, 0), ElementsAre(0, 1, 2, 3, 4)) << "masked, but still read";
  EXPECT_THAT(Row(batch.targets, 0), ElementsAre(-100, -100, 3, 4, kEnd)) << "3 of 5 masked";
  EXPECT_THAT(Row(batch.targets, 1), ElementsAre(-100, kEnd, -100, -100, -100)) << "2 of 2 masked";
}

TEST(MaskedInstructions, OfOneTokenChangeNothing) {
  EXPECT_THAT(Row(Collate({{{5, 6}, 1}}).targets, 0), ElementsAre(6, kEnd));
}

TEST(MaskedInstructions, MayBeCutOff) {
  const Batch batch = Collate({{{0, 1, 2, 3, 4}, 5}, {{5, 6, 7}}}, 2);
  EXPECT_THAT(Row(batch.targets, 0), ElementsAre(-100, -100)) << "2 of 5 tokens, all masked";
  EXPECT_THAT(Row(batch.targets, 1), ElementsAre(6, 7)) << "the next row";
}

TEST(CollateErrors, AreTextsWithoutIds) {
  EXPECT_THROW(Collate({}), std::invalid_argument);
  EXPECT_THROW(Collate({{{1}}, {{}}}), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
