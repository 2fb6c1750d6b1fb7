#include "workshop/plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "workshop/file.h"
#include "workshop/human.h"
#include "workshop/subprocess.h"

namespace gokart {
namespace {

constexpr size_t kMostPoints = 4000;  // per series; more cannot be seen
constexpr size_t kFewPoints =
    30;  // so few are marked, or a single one between gaps would not be seen
constexpr size_t kMostNumberedBars = 14;  // more numbers would overlap
constexpr size_t kMostNumberedCells = 400;
constexpr size_t kMostBoxes = 1024;  // beyond that a bitmap, which viewers may smooth, is smaller

// Okabe and Ito's palette, which colour-blind readers can tell apart.
constexpr std::array<const char*, 6> kColors = {"#0072b2", "#e69f00", "#009e73",
                                                "#cc79a7", "#d55e00", "#56b4e9"};

// A gnuplot string constant. In single quotes only the quote itself is special; newlines would end
// the command.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += absl::ascii_iscntrl(static_cast<unsigned char>(c)) ? ' ' : c;
  }
  return quoted + "'";
}

std::string Number(double value) {
  return std::isfinite(value) ? absl::StrFormat("%.9g", value) : "NaN";
}

std::string Preamble(const std::string& title, const std::string& x_label,
                     const std::string& y_label) {
  return absl::StrCat(
      "set encoding utf8\n"
      "set border 3 linecolor '#404040'\n"
      "set tics nomirror textcolor '#404040'\n"
      "set grid linecolor '#dddddd' linetype 1 linewidth 1\n"
      "set key top right reverse Left samplen 2 spacing 1.2\n"
      "set title ",
      Quoted(title), " font ',15' offset 0,0.3\n", "set xlabel ", Quoted(x_label), "\nset ylabel ",
      Quoted(y_label), "\n");
}

// gnuplot's `noenhanced` takes _ and ^ in names literally. A PNG has fixed pixels, so it gets more
// of them.
std::string Terminal(const std::string& format, int width, int height) {
  if (format == "svg") {
    return absl::StrFormat(
        "set terminal svg size %d,%d noenhanced font 'sans-serif,13' background 'white'\n", width,
        height);
  }
  constexpr double kScale = 1.6;
  return absl::StrFormat(
      "set terminal pngcairo size %.0f,%.0f noenhanced font 'sans,11' fontscale %g "
      "linewidth %g background 'white'\n",
      width * kScale, height * kScale, kScale, kScale);
}

absl::StatusOr<std::string> Draw(const std::string& script) {
  absl::StatusOr<ProcessResult> result = RunProcess({"gnuplot", "-"}, script);
  if (absl::IsNotFound(result.status())) {
    return absl::UnavailableError(
        "gnuplot is not installed, so no picture was drawn: sudo apt-get install gnuplot-nox");
  }
  if (!result.ok()) return result.status();
  if (result->exit_status != 0 || result->output.empty()) {
    return absl::InternalError(
        absl::StrCat("gnuplot failed: ", absl::StripAsciiWhitespace(result->errors)));
  }
  return std::move(result->output);
}

