// What a picture shows, whoever draws it: plot.h to SVG and PNG, text_plot.h to a terminal.
//
//     LineChart chart{.title = "Loss", .x_label = "Epochs", .y_label = "Loss"};
//     chart.series = {{"training", epochs, train_losses}, {"validation", epochs, val_losses}};
//     chart.horizontal_lines = {{"entropy of the story grammar", 1.27}};
//     chart.second_x_axis = {"Tokens seen", 0, 41472};

#ifndef GOKART_WORKSHOP_CHART_H_
#define GOKART_WORKSHOP_CHART_H_

#include <string>
#include <vector>

namespace gokart {

/// One line: points (x[i], y[i]) joined in order. A y that is not finite interrupts the line.
struct Series {
  std::string label = {};
  std::vector<double> x = {}, y = {};
};

/// A dashed line at one height, with its name: a floor, a ceiling, a baseline.
struct HorizontalLine {
  std::string label = {};
  double y = 0;
};

/// A second scale above the chart. Linear in x: `at_first` belongs to the smallest x of all series,
/// `at_last` to the largest. Not drawn if the label is empty.
struct SecondAxis {
  std::string label = {};
  double at_first = 0, at_last = 0;
};

struct LineChart {
  std::string title = {}, x_label = {}, y_label = {};
  std::vector<Series> series = {};
  bool log_x = false, log_y = false;  // points at 0 or below are left out
  std::vector<HorizontalLine> horizontal_lines = {};
  SecondAxis second_x_axis = {};
  bool points = false;  // mark every point, however many
};

/// Bars side by side: per category one bar of each series.
struct BarSeries {
  std::string label = {};
  std::vector<double> values = {};  // one per category
};

struct BarChart {
  std::string title = {}, y_label = {};
  std::vector<std::string> categories = {};
  std::vector<BarSeries> series = {};
  int digits = 3;  // significant digits of the numbers at the bars
};

/// A matrix as colours, first row on top; for attention weights: rows are queries, columns keys.
struct HeatMap {
  std::string title = {}, x_label = {}, y_label = {};
  std::vector<std::string> columns = {}, rows = {};  // names; may be empty
  std::vector<std::vector<double>> values = {};  // values[row][column]; NaN: nothing there (masked)
  int decimals = 2;                              // of the numbers in the cells; -1: no numbers
};

/// Throw std::invalid_argument for a chart that cannot be drawn: x and y of different lengths, rows
/// of different lengths, names or values missing.
void CheckChart(const LineChart& chart);
void CheckChart(const BarChart& chart);
void CheckChart(const HeatMap& chart);

/// Smallest and largest value, or a range around a single one; 0 to 1 if there is none.
struct Range {
  double low = 0, high = 1;
};

/// Of the points that can be drawn (finite; positive where the axis is logarithmic).
Range XRange(const LineChart& chart);
Range YRange(const LineChart& chart);  // reference lines included
Range ValueRange(const HeatMap& chart);

/// Whether point i of `series` can be drawn on the chart's axes.
bool CanDraw(const LineChart& chart, const Series& series, size_t i);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_CHART_H_
