#include "ch02_data/document_dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace gokart {
namespace {

using ::testing::ElementsAre;

constexpr int32_t kEnd = 0;

DocumentDataset Make(std::vector<int32_t> ids, int64_t max_length) {
  return DocumentDataset(std::make_shared<TokenVector>(std::move(ids)), kEnd, max_length);
}

std::vector<int32_t> Row(const TokenIds& ids, size_t row) {
  return {ids.data() + row * ids.shape(1), ids.data() + (row + 1) * ids.shape(1)};
}

TEST(DocumentDataset, OneDocumentPerRowFilledUp) {
  const DocumentDataset dataset = Make({5, 6, 7, kEnd, 8, 9, kEnd}, 10);
  ASSERT_EQ(dataset.size(), 2);
  const int64_t both[] = {1, 0};
  const Batch batch = dataset.Get(both);
  EXPECT_THAT(Row(batch.inputs, 0), ElementsAre(kEnd, 8, 9, kEnd));
  EXPECT_THAT(Row(batch.targets, 0), ElementsAre(8, 9, kEnd, -100));
  EXPECT_THAT(Row(batch.inputs, 1), ElementsAre(kEnd, 5, 6, 7));
  EXPECT_THAT(Row(batch.targets, 1), ElementsAre(5, 6, 7, kEnd));
}

TEST(DocumentDataset, RowsAreAsLongAsNeeded) {
  const DocumentDataset dataset = Make({5, 6, 7, kEnd, 8, kEnd}, 10);
  const int64_t second = 1;
  EXPECT_EQ(dataset.Get({&second, 1}).inputs.shape(1), 2u);
}

TEST(DocumentDataset, LongDocumentsAreCutEmptyAndUnfinishedOnesLeftOut) {
  const DocumentDataset dataset = Make({kEnd, 1, 2, 3, 4, kEnd, kEnd, 5, 6}, 3);
  ASSERT_EQ(dataset.size(), 1);
  const int64_t first = 0;
  const Batch batch = dataset.Get({&first, 1});
  EXPECT_THAT(Row(batch.inputs, 0), ElementsAre(kEnd, 1, 2));
  EXPECT_THAT(Row(batch.targets, 0), ElementsAre(1, 2, 3));
}

// Documents that begin in one piece of the stream and end in the next.
TEST(DocumentDataset, FindsDocumentsAcrossReads) {
  std::vector<int32_t> ids(200000, 3);
  for (size_t i : {size_t{65535}, size_t{65536}, size_t{150000}}) ids[i] = kEnd;
  const DocumentDataset dataset = Make(ids, 5);
  EXPECT_EQ(dataset.size(), 2);
}

TEST(DocumentDataset, RefusesWhatIsNotThere) {
  EXPECT_THROW(Make({1, kEnd}, 1), std::invalid_argument);
  const int64_t none = 1;
  EXPECT_THROW(Make({1, kEnd}, 5).Get({&none, 1}), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
