#include "ch06_classify/splits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gokart {
namespace {

using ::testing::ElementsAre;

// One text for each letter, whose label it is.
std::vector<LabelledText> Texts(const std::string& labels) {
  std::vector<LabelledText> texts;
  for (size_t i = 0; i < labels.size(); ++i) {
    texts.push_back({std::string(1, labels[i]), "text", static_cast<int64_t>(i), 0});
  }
  return texts;
}

std::vector<int64_t> Rows(const std::vector<LabelledText>& texts) {
  std::vector<int64_t> rows;
  for (const LabelledText& t : texts) rows.push_back(t.row);
  return rows;
}

// NumPy's permutation of 10 under seed 123 is 4 0 7 5 8 3 1 6 9 2; the ten h are rows 0, 2, 4, 5,
// 6, 7, 9, 10, 11, 12, and pandas' sample are those at 4, 0 and 7.
TEST(BalanceClasses, SamplesTheLargerClassAsPandasDoes) {
  EXPECT_THAT(Rows(BalanceClasses(Texts("hshshhhhshhhh"), 123)), ElementsAre(6, 0, 10, 1, 3, 8));
}

TEST(BalanceClasses, KeepsTheSmallestClassAsItIs) {
  const std::vector<LabelledText> balanced = BalanceClasses(Texts("hshshhhhhshhhh"), 7);
  ASSERT_EQ(balanced.size(), 6u) << "3 of each class";
  EXPECT_THAT(Rows({balanced.begin() + 3, balanced.end()}), ElementsAre(1, 3, 9)) << "the three s";
}

TEST(BalanceClasses, WorksForMoreClassesAndForEqualOnes) {
  const std::vector<LabelledText> three = BalanceClasses(Texts("aabbbbcab"), 1);
  ASSERT_EQ(three.size(), 3u);
  EXPECT_EQ(three[0].label + three[1].label + three[2].label, "abc");
  EXPECT_EQ(BalanceClasses(Texts("abab"), 1).size(), 4u);
  EXPECT_TRUE(BalanceClasses({}, 1).empty());
}

TEST(RandomSplit, CutsTheShuffledTextsAsTheWorkshopDoes) {
  const TextSplit split = RandomSplit(Texts("aaaaaaaaaa"), 0.7, 0.1, 123);
  EXPECT_THAT(Rows(split.train), ElementsAre(4, 0, 7, 5, 8, 3, 1));
  EXPECT_THAT(Rows(split.val), ElementsAre(6));
  EXPECT_THAT(Rows(split.test), ElementsAre(9, 2));
}

// The sizes of the workshop's parts of 1,494 messages.
TEST(RandomSplit, RoundsDown) {
  const TextSplit split = RandomSplit(Texts(std::string(1494, 'a')), 0.7, 0.1, 123);
  EXPECT_EQ(split.train.size(), 1045u);
  EXPECT_EQ(split.val.size(), 149u);
  EXPECT_EQ(split.test.size(), 300u);
}

TEST(RandomSplit, NeverGoesPastTheEnd) {
  const TextSplit split = RandomSplit(Texts("aaaaa"), 0.8, 0.6, 1);
  EXPECT_EQ(split.train.size(), 4u);
  EXPECT_EQ(split.val.size(), 1u);
  EXPECT_EQ(split.test.size(), 0u);
}

}  // namespace
}  // namespace gokart
