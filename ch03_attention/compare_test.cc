// The comparison on short sequences: what it measures, ranks, draws and writes. No times are
// compared with anything.
#include "ch03_attention/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "ch03_attention/make_attention.h"
#include "workshop/csv_file.h"
#include "workshop/file.h"

namespace gokart {
namespace {

AttentionMeasurement Fake(const std::string& name, int64_t tokens, double seconds) {
  return {.attention = name,
          .tokens = tokens,
          .forward_seconds = seconds / 3,
          .training_seconds = seconds,
          .decode_seconds = seconds / 100,
          .of_ceiling = 0.5,
          .peak_bytes = tokens * 1000,
          .cache_bytes = static_cast<double>(tokens) * 10};
}

TEST(Compare, RanksTheLongestByTime) {
  const std::string table = RankedTable(
      {Fake("fused", 64, 1), Fake("fused", 128, 3), Fake("gqa", 64, 9), Fake("gqa", 128, 2)});
  EXPECT_LT(table.find("gqa"), table.find("fused"));
  EXPECT_THAT(table, ::testing::HasSubstr("2e+03"));
  EXPECT_THAT(table, ::testing::Not(::testing::HasSubstr("9e+03")));
}

TEST(Compare, DrawsTheSameFunctionApartFromTheOthers) {
  const auto charts =
      ComparisonCharts({Fake("fused", 64, 1), Fake("fused", 128, 3), Fake("didactic", 64, 9),
                        Fake("gqa", 64, 2), Fake("rope", 64, 2)});
  ASSERT_EQ(charts.size(), 8);
  EXPECT_EQ(charts[0].name, "time_same");
  ASSERT_EQ(charts[0].chart.series.size(), 2);
  EXPECT_EQ(charts[0].chart.series[0].label, "fused");
  EXPECT_EQ(charts[0].chart.series[0].x, (std::vector<double>{64, 128}));
  EXPECT_EQ(charts[0].chart.series[0].y, (std::vector<double>{1000, 3000}));
  EXPECT_EQ(charts[0].chart.series[1].label, "didactic");
  ASSERT_EQ(charts[1].chart.series.size(), 2);
  EXPECT_EQ(charts[1].chart.series[1].label, "gqa");
  ASSERT_EQ(charts[2].chart.series.size(), 2);
  EXPECT_EQ(charts[2].chart.series[1].label, "rope");
  for (const NamedChart& named : charts) {
    EXPECT_TRUE(named.chart.log_x && named.chart.log_y) << named.name;
    EXPECT_NO_THROW(CheckChart(named.chart));
  }
}

TEST(Compare, MeasuresEveryVariantAtEveryLength) {
  const auto measured = MeasureAttentions({.emb_dim = 64, .max_tokens = 100});
  ASSERT_TRUE(measured.ok()) << measured.status();
  ASSERT_EQ(measured->size(), 2 * AttentionKinds().size());
  for (const AttentionMeasurement& m : *measured) {
    SCOPED_TRACE(m.attention);
    EXPECT_TRUE(m.tokens == 64 || m.tokens == 100);
    EXPECT_GT(m.forward_seconds, 0);
    EXPECT_GT(m.training_seconds, 0);
    EXPECT_GT(m.decode_seconds, 0);
    EXPECT_GT(m.of_ceiling, 0);
    EXPECT_LT(m.of_ceiling, 2);
    EXPECT_GT(m.peak_bytes, m.tokens * 64 * 4);
    EXPECT_GT(m.cache_bytes, 0);
  }
}

TEST(Compare, WritesWhatItMeasured) {
  const std::string folder = ::testing::TempDir() + "/compare";
  std::filesystem::create_directories(folder);
  ::testing::internal::CaptureStdout();
  const absl::Status status = CompareAttention(
      {.emb_dim = 64, .max_tokens = 80, .attention = {"fused", "gqa"}, .folder = folder});
  const std::string page = ::testing::internal::GetCapturedStdout();
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(page, ::testing::HasSubstr("One sequence of 80 tokens, 64 wide with 1 heads"));
  const auto rows = ParseCsv(*ReadFile(folder + "/compare.csv"));
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 1 + 2 * 2);
  EXPECT_EQ((*rows)[0][0], "attention");
  EXPECT_EQ((*rows)[4][0], "gqa");
  EXPECT_EQ((*rows)[4][1], "80");
  if (page.find("No picture files") != std::string::npos) return;
  for (const char* name : {"time_same.svg", "time_scores.png", "memory_same.svg", "cache.png"}) {
    EXPECT_TRUE(std::filesystem::exists(folder + "/" + name)) << name;
  }
}

}  // namespace
}  // namespace gokart
