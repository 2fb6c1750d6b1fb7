#include "ch03_attention/published_numbers.h"

#include <gtest/gtest.h>

#include <cmath>

namespace gokart {
namespace {

TEST(DifferenceFromPublished, IsNothingWithinRounding) {
  EXPECT_EQ(
      DifferenceFromPublished(Tensor::FromValues({2}, {0.12344f, -0.43206f}), {0.1234, -0.4321}),
      "");
}

TEST(DifferenceFromPublished, NamesTheFirstOne) {
  EXPECT_EQ(DifferenceFromPublished(Tensor::FromValues({1, 3}, {0.1234f, 0.43218f, 9}),
                                    {0.1234, 0.4321, 0}),
            "value 1 of [1, 3]: computed 0.432180, published 0.4321; all: 0.1234 0.4322 9.0000");
}

TEST(DifferenceFromPublished, SeesOtherSizesAndWhatIsNotANumber) {
  EXPECT_EQ(DifferenceFromPublished(Tensor::Zeros({2}), {0}), "[2] computed, 1 values published");
  EXPECT_NE(DifferenceFromPublished(Tensor::Full({1}, std::nanf("")), {0}), "");
}

}  // namespace
}  // namespace gokart
