// Charts as text, for the terminal and for plain files.
//
//     PrintBlock(TextPlot(chart, {.width = 70}));
//
//     Loss
//      10.98 ┤●
//            │ ●●
//       5.64 ┤   ●●●●
//            │○○○○○○○●●●●●●
//       0.30 ┤             ●●●●●●●●●●
//            └───────────────────────
//             0                    10
//     ● training  ○ validation

#ifndef GOKART_WORKSHOP_TEXT_PLOT_H_
#define GOKART_WORKSHOP_TEXT_PLOT_H_

#include <string>

#include "workshop/chart.h"

namespace gokart {

struct TextPlotOptions {
  int width = 76;   // columns of the whole picture, 30 at least
  int height = 16;  // lines of the drawing area, 4 at least
  bool color = false;
};

/// What suits standard output: its width (100 at most), and colour if it is a terminal that wants
/// it.
TextPlotOptions OptionsForStdout();

/// Each ends with a newline. Throw std::invalid_argument as CheckChart does.
std::string TextPlot(const LineChart& chart, const TextPlotOptions& options = {});
std::string TextPlot(const BarChart& chart, const TextPlotOptions& options = {});

/// Cells with their number on a coloured ground, or number and shade (░▒▓█) without colour. A
/// matrix that is too wide is drawn without numbers.
std::string TextPlot(const HeatMap& chart, const TextPlotOptions& options = {});

}  // namespace gokart

#endif  // GOKART_WORKSHOP_TEXT_PLOT_H_
