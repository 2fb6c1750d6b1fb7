// Rotary position embedding.
//
//   Tensor q = ops::Rope(W_query.Forward(x), {.num_heads = 12});
//   Tensor k = ops::Rope(W_key.Forward(x), {.num_heads = 12});
#ifndef GOKART_TENSOR_OPS_ROPE_H_
#define GOKART_TENSOR_OPS_ROPE_H_

#include <cstdint>
#include <vector>

#include "tensor/tensor.h"

namespace gokart::ops {

struct RopeOptions {
  int64_t num_heads = 1;
  double base = 10000;
  /// The position of each sequence's first token, one for each of B; empty: 0.
  std::vector<int64_t> first_position = {};
  /// The angle of each of a head's D / 2 pairs per position; empty: base^(-2 i / D).
  std::vector<double> frequencies = {};
};

/// Turns pair (i, i + D/2) of each head by position * base^(-2 i / D) (Su et al. 2021, arXiv
/// 2104.09864; Llama in the workshop's ch05/07), or by position * frequencies[i]: x [B, T, H * D]
/// -> the same shape. Throws std::invalid_argument unless D is even, and for another number of
/// frequencies or first positions.
Tensor Rope(const Tensor& x, const RopeOptions& options);

}  // namespace gokart::ops

#endif  // GOKART_TENSOR_OPS_ROPE_H_
