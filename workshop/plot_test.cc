#include "workshop/plot.h"

#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class SavePlotTest : public ::testing::Test {
 protected:
  SavePlotTest() { fs::create_directories(folder_); }
  ~SavePlotTest() override { fs::remove_all(folder_); }

  std::string Get(const std::string& name) const {
    std::ifstream file(folder_ + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // Width and height in the header of a PNG file, which begins with its signature and an IHDR
  // chunk.
  std::pair<uint32_t, uint32_t> PngSize(const std::string& name) const {
    const std::string png = Get(name);
    if (png.substr(0, 8) != "\x89PNG\r\n\x1a\n" || png.substr(12, 4) != "IHDR") return {0, 0};
    auto number = [&](size_t at) {
      uint32_t value = 0;
      for (size_t i = at; i < at + 4; ++i) value = value << 8 | static_cast<uint8_t>(png[i]);
      return value;
    };
    return {number(16), number(20)};
  }

  const std::string folder_ = ::testing::TempDir() + "/plot_test." + std::to_string(getpid());
};

LineChart LossChart() {
  return {.title = "Loss of 'my_run' \\ $x",
          .x_label = "Epochs",
          .y_label = "Loss",
          .series = {{"training", {0, 1, 2, 3}, {10.5, 5, NAN, 2}},
                     {"validation_loss", {0, 3}, {10, 6}}},
          .horizontal_lines = {{"floor", 1.5}},
          .second_x_axis = {"Tokens seen", 0, 41472}};
}

TEST_F(SavePlotTest, LinesAsSvgAndPng) {
  const absl::Status status = SavePlot(LossChart(), folder_ + "/loss");
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(PngSize("loss.png"), std::make_pair(1440u, 864u));
  EXPECT_THAT(Get("loss.svg"),
              AllOf(HasSubstr("<svg"), HasSubstr("Epochs"), HasSubstr("validation_loss"),
                    HasSubstr("floor (1.5)"), HasSubstr("Tokens seen"), HasSubstr("40k"),
                    HasSubstr("\\ $x")));
}

TEST_F(SavePlotTest, LogAxes) {
  LineChart chart = LossChart();
  chart.log_x = chart.log_y = true;
  chart.second_x_axis = {};
  const absl::Status status = SavePlot(chart, folder_ + "/log");
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(Get("log.svg"), HasSubstr("> 5</"));
}

TEST_F(SavePlotTest, Bars) {
  const BarChart chart = {.title = "Speed",
                          .y_label = "tokens/s",
                          .categories = {"laptop", "gpt2-small"},
                          .series = {{"ours", {523.4, 388}}, {"theirs", {168, NAN}}}};
  const absl::Status status = SavePlot(chart, folder_ + "/bars");
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(Get("bars.svg"),
              AllOf(HasSubstr("gpt2-small"), HasSubstr("theirs"), HasSubstr("523")));
  EXPECT_NE(PngSize("bars.png").first, 0u);
}

// Where gnuplot placed a text: <g transform="translate(x,y)" ...>...<text>...label.
std::pair<double, double> PlaceOf(const std::string& svg, const std::string& label) {
  const size_t at = svg.find(label), group = svg.rfind("translate(", at);
  if (at == std::string::npos || group == std::string::npos) return {NAN, NAN};
  double x = NAN, y = NAN;
  EXPECT_EQ(std::sscanf(svg.c_str() + group, "translate(%lf,%lf)", &x, &y), 2);
  return {x, y};
}

TEST_F(SavePlotTest, TheLegendKeepsClearOfTheCurves) {
  LineChart chart = {.title = "T", .series = {{"the_curve", {0, 5, 10}, {9, 10, 9.5}}}};
  chart.horizontal_lines = {{"low", 0}};
  const auto place = [&] {
    EXPECT_TRUE(SavePlot(chart, folder_ + "/legend").ok());
    return PlaceOf(Get("legend.svg"), "the_curve");
  };
  chart.series[0].y = {10, 2, 1};  // falling: the corner at the top right is free
  EXPECT_GT(place().first, 450);
  EXPECT_LT(place().second, 150);
  chart.series[0].y = {1, 2, 10};  // rising: the one at the top left
  EXPECT_LT(place().first, 450);
  EXPECT_LT(place().second, 150);
  chart.series[0].y = {10, 9, 10};  // along the top, with a line along the bottom: below
  EXPECT_GT(place().second, 480);
}

// There are six colours; the seventh line has the first one's again, but dashed.
TEST_F(SavePlotTest, LinesOfTheSameColourCanBeToldApart) {
  LineChart chart = {.title = "Many"};
  for (int i = 0; i < 6; ++i) {
    chart.series.push_back({"line" + std::to_string(i), {0, 1}, {1.0 + i, 2.0 + i}});
  }
  ASSERT_TRUE(SavePlot(chart, folder_ + "/six").ok());
  EXPECT_THAT(Get("six.svg"), ::testing::Not(HasSubstr("stroke-dasharray")));
  chart.series.push_back({"line6", {0, 1}, {9, 9}});
  ASSERT_TRUE(SavePlot(chart, folder_ + "/seven").ok());
  EXPECT_THAT(Get("seven.svg"), HasSubstr("stroke-dasharray"));
}

TEST_F(SavePlotTest, ManyBarsCarryNoNumbers) {
  BarChart chart = {.title = "T", .categories = {}, .series = {{"a", {}}}};
  const auto numbered = [&](int bars) {
    for (int i = 0; i < bars; ++i) {
      chart.categories.push_back("c" + std::to_string(i));
      chart.series[0].values.push_back(0.123 + i);
    }
    EXPECT_TRUE(SavePlot(chart, folder_ + "/bars").ok());
    return Get("bars.svg").find("4.12</text>") != std::string::npos;
  };
  EXPECT_TRUE(numbered(8));
  EXPECT_FALSE(numbered(30));
}

TEST_F(SavePlotTest, HeatMaps) {
  const HeatMap small = {.title = "Weights",
                         .columns = {"a", "journey"},
                         .rows = {"q", "r"},
                         .values = {{1, NAN}, {0.251, 0.749}}};
  ASSERT_TRUE(SavePlot(small, folder_ + "/small").ok());
  EXPECT_THAT(Get("small.svg"), AllOf(HasSubstr("journey"), HasSubstr("0.75")));

  HeatMap large = {.title = "Embeddings", .decimals = -1};
  large.values.assign(50, std::vector<double>(80, 0.5));
  ASSERT_TRUE(SavePlot(large, folder_ + "/large").ok());
  EXPECT_NE(PngSize("large.png").first, 0u);
}

TEST_F(SavePlotTest, ChartsWithoutPoints) {
  EXPECT_TRUE(SavePlot(LineChart{.title = "None", .series = {{"a", {}, {}}}}, folder_ + "/a").ok());
  EXPECT_TRUE(
      SavePlot(LineChart{.title = "One", .series = {{"a", {5}, {7}}}}, folder_ + "/b").ok());
  EXPECT_TRUE(SavePlot(HeatMap{.title = "NaN", .values = {{NAN}}}, folder_ + "/c").ok());
}

TEST_F(SavePlotTest, UnwritableFolder) {
  const absl::Status status = SavePlot(LossChart(), folder_ + "/missing/loss");
  EXPECT_THAT(std::string(status.message()), HasSubstr("missing/loss.svg"));
}

TEST_F(SavePlotTest, WithoutGnuplotSaysWhatToInstall) {
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/no/such", 1);
  const absl::Status status = SavePlot(LossChart(), folder_ + "/loss");
  setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("gnuplot-nox"));
  EXPECT_TRUE(fs::is_empty(folder_));
}

}  // namespace
}  // namespace gokart
