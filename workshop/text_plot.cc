#include "workshop/text_plot.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "workshop/human.h"
#include "workshop/terminal.h"
#include "workshop/text_width.h"

namespace gokart {
namespace {

// The same order in every chart: colours that stay apart for colour-blind readers too.
constexpr std::array<const char*, 6> kMarkers = {"●", "○", "+", "×", "▲", "□"};
constexpr std::array<int, 6> kColors = {33, 208, 35, 170, 220, 80};  // of the 256-colour palette

std::string Colored(const std::string& text, int color, bool on) {
  return on ? absl::StrFormat("\x1b[38;5;%dm%s\x1b[0m", color, text) : text;
}

std::string Repeat(const char* text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text;
  return repeated;
}

// A number on an axis whose range is `span` wide: as many digits as tell its ticks apart.
std::string AxisNumber(double value, double span) {
  if (std::abs(value) < span * 1e-9) value = 0;
  if (std::abs(value) >= 1e4) return FormatShortCount(value);
  const int decimals =
      span <= 0 ? 2 : std::clamp(2 - static_cast<int>(std::floor(std::log10(span))), 0, 6);
  return absl::StrFormat("%.*f", decimals, value);
}

// Maps the range of an axis to cells 0 ... cells - 1, logarithmically if so wished.
class Scale {
 public:
  Scale(Range range, bool logarithmic, int cells)
      : range_(range), log_(logarithmic), cells_(cells) {}

  double Cell(double value) const {
    const double low = Forward(range_.low), high = Forward(range_.high);
    if (high <= low) return (cells_ - 1) / 2.0;
    return (Forward(value) - low) / (high - low) * (cells_ - 1);
  }

  std::string Label(double cell) const {
    const double low = Forward(range_.low), high = Forward(range_.high);
    const double at = low + (high - low) * cell / std::max(1, cells_ - 1);
    if (!log_) return AxisNumber(at, range_.high - range_.low);
    return std::exp(at) >= 1e4 ? FormatShortCount(std::exp(at))
                               : absl::StrFormat("%.4g", std::exp(at));
  }

 private:
  double Forward(double value) const { return log_ ? std::log(value) : value; }

  Range range_;
  bool log_;
  int cells_;
};

// The drawing area: which series (-1: none, -2: a reference line) each character cell shows.
class Canvas {
 public:
  static constexpr int kEmpty = -1, kReference = -2;

  Canvas(int width, int height) : width_(width), cells_(width * height, kEmpty) {}

  // `row` counts from the bottom.
  void Set(int column, int row, int what) {
    const int index = (Height() - 1 - row) * width_ + column;
    if (column >= 0 && column < width_ && row >= 0 && row < Height()) cells_[index] = what;
  }

  void Line(double x0, double y0, double x1, double y1, int what) {
    const int steps =
        static_cast<int>(std::ceil(std::max({std::abs(x1 - x0), std::abs(y1 - y0), 1.0})));
    for (int i = 0; i <= steps; ++i) {
      const double t = static_cast<double>(i) / steps;
      Set(std::lround(x0 + (x1 - x0) * t), std::lround(y0 + (y1 - y0) * t), what);
    }
  }

  std::string Row(int from_top, bool color) const {
    std::string text;
    int end = width_;  // without trailing spaces
    while (end > 0 && cells_[from_top * width_ + end - 1] == kEmpty) --end;
    for (int column = 0; column < end; ++column) {
      const int what = cells_[from_top * width_ + column];
      if (what == kEmpty) {
        text += ' ';
      } else if (what == kReference) {
        text += "┄";
      } else {
        text += Colored(kMarkers[what % kMarkers.size()], kColors[what % kColors.size()], color);
      }
    }
    return text;
  }

  int Height() const { return static_cast<int>(cells_.size()) / width_; }

