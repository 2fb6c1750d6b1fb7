#include "ch03_attention/attention_picture.h"

#include <cstdint>
#include <limits>
#include <stdexcept>

namespace gokart {

HeatMap AttentionPicture(const std::string& title, const std::vector<std::string>& tokens,
                         const Tensor& weights, Future future) {
  const int64_t num_tokens = static_cast<int64_t>(tokens.size());
  if (weights.shape() != Shape{num_tokens, num_tokens}) {
    throw std::invalid_argument("AttentionPicture: " + std::to_string(num_tokens) +
                                " tokens, weights " + weights.shape().ToString());
  }
  HeatMap picture{.title = title, .x_label = "looked at", .y_label = "looking"};
  picture.rows = picture.columns = tokens;
  for (int64_t t = 0; t < num_tokens; ++t) {
    const auto row = weights.values().subspan(t * num_tokens, num_tokens);
    picture.values.emplace_back(row.begin(), row.end());
    if (future == Future::kShown) continue;
    for (int64_t s = t + 1; s < num_tokens; ++s) {
      picture.values.back()[s] = std::numeric_limits<double>::quiet_NaN();
    }
  }
  return picture;
}

}  // namespace gokart
