#include "ch07_instruct/near_duplicates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gokart {
namespace {

const std::vector<std::string>& Texts() {
  static const auto& texts = *new std::vector<std::string>{
      "What is the opposite of big?", "",    "what is the opposite of BIG",
      "Say the plural of fox!",       "...", "Café  noir, s'il vous plaît",
      "What is the plural of foxes?"};
  return texts;
}

// Numbers from the formula, computed with a few lines of Python.
TEST(FindNearDuplicatesTest, SimilaritiesAreThoseOfTfIdf) {
  EXPECT_EQ(CountFeatures(Texts()), 141);
  // Positions count the empty texts, which are in no pair.
  const std::vector<NearDuplicate> expected = {{0, 2, 1.0},      {0, 3, 0.349164},
                                               {0, 6, 0.554139}, {2, 3, 0.349164},
                                               {2, 6, 0.554139}, {3, 6, 0.760577}};
  const std::vector<NearDuplicate> found = FindNearDuplicates(Texts(), 0.3);
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(found[i].a, expected[i].a);
    EXPECT_EQ(found[i].b, expected[i].b);
    EXPECT_NEAR(found[i].similarity, expected[i].similarity, 1e-5);
  }
}

TEST(FindNearDuplicatesTest, TheThresholdIsNotIncluded) {
  EXPECT_TRUE(FindNearDuplicates({"a", "b"}, 0).empty());
  EXPECT_TRUE(FindNearDuplicates({}, 0.5).empty());
  EXPECT_EQ(FindNearDuplicates(Texts(), 0.9).size(), 1);
}

TEST(NormalizeForComparisonTest, SmallLettersWithoutPunctuation) {
  EXPECT_EQ(NormalizeForComparison("It's A \"Test\", isn't_it? é!"), "its a test isntit é");
}

}  // namespace
}  // namespace gokart
