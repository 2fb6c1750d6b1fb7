#include "ch06_classify/numpy_permutation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace gokart {
namespace {

using ::testing::ElementsAre;

// numpy.random.RandomState(123).permutation(10).
TEST(NumpyPermutation, IsThatOfNumpy) {
  EXPECT_THAT(NumpyPermutation(10, 123), ElementsAre(4, 0, 7, 5, 8, 3, 1, 6, 9, 2));
}

// The workshop prints which messages of the SMS collection pandas draws from the 4,825 ham: rows
// 4307, 4138, 4831, 4461 and 5440 of the file come first. Counted among the ham, these are:
TEST(NumpyPermutation, DrawsTheWorkshopsSample) {
  std::vector<int64_t> order = NumpyPermutation(4825, 123);
  EXPECT_THAT(std::vector<int64_t>(order.begin(), order.begin() + 5),
              ElementsAre(3720, 3580, 4182, 3858, 4713));
  std::sort(order.begin(), order.end());
  for (int64_t i = 0; i < 4825; ++i) ASSERT_EQ(order[i], i);
}

TEST(NumpyPermutation, OfLittleOrNothing) {
  EXPECT_THAT(NumpyPermutation(0, 123), ElementsAre());
  EXPECT_THAT(NumpyPermutation(1, 123), ElementsAre(0));
  EXPECT_THROW(NumpyPermutation(-1, 123), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
