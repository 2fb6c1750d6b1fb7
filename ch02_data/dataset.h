// What a data loader draws batches from: numbered training examples, each an input and its target.
#ifndef GOKART_CH02_DATA_DATASET_H_
#define GOKART_CH02_DATA_DATASET_H_

#include <cstdint>
#include <span>

#include "tensor/token_ids.h"

namespace gokart {

/// Inputs and targets, both [B, T]. A target of -100 (ops::kIgnoreIndex) counts for nothing.
struct Batch {
  TokenIds inputs;
  TokenIds targets;
};

class Dataset {
 public:
  virtual ~Dataset() = default;
  /// The number of examples.
  virtual int64_t size() const = 0;
  /// The examples with these numbers, one per row. Throws std::invalid_argument for a number out of
  /// range.
  virtual Batch Get(std::span<const int64_t> examples) const = 0;
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_DATASET_H_
