// The tour as a whole: its own comparisons with the workshop hold, and its pictures are there.
#include "ch04_model/tour.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "workshop/testing/tour_output.h"

namespace gokart {
namespace {

TEST(ModelTour, PrintsTheWorkshopsNumbers) {
  const std::string folder = ::testing::TempDir() + "/model_tour";
  std::filesystem::create_directories(folder);
  const std::string page = OutputOf(ModelTour, {.folder = folder});
  EXPECT_TRUE(Contains(page, "14 of 14 results equal"));
  EXPECT_FALSE(Contains(page, "✗"));
  // One line of each section.
  EXPECT_TRUE(Contains(page, "[[[-1.2034,  0.3201, -0.7130, ..., -1.5548, -0.2390, -0.4667]"));
  EXPECT_TRUE(Contains(page, "[[ 0.6159,  1.4126, -0.8719,  0.5872, -0.8719, -0.8719]"));
  EXPECT_TRUE(Contains(page, "4,722,432"));
  EXPECT_TRUE(Contains(page, "0.0002017359    0.22169"));
  EXPECT_TRUE(Contains(page, "2,360,064"));
  EXPECT_TRUE(Contains(page, "621.83 MB"));
  EXPECT_TRUE(Contains(page, "[-0.1565,  0.3926,  0.3288, ...,  1.2630, -0.1858,  0.0388]"));
  EXPECT_TRUE(Contains(page, "716, 27018, 24086, 47843, 30961, 42348, 7267]"));
  EXPECT_TRUE(Contains(page, "1,554,971,200"));
  if (!Contains(page, "No picture files")) {
    for (const char* name : {"gelu.svg", "gelu.png", "vanishing_gradients.svg"}) {
      EXPECT_TRUE(std::filesystem::exists(folder + "/" + name)) << name;
    }
  }
}

TEST(ModelTour, WithAnotherSeedComparesOnlyWhatDoesNotDependOnIt) {
  const std::string page = OutputOf(ModelTour, {.seed = 7, .brief = true});
  EXPECT_TRUE(Contains(page, "3 of 3 results equal"));
  EXPECT_TRUE(Contains(page, "yours 7"));
  EXPECT_FALSE(Contains(page, "4.5 "));
  EXPECT_TRUE(Contains(page, "4.7 "));
}

}  // namespace
}  // namespace gokart
