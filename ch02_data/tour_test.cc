#include "ch02_data/tour.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "workshop/file.h"
#include "workshop/testing/tour_output.h"

namespace gokart {
namespace {

TEST(DataTour, PrintsTheWorkshopsNumbers) {
  const std::string folder = testing::TempDir() + "/tour";
  std::filesystem::create_directories(folder);
  const std::string page = OutputOf(DataTour, {.folder = folder});
  EXPECT_FALSE(Contains(page, "✗"));
  EXPECT_FALSE(Contains(page, "DIFFERENT"));
  EXPECT_FALSE(Contains(page, "ANOTHER"));
  for (const char* section : {"2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8"}) {
    EXPECT_TRUE(Contains(page, section));
  }
  EXPECT_TRUE(Contains(page, "Hello | , | world | . | Is | this | -- | a | test | ?"));
  EXPECT_TRUE(Contains(page, "the word \"Hello\" is not in the vocabulary"));
  EXPECT_TRUE(Contains(page, "15496 11 466 345 588 8887 30 220 50256 554"));
  EXPECT_TRUE(Contains(page, "Ak|w|ir|w|␣|ier"));
  EXPECT_TRUE(Contains(page, "the + ␣, 2 times, becomes the␣"));
  EXPECT_TRUE(Contains(page, "the same ids"));
  EXPECT_TRUE(Contains(page, "Korean"));
  EXPECT_TRUE(Contains(page, "996 997 998 999"));
  EXPECT_TRUE(Contains(page, "3 1 0 2 4"));
  EXPECT_TRUE(Contains(page, "the same batch"));
  EXPECT_TRUE(Contains(page, "0.3374 -0.1778 -0.1690"));
  EXPECT_TRUE(Contains(page, "[8, 4, 256]"));
  EXPECT_TRUE(ReadFile(folder + "/story.tokens").ok());
}

TEST(DataTour, IsShorterOnRequestAndTellsWhatItFound) {
  std::vector<std::string> findings;
  const std::string page = OutputOf(DataTour, {.seed = 7, .brief = true, .findings = &findings});
  EXPECT_FALSE(Contains(page, "✗"));
  EXPECT_FALSE(Contains(page, "2.4"));
  EXPECT_TRUE(Contains(page, "2.6"));
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_TRUE(Contains(findings[0], "1,000 tokens"));
}

}  // namespace
}  // namespace gokart
