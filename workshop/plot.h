// Charts as pictures, drawn by gnuplot.
//
//     absl::Status status = SavePlot(chart, run.File("loss"));   // loss.svg and loss.png

#ifndef GOKART_WORKSHOP_PLOT_H_
#define GOKART_WORKSHOP_PLOT_H_

#include <string>

#include "absl/status/status.h"
#include "workshop/chart.h"

namespace gokart {

/// Draw `path`.svg and `path`.png, each replaced in one step. Errors: gnuplot is not installed
/// (UNAVAILABLE, so that a caller may go on without pictures), the folder cannot be written,
/// gnuplot fails (its message). Throw std::invalid_argument as CheckChart does.
absl::Status SavePlot(const LineChart& chart, const std::string& path);
absl::Status SavePlot(const BarChart& chart, const std::string& path);
absl::Status SavePlot(const HeatMap& chart, const std::string& path);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_PLOT_H_