 private:
  int width_;
  std::vector<int> cells_;
};

void DrawSeries(const LineChart& chart, int index, const Scale& x_scale, const Scale& y_scale,
                Canvas* canvas) {
  const Series& series = chart.series[index];
  double last_x = 0, last_y = 0;
  bool connected = false;
  for (size_t i = 0; i < series.x.size(); ++i) {
    const bool drawn = CanDraw(chart, series, i);
    if (drawn) {
      const double x = x_scale.Cell(series.x[i]), y = y_scale.Cell(series.y[i]);
      canvas->Line(connected ? last_x : x, connected ? last_y : y, x, y, index);
      last_x = x;
      last_y = y;
    }
    connected = drawn;
  }
}

std::string Legend(const LineChart& chart, bool color) {
  std::string legend;
  for (size_t i = 0; i < chart.series.size(); ++i) {
    absl::StrAppend(&legend, legend.empty() ? "" : "   ",
                    Colored(kMarkers[i % kMarkers.size()], kColors[i % kColors.size()], color), " ",
                    chart.series[i].label);
  }
  for (const HorizontalLine& line : chart.horizontal_lines) {
    absl::StrAppend(&legend, "   ┄ ", line.label, absl::StrFormat(" (%.4g)", line.y));
  }
  return legend + "\n";
}

// First, middle and last number of an axis in a line of `width` columns, with its name.
std::string AxisLine(const Scale& scale, int cells, int margin, const std::string& label) {
  const std::string left = scale.Label(0), middle = scale.Label((cells - 1) / 2.0),
                    right = scale.Label(cells - 1);
  std::string line = PadRight(left, (cells - DisplayWidth(middle)) / 2) + middle;
  line = PadRight(line, cells - DisplayWidth(right)) + right;
  return std::string(margin, ' ') + line + (label.empty() ? "" : "  " + label) + "\n";
}

// Blocks of eighths: a bar of `length` columns.
std::string Bar(double length) {
  constexpr std::array<const char*, 8> kEighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::lround(std::max(0.0, length) * 8));
  return Repeat("█", eighths / 8) + kEighths[eighths % 8];
}

std::string BarNumber(const BarChart& chart, double value) {
  return std::isfinite(value) ? absl::StrFormat("%.*g", chart.digits, value) : "-";
}

// From dark blue through green to yellow, in the 256-colour palette; `share` from 0 to 1.
int GroundColor(double share) {
  constexpr std::array<int, 10> kGround = {17, 18, 24, 30, 36, 35, 71, 113, 149, 227};
  return kGround[std::min<size_t>(static_cast<size_t>(share * kGround.size()), kGround.size() - 1)];
}

std::string HeatCell(const HeatMap& chart, double value, Range range, int width,
                     const TextPlotOptions& options) {
  if (!std::isfinite(value)) return std::string(width, ' ');
  const double span = range.high - range.low;
  const double share = span > 0 ? (value - range.low) / span : 0.5;
  const std::string number =
      chart.decimals < 0 ? "" : absl::StrFormat("%.*f", chart.decimals, value);
  if (options.color) {
    return absl::StrFormat("\x1b[48;5;%dm\x1b[38;5;%dm%s\x1b[0m", GroundColor(share),
                           share < 0.6 ? 255 : 16,
                           PadCenter(DisplayWidth(number) <= width ? number : "", width));
  }
  constexpr std::array<const char*, 5> kShades = {" ", "░", "▒", "▓", "█"};
  const char* shade = kShades[std::min(4, static_cast<int>(share * 5))];
  if (number.empty() || DisplayWidth(number) + 1 > width) return Repeat(shade, width);
  return PadLeft(number + shade, width);
}

int WidestName(const std::vector<std::string>& names) {
  int widest = 0;
  for (const std::string& name : names) widest = std::max(widest, DisplayWidth(name));
  return widest;
}

// Columns of a cell: what its number and name need, or as little as lets the matrix fit.
int HeatCellWidth(const HeatMap& chart, Range range, int room) {
  const int columns = static_cast<int>(chart.values[0].size());
  int wanted = std::min(WidestName(chart.columns) + 1, 10);
  if (chart.decimals >= 0) {
    for (double value : {range.low, range.high}) {
      wanted = std::max(wanted, DisplayWidth(absl::StrFormat("%.*f", chart.decimals, value)) + 2);
    }
  }
  return std::clamp(room / columns, 1, std::max(2, wanted));
}

}  // namespace

TextPlotOptions OptionsForStdout() {
  return {.width = std::min(100, TerminalWidth(STDOUT_FILENO) - 2),
          .color = UseColor(STDOUT_FILENO)};
}

