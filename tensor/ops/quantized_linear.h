// The linear layer's operation, and the look-up of rows, with weights in low precision. The weights
// are fixed: gradients flow through to the input (and to the bias), as fine-tuning with low-rank
// adapters on a quantised model needs them.
#ifndef GOKART_TENSOR_OPS_QUANTIZED_LINEAR_H_
#define GOKART_TENSOR_OPS_QUANTIZED_LINEAR_H_

#include <cstdint>
#include <span>

#include "tensor/quantized/quantized_matrix.h"
#include "tensor/tensor.h"

namespace gokart::ops {

/// x W^T + b: x [..., in], weight [out, in], bias [out] or undefined -> [..., out].
Tensor Linear(const Tensor& x, const QuantizedMatrix& weight, const Tensor& bias);
/// Gelu(x W^T + b).
Tensor LinearGelu(const Tensor& x, const QuantizedMatrix& weight, const Tensor& bias);

/// table [V, C], ids of shape `ids_shape` -> [ids_shape..., C], without a gradient. Throws
/// std::invalid_argument for an id outside of [0, V).
Tensor EmbeddingLookup(const QuantizedMatrix& table, std::span<const int32_t> ids,
                       const Shape& ids_shape);

}  // namespace gokart::ops

#endif  // GOKART_TENSOR_OPS_QUANTIZED_LINEAR_H_
