// The tour as a whole, on a tiny model.
#include "ch06_classify/tour.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "ch06_classify/testing/tiny_base.h"
#include "workshop/testing/tour_output.h"

namespace gokart {
namespace {

TEST(ClassifyTour, ShowsTheChapterAndNotesWhatCameOut) {
  const std::string folder = ::testing::TempDir() + "/tour." + std::to_string(getpid());
  const std::string base = WriteTinyBase(folder + "/base");
  std::vector<std::string> findings;
  const auto tour = [&](const TourOptions& options) { return ClassifyTour(options, base); };
  const std::string page = OutputOf(tour, {.folder = folder, .brief = true, .findings = &findings});
  for (const char* section : {"6.2 ", "6.3 ", "6.5 ", "6.6 ", "6.7 ", "6.8 "}) {
    EXPECT_TRUE(Contains(page, section));
  }
  EXPECT_TRUE(Contains(page, "700 to train on, 100 to validate and 200 to test"));
  EXPECT_TRUE(Contains(page, "bag of words, logistic regression"));
  EXPECT_FALSE(page.find("LoRA") != std::string::npos) << "the brief tour leaves it out";
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_TRUE(Contains(findings[0], "Chapter 6: finetuned in"));
  EXPECT_TRUE(std::filesystem::exists(folder + "/classifier/checkpoint/checkpoint.safetensors"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace gokart
