#include "ch02_data/sliding_window_dataset.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace gokart {

SlidingWindowDataset::SlidingWindowDataset(std::shared_ptr<const TokenStream> tokens,
                                           int64_t max_length, int64_t stride)
    : tokens_(std::move(tokens)), max_length_(max_length), stride_(stride) {
  if (max_length <= 0 || stride <= 0) {
    throw std::invalid_argument("SlidingWindowDataset: max_length " + std::to_string(max_length) +
                                " and stride " + std::to_string(stride) + " must be positive");
  }
  const int64_t starts = tokens_->size() - max_length;  // the target needs one token more
  size_ = starts <= 0 ? 0 : (starts + stride - 1) / stride;
}

Batch SlidingWindowDataset::Get(std::span<const int64_t> windows) const {
  const size_t rows = windows.size(), t = static_cast<size_t>(max_length_);
  Batch batch{TokenIds({rows, t}), TokenIds({rows, t})};
  std::vector<int32_t> window(t + 1);
  for (size_t row = 0; row < rows; ++row) {
    if (windows[row] < 0 || windows[row] >= size_) {
      throw std::invalid_argument("SlidingWindowDataset: no window " +
                                  std::to_string(windows[row]) + " of " + std::to_string(size_));
    }
    tokens_->Read(windows[row] * stride_, window);
    std::copy_n(window.begin(), t, batch.inputs.data() + row * t);
    std::copy_n(window.begin() + 1, t, batch.targets.data() + row * t);
  }
  return batch;
}

}  // namespace gokart
