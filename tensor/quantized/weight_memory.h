// Memory for weights: many matrices in one large piece.
//
// A matrix of a small model in a low-precision format is smaller than a large page (2 MB), and on
// small pages address translation takes longer than the reading: a token of GPT-2 124M in 8 bits
// took 5.4 ms on one thread, where the bytes alone take 3.8. So matrices share large pages.
#ifndef GOKART_TENSOR_QUANTIZED_WEIGHT_MEMORY_H_
#define GOKART_TENSOR_QUANTIZED_WEIGHT_MEMORY_H_

#include <cstdint>

#include "tensor/buffer.h"

namespace gokart {

struct WeightMemory {
  char* data;     ///< for filling it
  Buffer buffer;  ///< read-only
};

/// Memory of the next matrix: `bytes`, a multiple of 64, filled with zeros and 64-byte aligned. It
/// lies behind the matrix allocated before, if there is room, and a piece goes back to the system
/// with the last of its matrices. Throws std::bad_alloc when memory is exhausted.
WeightMemory AllocateWeights(int64_t bytes);

}  // namespace gokart

#endif  // GOKART_TENSOR_QUANTIZED_WEIGHT_MEMORY_H_
