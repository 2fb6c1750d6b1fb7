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
  // [exercise 2.14] How many windows a text has
  // Task: Set size_ to the number of windows of max_length tokens that begin at 0, stride,
  //       2 stride, ...; the target of the last one, one token further on, must fit too.
  // Hint: A window may begin at 0, 1, ..., up to which place? Of these places every stride-th
  // counts. Hint: Rounding up a / b in whole numbers is (a + b - 1) / b. A text may have no window.
  // Test: //ch02_data:data_loader_test NumberOfWindows.*
  // Read: ch02_data/README.md, "Windows"

  const int64_t starts = tokens_->size() - max_length;  // the target needs one token more
  size_ = starts <= 0 ? 0 : (starts + stride - 1) / stride;
  // [end of exercise 2.14]
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
    // [exercise 2.15] Inputs, and targets one token further on
    // Task: Copy window windows[row] into row `row` of batch.inputs, and the same window moved on
    // by
    //       one token into that of batch.targets; both have t columns.
    // Hint: One window of t + 1 tokens holds both: tokens_->Read(place, window) fills `window` with
    //       the tokens from `place` on.
    // Hint: Window number w begins at w * stride_. Row r begins at data() + r * t.
    // Test: //ch02_data:data_loader_test SlidingWindows.*
    // Read: ch02_data/README.md, "Windows"

    tokens_->Read(windows[row] * stride_, window);
    std::copy_n(window.begin(), t, batch.inputs.data() + row * t);
    std::copy_n(window.begin() + 1, t, batch.targets.data() + row * t);
    // [end of exercise 2.15]
  }
  return batch;
}

}  // namespace gokart
