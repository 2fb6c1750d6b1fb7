#include "tensor/shape.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace gokart {
namespace {

TEST(Shape, SizeAndExtents) {
  const Shape s = {2, 6, 3};
  EXPECT_EQ(s.rank(), 3);
  EXPECT_EQ(s.size(), 36);
  EXPECT_EQ(s[0], 2);
  EXPECT_EQ(s[-1], 3);
  EXPECT_EQ(s.Product(1, 3), 18);
  EXPECT_EQ(s.ToString(), "[2, 6, 3]");
}

TEST(Shape, ScalarHasOneElementAndEmptyAxisHasNone) {
  EXPECT_EQ(Shape{}.size(), 1);
  EXPECT_EQ(Shape{}.ToString(), "[]");
  EXPECT_EQ((Shape{3, 0, 2}).size(), 0);
}

TEST(Shape, Derived) {
  const Shape s = {2, 6, 3};
  EXPECT_EQ(s.With(-1, 5), (Shape{2, 6, 5}));
  EXPECT_EQ(s.Without(1), (Shape{2, 3}));
  EXPECT_FALSE(s == (Shape{2, 6}));
}

TEST(Shape, RefusesWhatCannotBe) {
  EXPECT_THROW((Shape{2, -1}), std::invalid_argument);
  EXPECT_THROW((Shape{1, 1, 1, 1, 1, 1, 1}), std::invalid_argument);
  EXPECT_THROW((Shape{int64_t{1} << 31, int64_t{1} << 31}), std::invalid_argument);
  EXPECT_THROW((Shape{2, 3})[2], std::invalid_argument);
  EXPECT_THROW((Shape{2, 3})[-3], std::invalid_argument);
}

}  // namespace
}  // namespace gokart
