#include "ch03_attention/attend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "ch03_attention/published_numbers.h"
#include "tensor/ops/layout.h"
#include "tensor/random.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<Attended> Compute(const AttendCommandOptions& options) {
  ManualSeed(123);
  return ComputeAttention(ExampleTokenVectors().vectors, options);
}

TEST(ComputeAttention, ComputesEachMechanismOfTheChapter) {
  EXPECT_EQ(
      DifferenceFromPublished(ops::Slice(Compute({.mechanism = "simplified"})->context, 0, 1, 2),
                              {0.4419, 0.6515, 0.5683}),
      "");
  EXPECT_EQ(DifferenceFromPublished(
                ops::Slice(Compute({.mechanism = "self", .d_out = 2})->context, 0, 0, 1),
                {-0.5337, -0.1051}),
            "");
  EXPECT_EQ(DifferenceFromPublished(
                ops::Slice(Compute({.mechanism = "causal", .d_out = 2})->context, 0, 0, 1),
                {-0.4519, 0.2216}),
            "");
  const auto heads = Compute({.mechanism = "multi_head", .d_out = 2, .num_heads = 2});
  EXPECT_EQ(DifferenceFromPublished(ops::Slice(heads->context, 0, 0, 1), {0.3190, 0.4858}), "");
  ASSERT_EQ(heads->weights.size(), 2);
  EXPECT_EQ(heads->weights[1].shape(), Shape({6, 6}));
  EXPECT_TRUE(heads->causal);
}

TEST(ComputeAttention, SaysWhatItCannotDo) {
  EXPECT_THAT(std::string(Compute({.mechanism = "full"}).status().message()),
              HasSubstr("there are: simplified, self, causal, multi_head"));
  EXPECT_THAT(std::string(Compute({.mechanism = "simplified", .d_out = 2}).status().message()),
              HasSubstr("cannot make 2 numbers of 3"));
  EXPECT_THAT(std::string(Compute({.mechanism = "multi_head", .num_heads = 2}).status().message()),
              HasSubstr("2 heads cannot share 3 numbers"));
}

TEST(Attend, PrintsWeightsAndContextAndDrawsPictures) {
  const std::string folder = ::testing::TempDir();
  ManualSeed(123);
  ::testing::internal::CaptureStdout();
  const absl::Status status =
      Attend(ExampleTokenVectors(), {.mechanism = "causal", .d_out = 2, .folder = folder});
  const std::string page = ::testing::internal::GetCapturedStdout();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_THAT(page, HasSubstr("Attention weights: causal"));
  EXPECT_THAT(page, HasSubstr("journey  -0.5874   0.0058"));
  // Where gnuplot is missing, the page says so instead.
  if (page.find("No picture files") == std::string::npos) {
    EXPECT_TRUE(std::ifstream(folder + "/weights.png").good());
    EXPECT_TRUE(std::ifstream(folder + "/weights.svg").good());
  }
}

TEST(Attend, ReportsAFolderThatCannotBeWritten) {
  ::testing::internal::CaptureStdout();
  const absl::Status status = Attend(ExampleTokenVectors(), {.folder = "/no/such/folder"});
  const std::string page = ::testing::internal::GetCapturedStdout();
  EXPECT_TRUE(!status.ok() || page.find("No picture files") != std::string::npos);
}

}  // namespace
}  // namespace gokart
