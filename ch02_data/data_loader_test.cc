#include "ch02_data/data_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "ch02_data/sliding_window_dataset.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;

// The numbers 0, 1, ..., n - 1 in place of text, so that the right answer is arithmetic (workshop,
// data loader intuition).
std::shared_ptr<TokenVector> Numbers(int32_t n) {
  std::vector<int32_t> ids(n);
  std::iota(ids.begin(), ids.end(), 0);
  return std::make_shared<TokenVector>(ids);
}

std::vector<int32_t> Row(const TokenIds& ids, size_t row) {
  return {ids.data() + row * ids.shape(1), ids.data() + (row + 1) * ids.shape(1)};
}

TEST(SlidingWindows, TargetsAreInputsMovedOnByOne) {
  const SlidingWindowDataset dataset(Numbers(1001), 4, 1);
  const int64_t windows[] = {0, 1, 996};
  const Batch batch = dataset.Get(windows);
  EXPECT_THAT(Row(batch.inputs, 0), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(Row(batch.targets, 0), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(Row(batch.inputs, 1), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(Row(batch.inputs, 2), ElementsAre(996, 997, 998, 999));
  EXPECT_THAT(Row(batch.targets, 2), ElementsAre(997, 998, 999, 1000));
}

// The numbers of windows over The Verdict's 5145 tokens.
TEST(NumberOfWindows, IsTheWorkshopsForTheVerdict) {
  const auto count = [](int64_t length, int64_t stride) {
    return SlidingWindowDataset(Numbers(5145), length, stride).size();
  };
  EXPECT_EQ(count(4, 1), 5141) << "5145 tokens, max_length 4, stride 1";
  EXPECT_EQ(count(4, 4), 1286) << "5145 tokens, max_length 4, stride 4";
  EXPECT_EQ(count(2, 2), 2572) << "5145 tokens, max_length 2, stride 2";
  EXPECT_EQ(count(8, 2), 2569) << "5145 tokens, max_length 8, stride 2";
  EXPECT_EQ(count(256, 256), 20) << "5145 tokens, max_length 256, stride 256";
  EXPECT_EQ(count(256, 128), 39) << "5145 tokens, max_length 256, stride 128";
}

TEST(NumberOfWindows, IsZeroWhereTheTargetDoesNotFit) {
  EXPECT_EQ(SlidingWindowDataset(Numbers(3), 4, 1).size(), 0) << "3 tokens, max_length 4, stride 1";
  EXPECT_EQ(SlidingWindowDataset(Numbers(4), 4, 1).size(), 0) << "4 tokens, max_length 4, stride 1";
  EXPECT_EQ(SlidingWindowDataset(Numbers(5), 4, 1).size(), 1) << "5 tokens, max_length 4, stride 1";
}

TEST(SlidingWindows, BeginAtMultiplesOfTheStride) {
  const SlidingWindowDataset dataset(Numbers(30), 4, 3);
  const int64_t windows[] = {5, 2};
  const Batch batch = dataset.Get(windows);
  EXPECT_THAT(Row(batch.inputs, 0), ElementsAre(15, 16, 17, 18)) << "window 5 at stride 3";
  EXPECT_THAT(Row(batch.targets, 0), ElementsAre(16, 17, 18, 19)) << "window 5 at stride 3";
  EXPECT_THAT(Row(batch.inputs, 1), ElementsAre(6, 7, 8, 9)) << "window 2 at stride 3";
}

TEST(SlidingWindowDataset, WrongArgumentsThrow) {
  EXPECT_THROW(SlidingWindowDataset(Numbers(5), 0, 1), std::invalid_argument);
  EXPECT_THROW(SlidingWindowDataset(Numbers(5), 1, 0), std::invalid_argument);
  const int64_t window = 1;
  EXPECT_THROW(SlidingWindowDataset(Numbers(5), 4, 1).Get({&window, 1}), std::invalid_argument);
}

// The workshop's exercise 2.2: other lengths and strides, on the first ids of The Verdict.
TEST(SlidingWindows, AreTheWorkshopsForTheVerdict) {
  const auto verdict = std::make_shared<TokenVector>(
      std::vector<int32_t>{40, 367, 2885, 1464, 1807, 3619, 402, 271, 10899, 2138, 257});
  const int64_t windows[] = {0, 1};
  const Batch two = SlidingWindowDataset(verdict, 2, 2).Get(windows);
  EXPECT_THAT(Row(two.inputs, 0), ElementsAre(40, 367)) << "max_length 2, stride 2";
  EXPECT_THAT(Row(two.inputs, 1), ElementsAre(2885, 1464)) << "max_length 2, stride 2";
  const Batch eight = SlidingWindowDataset(verdict, 8, 2).Get(windows);
  EXPECT_THAT(Row(eight.inputs, 1), ElementsAre(2885, 1464, 1807, 3619, 402, 271, 10899, 2138))
      << "max_length 8, stride 2";
  EXPECT_THAT(Row(eight.targets, 1), ElementsAre(1464, 1807, 3619, 402, 271, 10899, 2138, 257))
      << "max_length 8, stride 2";
}

TEST(NumberOfBatches, CountsALastOneUnlessItIsDropped) {
  const SlidingWindowDataset five(Numbers(22), 4, 4), four(Numbers(17), 4, 4);
  EXPECT_EQ(DataLoader(five, {.batch_size = 2, .drop_last = false}).num_batches(), 3)
      << "5 examples in batches of 2";
  EXPECT_EQ(DataLoader(five, {.batch_size = 2, .drop_last = true}).num_batches(), 2)
      << "5 examples in batches of 2, none that is not full";
  for (const bool drop_last : {false, true}) {
    EXPECT_EQ(DataLoader(four, {.batch_size = 2, .drop_last = drop_last}).num_batches(), 2)
        << "4 examples in batches of 2";
    EXPECT_EQ(DataLoader(four, {.batch_size = 4, .drop_last = drop_last}).num_batches(), 1)
        << "4 examples in batches of 4";
  }
}

TEST(Batches, ComeInOrderWithAShorterOneAtTheEnd) {
  const SlidingWindowDataset dataset(Numbers(22), 4, 4);  // 5 windows
  const DataLoader loader(dataset, {.batch_size = 2, .shuffle = false, .drop_last = false});
  auto pass = loader.Resume({});
  EXPECT_THAT(Row(pass.Next()->inputs, 1), ElementsAre(4, 5, 6, 7)) << "batch 0, row 1";
  EXPECT_THAT(Row(pass.Next()->inputs, 0), ElementsAre(8, 9, 10, 11)) << "batch 1, row 0";
  const auto last = pass.Next();
  ASSERT_TRUE(last) << "the last batch of 5 examples has one";
  EXPECT_EQ(last->inputs.shape(0), 1u);
  EXPECT_THAT(Row(last->targets, 0), ElementsAre(17, 18, 19, 20)) << "batch 2, row 0";
  EXPECT_FALSE(pass.Next()) << "5 examples are 3 batches";
}

TEST(Batches, LeaveOutALastOneThatIsNotFull) {
  const SlidingWindowDataset dataset(Numbers(22), 4, 4);  // 5 windows
  const DataLoader loader(dataset, {.batch_size = 2, .shuffle = false, .drop_last = true});
  auto pass = loader.Resume({.next_batch = 1});
  EXPECT_TRUE(pass.Next());
  EXPECT_FALSE(pass.Next()) << "of 5 examples 2 batches of 2 are full";
}

std::vector<int32_t> Order(DataLoader::Pass pass) {
  std::vector<int32_t> order;
  while (auto batch = pass.Next()) {
    for (size_t row = 0; row < batch->inputs.shape(0); ++row)
      order.push_back(batch->inputs(row, 0));
  }
  return order;
}

// Appendix A.6: five examples, batches of two, seed 123.
TEST(ShuffledBatches, ComeInPyTorchsOrder) {
  const SlidingWindowDataset dataset(Numbers(6), 1, 1);
  const DataLoader loader(dataset, {.batch_size = 2, .shuffle = true, .drop_last = false});
  Generator generator(123);
  EXPECT_THAT(Order(loader.Begin(generator)), ElementsAre(3, 1, 0, 2, 4));
  const DataLoader full(dataset, {.batch_size = 2, .shuffle = true, .drop_last = true});
  EXPECT_THAT(Order(full.Begin(generator)), ElementsAre(0, 2, 3, 1));
}

TEST(ShuffledBatches, ContinueWhereAPassStood) {
  const SlidingWindowDataset dataset(Numbers(100), 3, 2);
  const DataLoader loader(dataset, {.batch_size = 4, .shuffle = true, .drop_last = false});
  Generator generator(5);
  auto pass = loader.Begin(generator);
  for (int i = 0; i < 5; ++i) pass.Next();
  const DataLoaderPosition position = pass.position();
  EXPECT_EQ(position.next_batch, 5);
  EXPECT_EQ(Order(loader.Resume(position)), Order(std::move(pass)));
}

// Without shuffling a pass draws one seed, with shuffling two: what is drawn afterwards depends on
// it.
TEST(ShuffledBatches, DrawWhatPyTorchDraws) {
  const SlidingWindowDataset dataset(Numbers(10), 1, 1);
  for (bool shuffle : {false, true}) {
    Generator generator(9), expected(9);
    DataLoader(dataset, {.batch_size = 1, .shuffle = shuffle}).Begin(generator);
    for (int i = 0; i < (shuffle ? 2 : 1); ++i) expected.Random64();
    EXPECT_EQ(generator.Random32(), expected.Random32()) << "what is drawn after a pass began";
  }
}

}  // namespace
}  // namespace gokart
