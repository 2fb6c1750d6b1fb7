// Training examples from a long text: windows of it, each with itself moved on by one token as the
// target (workshop section 2.6, GPTDatasetV1).
//
//   tokens  40 367 2885 1464 1807 3619 ...
//   input   40 367 2885 1464                 target  367 2885 1464 1807        (max_length 4)
#ifndef GOKART_CH02_DATA_SLIDING_WINDOW_DATASET_H_
#define GOKART_CH02_DATA_SLIDING_WINDOW_DATASET_H_

#include <cstdint>
#include <memory>
#include <span>

#include "ch02_data/dataset.h"
#include "ch02_data/token_stream.h"

namespace gokart {

class SlidingWindowDataset : public Dataset {
 public:
  /// Windows of `max_length` tokens that begin at 0, stride, 2 stride, ... as long as the target of
  /// the last one fits. Throws std::invalid_argument unless both are positive. A text of at most
  /// max_length tokens has no window.
  SlidingWindowDataset(std::shared_ptr<const TokenStream> tokens, int64_t max_length,
                       int64_t stride);

  /// The number of windows.
  int64_t size() const override { return size_; }
  int64_t max_length() const { return max_length_; }

  /// The windows with these numbers, one per row. Throws std::invalid_argument for a number out of
  /// range.
  Batch Get(std::span<const int64_t> windows) const override;

 private:
  std::shared_ptr<const TokenStream> tokens_;
  int64_t max_length_, stride_, size_;
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_SLIDING_WINDOW_DATASET_H_
