#include "workshop/nearest_name.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace gokart {
namespace {

const std::vector<std::string> kNames = {"tour",       "train",         "train-bpe",
                                         "batch_size", "learning_rate", "seed"};

TEST(NearestNameTest, Mistypings) {
  EXPECT_EQ(NearestName("trian", kNames), "train");  // swapped
  EXPECT_EQ(NearestName("tor", kNames), "tour");     // left out
  EXPECT_EQ(NearestName("touur", kNames), "tour");   // too much
  EXPECT_EQ(NearestName("taur", kNames), "tour");    // another letter
  EXPECT_EQ(NearestName("taud", kNames), "");        // two of four letters: another word
  EXPECT_EQ(NearestName("batchsize", kNames), "batch_size");
  EXPECT_EQ(NearestName("Batch-Size", kNames), "batch_size");
  EXPECT_EQ(NearestName("learning_rat", kNames), "learning_rate");
}

TEST(NearestNameTest, TheStartOfAName) {
  EXPECT_EQ(NearestName("learn", kNames), "learning_rate");
  EXPECT_EQ(NearestName("l", kNames), "");
}

TEST(NearestNameTest, NothingNear) {
  EXPECT_EQ(NearestName("temperature", kNames), "");
  EXPECT_EQ(NearestName("", kNames), "");
  EXPECT_EQ(NearestName(std::string(100000, 'x'), kNames), "");
  EXPECT_EQ(NearestName("train", {}), "");
}

}  // namespace
}  // namespace gokart
