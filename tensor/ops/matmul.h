// Matrix products.
//
//   MatMul(x, w)                          // [2, 6, 3] x [3, 4] -> [2, 6, 4]
//   MatMul(q, k, {.transpose_b = true})   // [B, H, T, D] x [B, H, T, D] -> [B, H, T, T]
#ifndef GOKART_TENSOR_OPS_MATMUL_H_
#define GOKART_TENSOR_OPS_MATMUL_H_

#include "tensor/tensor.h"

namespace gokart::ops {

/// Transposes the last two axes of a factor, without moving anything.
struct MatMulOptions {
  bool transpose_a = false;
  bool transpose_b = false;
};

/// The product over the last two axes. Either both have the same leading axes (a batch of
/// products), or b is one matrix, by which every row of a is multiplied. Throws
/// std::invalid_argument when shapes do not fit.
Tensor MatMul(const Tensor& a, const Tensor& b, const MatMulOptions& options = {});

}  // namespace gokart::ops

#endif  // GOKART_TENSOR_OPS_MATMUL_H_