std::string TextPlot(const LineChart& chart, const TextPlotOptions& options) {
  CheckChart(chart);
  const int height = std::max(4, options.height);
  const Scale y_scale(YRange(chart), chart.log_y, height);
  std::vector<std::string> y_labels(height);
  for (int tick = 0; tick < 4; ++tick) {
    const int from_bottom = tick * (height - 1) / 3;
    y_labels[height - 1 - from_bottom] = y_scale.Label(from_bottom);
  }
  const int margin = WidestName(y_labels) + 1;
  int label_width = std::max(DisplayWidth(chart.x_label), DisplayWidth(chart.second_x_axis.label));
  if (label_width > 0) label_width += 2;
  const int cells = std::max(16, options.width - margin - 1 - label_width);
  const Scale x_scale(XRange(chart), chart.log_x, cells);

  Canvas canvas(cells, height);
  for (const HorizontalLine& line : chart.horizontal_lines) {
    if (chart.log_y && line.y <= 0) continue;
    const double row = y_scale.Cell(line.y);
    canvas.Line(0, row, cells - 1, row, Canvas::kReference);
  }
  for (int i = static_cast<int>(chart.series.size()); i-- > 0;) {  // the first one lies on top
    DrawSeries(chart, i, x_scale, y_scale, &canvas);
  }

  std::string text =
      chart.title + (chart.y_label.empty() ? "" : "  [" + chart.y_label + "]") + "\n";
  for (int row = 0; row < height; ++row) {
    absl::StrAppend(&text, PadLeft(y_labels[row], margin - 1), y_labels[row].empty() ? " │" : " ┤",
                    canvas.Row(row, options.color), "\n");
  }
  absl::StrAppend(&text, std::string(margin, ' '), "└", Repeat("─", cells), "\n");
  absl::StrAppend(&text, AxisLine(x_scale, cells, margin + 1, chart.x_label));
  const SecondAxis& second = chart.second_x_axis;
  if (!second.label.empty()) {
    const Scale scale({second.at_first, second.at_last}, false, cells);
    absl::StrAppend(&text, AxisLine(scale, cells, margin + 1, second.label));
  }
  return text + Legend(chart, options.color);
}

std::string TextPlot(const BarChart& chart, const TextPlotOptions& options) {
  CheckChart(chart);
  double largest = 0;
  int number_width = 0, series_width = 0;
  for (const BarSeries& series : chart.series) {
    for (double value : series.values) {
      if (std::isfinite(value)) largest = std::max(largest, value);
      number_width = std::max(number_width, DisplayWidth(BarNumber(chart, value)));
    }
    if (chart.series.size() > 1)
      series_width = std::max(series_width, DisplayWidth(series.label) + 1);
  }
  const int name_width = WidestName(chart.categories) + 1;
  const int room = std::max(10, options.width - name_width - series_width - number_width - 2);

  std::string text =
      chart.title + (chart.y_label.empty() ? "" : "  [" + chart.y_label + "]") + "\n";
  for (size_t c = 0; c < chart.categories.size(); ++c) {
    for (size_t s = 0; s < chart.series.size(); ++s) {
      const double value = chart.series[s].values[c];
      const double length = largest > 0 && std::isfinite(value) ? value / largest * room : 0;
      absl::StrAppend(&text, PadRight(s == 0 ? chart.categories[c] : "", name_width),
                      series_width > 0 ? PadRight(chart.series[s].label, series_width) : "", "│",
                      Colored(Bar(length), kColors[s % kColors.size()], options.color), " ",
                      BarNumber(chart, value), "\n");
    }
  }
  return text;
}

std::string TextPlot(const HeatMap& chart, const TextPlotOptions& options) {
  CheckChart(chart);
  const Range range = ValueRange(chart);
  const int margin = chart.rows.empty() ? 0 : WidestName(chart.rows) + 1;
  const int width = HeatCellWidth(chart, range, std::max(30, options.width) - margin);

  std::string text = chart.title + "\n";
  if (!chart.columns.empty() && width > 2) {
    std::string names(margin, ' ');
    for (const std::string& name : chart.columns)
      names += PadCenter(CutToWidth(name, width - 1), width);
    names.resize(names.find_last_not_of(' ') + 1);
    absl::StrAppend(&text, names, "\n");
  }
  for (size_t r = 0; r < chart.values.size(); ++r) {
    if (margin > 0) text += PadRight(chart.rows[r], margin);
    for (double value : chart.values[r]) text += HeatCell(chart, value, range, width, options);
    text += "\n";
  }
  absl::StrAppend(&text, absl::StrFormat("from %.3g to %.3g", range.low, range.high));
  if (!chart.y_label.empty()) absl::StrAppend(&text, "; down: ", chart.y_label);
  if (!chart.x_label.empty()) absl::StrAppend(&text, "; across: ", chart.x_label);
  return text + "\n";
}

}  // namespace gokart
