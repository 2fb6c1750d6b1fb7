#include "workshop/chart.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "absl/strings/str_cat.h"

namespace gokart {
namespace {

// Widens a range value by value.
class RangeFinder {
 public:
  void Add(double value) {
    if (!std::isfinite(value)) return;
    range_.low = any_ ? std::min(range_.low, value) : value;
    range_.high = any_ ? std::max(range_.high, value) : value;
    any_ = true;
  }

  /// A single value gets a range around it, so that it can be drawn on an axis.
  Range range() const {
    if (range_.high > range_.low) return range_;
    const double margin = std::max(1e-6, std::abs(range_.low) * 0.5);
    return {range_.low - margin, range_.high + margin};
  }

 private:
  bool any_ = false;
  Range range_;
};

void Require(bool condition, const std::string& message) {
  if (!condition) throw std::invalid_argument(message);
}

}  // namespace

void CheckChart(const LineChart& chart) {
  Require(!chart.series.empty(), absl::StrCat("LineChart '", chart.title, "': no series"));
  for (const Series& series : chart.series) {
    Require(series.x.size() == series.y.size(),
            absl::StrCat("LineChart '", chart.title, "': series '", series.label, "' has ",
                         series.x.size(), " x and ", series.y.size(), " y"));
  }
}

void CheckChart(const BarChart& chart) {
  Require(!chart.series.empty() && !chart.categories.empty(),
          absl::StrCat("BarChart '", chart.title, "': no bars"));
  for (const BarSeries& series : chart.series) {
    Require(
        series.values.size() == chart.categories.size(),
        absl::StrCat("BarChart '", chart.title, "': series '", series.label, "' has ",
                     series.values.size(), " values for ", chart.categories.size(), " categories"));
  }
}

void CheckChart(const HeatMap& chart) {
  const std::string name = absl::StrCat("HeatMap '", chart.title, "': ");
  Require(!chart.values.empty() && !chart.values[0].empty(), name + "no values");
  for (const auto& row : chart.values) {
    Require(row.size() == chart.values[0].size(), name + "rows of different lengths");
  }
  Require(chart.rows.empty() || chart.rows.size() == chart.values.size(),
          absl::StrCat(name, chart.rows.size(), " names for ", chart.values.size(), " rows"));
  Require(
      chart.columns.empty() || chart.columns.size() == chart.values[0].size(),
      absl::StrCat(name, chart.columns.size(), " names for ", chart.values[0].size(), " columns"));
}

bool CanDraw(const LineChart& chart, const Series& series, size_t i) {
  const double x = series.x[i], y = series.y[i];
  return std::isfinite(x) && std::isfinite(y) && (!chart.log_x || x > 0) && (!chart.log_y || y > 0);
}

Range XRange(const LineChart& chart) {
  RangeFinder finder;
  for (const Series& series : chart.series) {
    for (size_t i = 0; i < series.x.size(); ++i) {
      if (CanDraw(chart, series, i)) finder.Add(series.x[i]);
    }
  }
  return finder.range();
}

Range YRange(const LineChart& chart) {
  RangeFinder finder;
  for (const Series& series : chart.series) {
    for (size_t i = 0; i < series.x.size(); ++i) {
      if (CanDraw(chart, series, i)) finder.Add(series.y[i]);
    }
  }
  for (const HorizontalLine& line : chart.horizontal_lines) {
    if (!chart.log_y || line.y > 0) finder.Add(line.y);
  }
  return finder.range();
}

Range ValueRange(const HeatMap& chart) {
  RangeFinder finder;
  for (const auto& row : chart.values) {
    for (double value : row) finder.Add(value);
  }
  return finder.range();
}

}  // namespace gokart
