#include "ch03_attention/attention_picture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace gokart {
namespace {

TEST(AttentionPicture, HasARowForEachTokenThatLooks) {
  const Tensor weights = Tensor::FromValues({2, 2}, {0.75, 0.25, 0.5, 0.5});
  const HeatMap picture = AttentionPicture("title", {"a", "b"}, weights, Future::kShown);
  EXPECT_EQ(picture.title, "title");
  EXPECT_EQ(picture.rows, std::vector<std::string>({"a", "b"}));
  EXPECT_EQ(picture.columns, picture.rows);
  EXPECT_EQ(picture.values, std::vector<std::vector<double>>({{0.75, 0.25}, {0.5, 0.5}}));
}

TEST(AttentionPicture, LeavesTheFutureEmpty) {
  const Tensor weights = Tensor::FromValues({2, 2}, {1, 0, 0.5, 0.5});
  const HeatMap picture = AttentionPicture("", {"a", "b"}, weights, Future::kHidden);
  EXPECT_EQ(picture.values[0][0], 1);
  EXPECT_TRUE(std::isnan(picture.values[0][1]));
  EXPECT_EQ(picture.values[1], std::vector<double>({0.5, 0.5}));
}

TEST(AttentionPicture, NeedsANameForEachToken) {
  EXPECT_THROW(AttentionPicture("", {"a"}, Tensor::Zeros({2, 2}), Future::kShown),
               std::invalid_argument);
  EXPECT_THROW(AttentionPicture("", {"a", "b"}, Tensor::Zeros({2, 3}), Future::kShown),
               std::invalid_argument);
}

}  // namespace
}  // namespace gokart
