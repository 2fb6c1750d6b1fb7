#include "ch03_attention/tour.h"

#include <gtest/gtest.h>

#include <string>

#include "workshop/testing/tour_output.h"

namespace gokart {
namespace {

TEST(AttentionTour, PrintsTheWorkshopsNumbers) {
  const std::string page = OutputOf(AttentionTour, {});
  EXPECT_TRUE(Contains(page, "28 of 28 results equal"));
  EXPECT_FALSE(Contains(page, "✗"));
  EXPECT_FALSE(Contains(page, "bug"));
  // One line of each section.
  EXPECT_TRUE(Contains(page, "0.1385   0.2379   0.2333   0.1240   0.1082   0.1581"));
  EXPECT_TRUE(Contains(page, "starts    0.4431   0.6496   0.5671"));
  EXPECT_TRUE(Contains(page, "1.2705   1.8524   1.8111   1.0795   0.5577   1.5440"));
  EXPECT_TRUE(Contains(page, "one      -0.0763   0.0679"));
  EXPECT_TRUE(Contains(page, "journey   0.4656   0.1723     -inf     -inf     -inf     -inf"));
  EXPECT_TRUE(Contains(page, "0.0000   2.0000   0.0000   2.0000   0.0000   2.0000"));
  EXPECT_TRUE(Contains(page, "starts   -0.6300  -0.0632   0.6202   0.3860"));
  EXPECT_TRUE(Contains(page, "step      0.2575   0.4028"));
  EXPECT_TRUE(Contains(page, "2,360,064"));
}

TEST(AttentionTour, ComparesWhatDoesNotDependOnTheSeedOnly) {
  const std::string page = OutputOf(AttentionTour, {.seed = 7, .brief = true});
  EXPECT_TRUE(Contains(page, "3 of 3 results equal"));
  EXPECT_TRUE(Contains(page, "yours 7"));
}

TEST(AttentionTour, IsShorterOnRequest) {
  const std::string page = OutputOf(AttentionTour, {.brief = true});
  EXPECT_TRUE(Contains(page, "6 of 6 results equal"));
  EXPECT_FALSE(Contains(page, "3.4.1"));
  EXPECT_TRUE(Contains(page, "3.6.2"));
}

}  // namespace
}  // namespace gokart
