// The linear layer's operation, with its bias and activation done while the product is still in the
// cache.
#ifndef GOKART_TENSOR_OPS_LINEAR_H_
#define GOKART_TENSOR_OPS_LINEAR_H_

#include "tensor/tensor.h"

namespace gokart::ops {

/// x W^T + b: x [..., in], weight [out, in] (as PyTorch stores it), bias [out] or undefined ->
/// [..., out].
Tensor Linear(const Tensor& x, const Tensor& weight, const Tensor& bias);
/// Gelu(x W^T + b).
Tensor LinearGelu(const Tensor& x, const Tensor& weight, const Tensor& bias);

}  // namespace gokart::ops

#endif  // GOKART_TENSOR_OPS_LINEAR_H_
