// Attention weights as a heat map: a row for each token that looks, a column for each that is
// looked at.
//
//   const HeatMap picture = AttentionPicture("Causal attention", words, weights);  // [T, T]
//   PrintBlock(TextPlot(picture, OptionsForStdout()));
//   absl::Status status = SavePlot(picture, run.File("causal_attention"));
#ifndef GOKART_CH03_ATTENTION_ATTENTION_PICTURE_H_
#define GOKART_CH03_ATTENTION_ATTENTION_PICTURE_H_

#include <string>
#include <vector>

#include "tensor/tensor.h"
#include "workshop/chart.h"

namespace gokart {

/// What to draw where a token must not look.
enum class Future { kShown, kHidden };

/// weights [T, T], one name for each token. With Future::kHidden, nothing is drawn above the
/// diagonal. Throws std::invalid_argument for another shape or number of names.
HeatMap AttentionPicture(const std::string& title, const std::vector<std::string>& tokens,
                         const Tensor& weights, Future future);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_ATTENTION_PICTURE_H_
