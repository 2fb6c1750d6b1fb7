#include "workshop/text_plot.h"

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "workshop/text_width.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> Lines(const std::string& text) { return absl::StrSplit(text, '\n'); }

TEST(TextPlotTest, ALineFromCornerToCorner) {
  const LineChart chart = {.title = "Up", .series = {{"diagonal", {0, 10}, {0, 3}}}};
  EXPECT_EQ(TextPlot(chart, {.width = 30, .height = 4}),
            "Up\n"
            "3.00 ┤                    ●●●●\n"
            "2.00 ┤            ●●●●●●●●\n"
            "1.00 ┤    ●●●●●●●●\n"
            "0.00 ┤●●●●\n"
            "     └────────────────────────\n"
            "      0.0       5.0       10.0\n"
            "● diagonal\n");
}

TEST(TextPlotTest, LogAxesMakePowersStraight) {
  const LineChart chart = {.title = "Powers",
                           .series = {{"y", {1, 10, 100, 1000}, {1, 10, 100, 1000}}},
                           .log_x = true,
                           .log_y = true};
  const std::vector<std::string> lines = Lines(TextPlot(chart, {.width = 30, .height = 4}));
  // 100 is at two thirds of both axes.
  EXPECT_THAT(lines[2], ::testing::StartsWith(" 100 ┤"));
  EXPECT_THAT(lines[3], ::testing::StartsWith("  10 ┤"));
  EXPECT_EQ(Lines(TextPlot({.title = "Same", .series = {{"y", {0, 1, 2, 3}, {0, 1, 2, 3}}}},
                           {.width = 30, .height = 4}))[2]
                .substr(4),
            lines[2].substr(4));
}

TEST(TextPlotTest, ReferenceLinesAndSecondAxisAndLegend) {
  const LineChart chart = {.title = "Loss",
                           .x_label = "Epochs",
                           .y_label = "nats",
                           .series = {{"training", {0, 1}, {5, 2}}, {"validation", {0, 1}, {5, 4}}},
                           .horizontal_lines = {{"floor", 1}},
                           .second_x_axis = {"Tokens", 0, 50}};
  const std::string text = TextPlot(chart, {.width = 50, .height = 5});
  EXPECT_THAT(text, HasSubstr("Loss  [nats]\n"));
  EXPECT_THAT(text, HasSubstr("● training   ○ validation   ┄ floor (1)\n"));
  EXPECT_THAT(Lines(text)[5], HasSubstr("1.00 ┤┄┄┄┄┄┄"));
  EXPECT_THAT(Lines(text)[7], HasSubstr("1.00  Epochs"));
  EXPECT_THAT(Lines(text)[8], HasSubstr("50.0  Tokens"));
}

TEST(TextPlotTest, NoLineAcrossAGap) {
  const LineChart chart = {.title = "Gap",
                           .series = {{"y", {0, 1, 2, 3, 4, 5}, {1, 1, NAN, NAN, 1, 1}}}};
  EXPECT_THAT(TextPlot(chart, {.width = 30, .height = 4}),
              HasSubstr("┤●●●●●●            ●●●●●●\n"));
}

TEST(TextPlotTest, FitsTheWidthAndHasColorOnlyOnRequest) {
  LineChart chart = {.title = "Wide", .x_label = "x", .series = {{"y", {}, {}}}};
  for (int i = 0; i < 1000; ++i) {
    chart.series[0].x.push_back(i);
    chart.series[0].y.push_back(std::sin(i * 0.05));
  }
  for (int width : {40, 76, 120}) {
    for (const std::string& line : Lines(TextPlot(chart, {.width = width})))
      EXPECT_LE(DisplayWidth(line), width);
  }
  EXPECT_THAT(TextPlot(chart), Not(HasSubstr("\x1b")));
  EXPECT_THAT(TextPlot(chart, {.color = true}), HasSubstr("\x1b[38;5;"));
}

TEST(TextPlotTest, ChartsWithoutPoints) {
  EXPECT_THAT(TextPlot(LineChart{.title = "None", .series = {{"a", {}, {}}}}), HasSubstr("None"));
  EXPECT_THAT(TextPlot(LineChart{.title = "One", .series = {{"a", {5}, {7}}}}), HasSubstr("●"));
  EXPECT_THAT(TextPlot(LineChart{.title = "NaN", .series = {{"a", {1, 2}, {NAN, NAN}}}}),
              HasSubstr("NaN"));
}

TEST(TextPlotTest, Bars) {
  const BarChart chart = {.title = "Speed", .categories = {"ab", "c"}, .series = {{"", {20, 5}}}};
  EXPECT_EQ(TextPlot(chart, {.width = 27}), "Speed\nab │████████████████████ 20\nc  │█████ 5\n");
}

TEST(TextPlotTest, BarsSideBySide) {
  const BarChart chart = {.title = "Speed",
                          .categories = {"ab"},
                          .series = {{"ours", {8}}, {"theirs", {0}}, {"none", {NAN}}}};
  EXPECT_THAT(TextPlot(chart, {.width = 30}),
              HasSubstr("ab ours   │█████████████████ 8\n   theirs │ 0\n   none   │ -\n"));
}

TEST(TextPlotTest, HeatMapNumbersAndShades) {
  const HeatMap map = {.title = "Weights",
                       .columns = {"a", "b"},
                       .rows = {"q", "r"},
                       .values = {{1, NAN}, {0.25, 0.75}}};
  EXPECT_EQ(TextPlot(map),
            "Weights\n    a     b\nq  1.00█      \nr  0.25  0.75▓\nfrom 0.25 to 1\n");
}

TEST(TextPlotTest, HeatMapThatIsTooWideForNumbers) {
  const HeatMap map = {.title = "Wide",
                       .values = {std::vector<double>(60, 1.0), std::vector<double>(60, 0.0)}};
  const std::vector<std::string> lines = Lines(TextPlot(map, {.width = 60}));
  EXPECT_EQ(DisplayWidth(lines[1]), 60);
  EXPECT_THAT(lines[1], HasSubstr("████"));
}

TEST(TextPlotTest, ImpossibleCharts) {
  EXPECT_THROW(TextPlot(LineChart{}), std::invalid_argument);
  EXPECT_THROW(TextPlot(LineChart{.series = {{"a", {1, 2}, {1}}}}), std::invalid_argument);
  EXPECT_THROW(TextPlot(BarChart{.categories = {"a"}, .series = {{"", {1, 2}}}}),
               std::invalid_argument);
  EXPECT_THROW(TextPlot(HeatMap{.values = {{1, 2}, {1}}}), std::invalid_argument);
  EXPECT_THROW(TextPlot(HeatMap{.rows = {"a", "b"}, .values = {{1}}}), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