absl::Status Save(const std::string& script, int width, int height, const std::string& path) {
  for (const std::string format : {"svg", "png"}) {
    absl::StatusOr<std::string> picture = Draw(Terminal(format, width, height) + script);
    if (!picture.ok()) return picture.status();
    if (absl::Status status = WriteFile(absl::StrCat(path, ".", format), *picture); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

// A named data block: $name << EOD ... EOD.
std::string DataBlock(const std::string& name, const std::string& lines) {
  return absl::StrCat("$", name, " << EOD\n", lines, "EOD\n");
}

std::string SeriesData(const LineChart& chart, const Series& series) {
  const size_t stride = std::max<size_t>(1, (series.x.size() + kMostPoints - 1) / kMostPoints);
  std::string lines;
  for (size_t i = 0; i < series.x.size(); ++i) {
    const bool last = i + 1 == series.x.size();
    if (i % stride != 0 && !last) continue;
    // An empty line interrupts the curve.
    if (CanDraw(chart, series, i)) {
      absl::StrAppend(&lines, Number(series.x[i]), " ", Number(series.y[i]), "\n");
    } else {
      lines += "\n";
    }
  }
  return lines;
}

// The range of an axis with a little air, so that no line lies on the frame.
Range Padded(Range range, bool logarithmic) {
  if (logarithmic) {
    const double factor = range.high > range.low ? std::pow(range.high / range.low, 0.04) : 2;
    return {range.low / factor, range.high * factor};
  }
  const double air = range.high > range.low ? 0.04 * (range.high - range.low)
                                            : std::max(1e-3, std::abs(range.low) * 0.1);
  return {range.low - air, range.high + air};
}

std::string SetRange(const std::string& axis, Range range) {
  return absl::StrCat("set ", axis, "range [", Number(range.low), ":", Number(range.high), "]\n");
}

// Ticks at 1, 2 and 5 times each power of ten (of a long axis, at the powers only).
std::string LogTicks(const std::string& axis, Range range) {
  const bool short_axis = range.high / range.low < 1e3;
  std::vector<std::string> ticks;
  for (double power = std::pow(10, std::floor(std::log10(range.low))); power <= range.high;
       power *= 10) {
    for (double digit : {1.0, 2.0, 5.0}) {
      if (digit == 1 || short_axis) ticks.push_back(absl::StrFormat("%g", digit * power));
    }
  }
  return absl::StrCat("set logscale ", axis, "\nset ", axis, "tics (", absl::StrJoin(ticks, ", "),
                      ")\n");
}

// Five to ten ticks at round numbers, large ones written short: 5k, 10k.
std::string RoundTicks(const std::string& axis, Range range) {
  const double rough = (range.high - range.low) / 7;
  if (!(rough > 0)) return "";
  const double power = std::pow(10, std::floor(std::log10(rough)));
  const double step = power * (rough < 1.5 * power   ? 1
                               : rough < 3.5 * power ? 2
                               : rough < 7.5 * power ? 5
                                                     : 10);
  std::vector<std::string> ticks;
  for (double tick = std::ceil(range.low / step) * step; tick <= range.high; tick += step) {
    std::string label =
        std::abs(tick) >= 1000 ? FormatShortCount(tick) : absl::StrFormat("%g", tick);
    label = absl::StrReplaceAll(label, {{".0", ""}});
    ticks.push_back(absl::StrCat(Quoted(label), " ", Number(tick)));
  }
  return absl::StrCat("set ", axis, "tics nomirror (", absl::StrJoin(ticks, ", "), ")\n");
}

std::string Axes(const LineChart& chart) {
  Range x = XRange(chart);
  if (x.high <= x.low) x = Padded(x, chart.log_x);
  const Range y = Padded(YRange(chart), chart.log_y);
  std::string script = SetRange("x", x) + SetRange("y", y);
  script += chart.log_x ? LogTicks("x", x) : RoundTicks("x", x);
  if (chart.log_y) script += LogTicks("y", y);
  const SecondAxis& second = chart.second_x_axis;
  if (!second.label.empty()) {
    const Range range = {second.at_first, second.at_last};
    absl::StrAppend(&script, "set x2label ", Quoted(second.label), "\nset border 7\n",
                    SetRange("x2", range), RoundTicks("x2", range));
  }
  return script;
}

// Where a value lies on its axis: 0 at the low end, 1 at the high one.
double OnAxis(double value, Range range, bool logarithmic) {
  if (!logarithmic) return (value - range.low) / (range.high - range.low);
  return std::log(value / range.low) / std::log(range.high / range.low);
}

// A corner of the chart without curves, for the legend; "below" the chart if there is none.
std::string LegendPlace(const LineChart& chart) {
  size_t longest = 0, entries = chart.series.size() + chart.horizontal_lines.size();
  for (const Series& s : chart.series) longest = std::max(longest, s.label.size());
  for (const HorizontalLine& l : chart.horizontal_lines)
    longest = std::max(longest, l.label.size() + 10);
  // What a line of text and the sample before it take, as parts of the frame.
  const double width = 0.08 + 0.0095 * static_cast<double>(longest);
  const double height = 0.04 + 0.055 * static_cast<double>(entries);
  const Range x_range = XRange(chart), y_range = Padded(YRange(chart), chart.log_y);
  bool taken[2][2] = {};  // [bottom or top][left or right]
  const auto visit = [&](double x, double y) {
    for (int top : {0, 1}) {
      for (int right : {0, 1}) {
        if ((right ? 1 - x : x) < width && (top ? 1 - y : y) < height) taken[top][right] = true;
      }
    }
  };
  for (const Series& series : chart.series) {
    double last_x = NAN, last_y = NAN;
    for (size_t i = 0; i < series.x.size(); ++i) {
      const bool drawn = CanDraw(chart, series, i);
      const double x = drawn ? OnAxis(series.x[i], x_range, chart.log_x) : NAN;
      const double y = drawn ? OnAxis(series.y[i], y_range, chart.log_y) : NAN;
      if (drawn) visit(x, y);
      for (int step = 1; step < 50 && drawn && std::isfinite(last_x); ++step) {
        const double part = step / 50.0;
        visit(last_x + part * (x - last_x), last_y + part * (y - last_y));
      }
      last_x = x, last_y = y;
    }
  }
  for (const HorizontalLine& line : chart.horizontal_lines) {
    for (double x : {0.0, 1.0}) visit(x, OnAxis(line.y, y_range, chart.log_y));
  }
  for (const bool top : {true, false}) {
    for (const bool right : {true, false}) {
      if (!taken[top][right])
        return absl::StrCat(top ? "top " : "bottom ", right ? "right" : "left");
    }
  }
  return "below";
}

std::string LineScript(const LineChart& chart) {
  std::string script = Preamble(chart.title, chart.x_label, chart.y_label) + Axes(chart) +
                       absl::StrCat("set key ", LegendPlace(chart), "\n");
  std::vector<std::string> plots;
  for (size_t i = 0; i < chart.series.size(); ++i) {
    const Series& series = chart.series[i];
    const std::string name = absl::StrCat("series", i);
    std::string data = SeriesData(chart, series);
    // gnuplot refuses a plot without any point; one that cannot be seen keeps the legend.
    if (data.find_first_not_of('\n') == std::string::npos) data = "NaN NaN\n";
    script += DataBlock(name, data);
    const bool points = chart.points || series.x.size() <= kFewPoints;
    const bool again = i / kColors.size() % 2 == 1;  // the colour's second line: dashes, triangles
    plots.push_back(absl::StrCat("$", name, " using 1:2 with ",
                                 points ? absl::StrCat("linespoints pointtype ", again ? 9 : 7,
                                                       " pointsize ", again ? "0.9" : "0.6")
                                        : "lines",
                                 again ? " dashtype 2" : "", " linewidth 2 linecolor '",
                                 kColors[i % kColors.size()], "' title ", Quoted(series.label)));
  }
  for (const HorizontalLine& line : chart.horizontal_lines) {
    plots.push_back(absl::StrCat(
        Number(line.y), " with lines linewidth 1.5 dashtype 2 linecolor '#606060' title ",
        Quoted(absl::StrCat(line.label, absl::StrFormat(" (%.4g)", line.y)))));
  }
  return absl::StrCat(script, "plot ", absl::StrJoin(plots, ", \\\n  "), "\n");
}

std::string BarScript(const BarChart& chart) {
  const double group = 0.8, bar = group / static_cast<double>(chart.series.size());
  double low = 0, high = 0;
  std::string script =
      Preamble(chart.title, "", chart.y_label) + "set style fill solid 1.0 noborder\nunset xtics\n";
  std::vector<std::string> ticks, plots;
  for (size_t c = 0; c < chart.categories.size(); ++c) {
    ticks.push_back(absl::StrCat(Quoted(chart.categories[c]), " ", c));
  }
  const bool numbered = chart.categories.size() * chart.series.size() <= kMostNumberedBars;
  const bool long_names = absl::StrJoin(chart.categories, "  ").size() > 90;
  absl::StrAppend(&script, "set xtics (", absl::StrJoin(ticks, ", "), ")",
                  long_names ? " rotate by -30" : "", " scale 0\n");
  for (size_t s = 0; s < chart.series.size(); ++s) {
    const std::string name = absl::StrCat("series", s);
    std::string lines;
    for (size_t c = 0; c < chart.categories.size(); ++c) {
      const double value = chart.series[s].values[c];
      if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
      absl::StrAppend(&lines, Number(c - group / 2 + bar * (s + 0.5)), " ", Number(value), " ",
                      absl::StrFormat("%.*g", chart.digits, value), "\n");
    }
    script += DataBlock(name, lines);
    plots.push_back(absl::StrCat(
        "$", name, " using 1:2:(", Number(bar * 0.94), ") with boxes linecolor '",
        kColors[s % kColors.size()], "' ",
        chart.series.size() > 1 ? "title " + Quoted(chart.series[s].label) : "notitle"));
    if (!numbered) continue;
    plots.push_back(
        absl::StrCat("$", name, " using 1:2:3 with labels offset 0,0.6 font ',11' notitle"));
  }
  const double air = 0.1 * std::max(high - low, 1e-9);
  absl::StrAppend(&script,
                  SetRange("x", {-0.6, static_cast<double>(chart.categories.size()) - 0.4}),
                  SetRange("y", {low < 0 ? low - air : 0, high + air}));
  return absl::StrCat(script, "plot ", absl::StrJoin(plots, ", \\\n  "), "\n");
}

// Names of rows or columns as tick marks; of many, only some.
std::string Ticks(const std::vector<std::string>& names, const std::string& axis,
                  const std::string& options) {
  if (names.empty()) return "";
  const size_t stride = (names.size() + 39) / 40;
  std::vector<std::string> ticks;
  for (size_t i = 0; i < names.size(); i += stride)
    ticks.push_back(absl::StrCat(Quoted(names[i]), " ", i));
  return absl::StrCat("set ", axis, "tics (", absl::StrJoin(ticks, ", "), ") ", options,
                      " scale 0\n");
}

std::string HeatScript(const HeatMap& chart) {
  const Range range = ValueRange(chart);
  const double span = range.high > range.low ? range.high - range.low : 1;
  std::string cells, numbers;
  for (size_t r = 0; r < chart.values.size(); ++r) {
    for (size_t c = 0; c < chart.values[r].size(); ++c) {
      const double value = chart.values[r][c];
      absl::StrAppend(&cells, c, " ", r, " ", Number(value), "\n");
      if (!std::isfinite(value) || chart.decimals < 0) continue;
      const int color = (value - range.low) / span < 0.6 ? 0xffffff : 0x202020;
      absl::StrAppend(&numbers, c, " ", r, " ", absl::StrFormat("%.*f", chart.decimals, value), " ",
                      color, "\n");
    }
  }
  std::string script = Preamble(chart.title, "", chart.y_label);
  absl::StrAppend(&script, "unset grid\nunset key\nset border 0\nset tics scale 0\n",
                  // viridis, coarsely
                  "set palette defined (0 '#440154', 1 '#414487', 2 '#2a788e', 3 '#22a884', 4 "
                  "'#7ad151', 5 '#fde725')\n",
                  "set xlabel ", Quoted(chart.x_label), "\n",
                  SetRange("x", {-0.5, static_cast<double>(chart.values[0].size()) - 0.5}),
                  SetRange("y", {static_cast<double>(chart.values.size()) - 0.5, -0.5}),
                  SetRange("cb", {range.low, range.low + span}),
                  Ticks(chart.columns, "x", chart.columns.size() > 8 ? "rotate by 45 right" : ""),
                  Ticks(chart.rows, "y", ""), DataBlock("cells", cells));
  const bool numbered =
      !numbers.empty() && chart.values.size() * chart.values[0].size() <= kMostNumberedCells;
  if (numbered) script += DataBlock("numbers", numbers);
  return absl::StrCat(
      script, "plot $cells using 1:2:3 with image pixels",
      numbered ? ", $numbers using 1:2:3:4 with labels font ',11' textcolor rgb variable" : "",
      "\n");
}

}  // namespace

absl::Status SavePlot(const LineChart& chart, const std::string& path) {
  CheckChart(chart);
  return Save(LineScript(chart), 900, 540, path);
}

absl::Status SavePlot(const BarChart& chart, const std::string& path) {
  CheckChart(chart);
  return Save(BarScript(chart), 900, 540, path);
}

absl::Status SavePlot(const HeatMap& chart, const std::string& path) {
  CheckChart(chart);
  const int rows = static_cast<int>(chart.values.size()),
            columns = static_cast<int>(chart.values[0].size());
  const int cell = std::clamp(600 / std::max(rows, columns), 2, 70);
  return Save(HeatScript(chart), std::max(500, columns * cell + 220),
              std::max(360, rows * cell + 150), path);
}

}  // namespace gokart
