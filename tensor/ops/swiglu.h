// The gate of Llama's feed-forward network.
//
//   Tensor hidden = ops::SwiGlu(fc1.Forward(x), fc2.Forward(x));  // [B, T, F] twice -> [B, T, F]
#ifndef GOKART_TENSOR_OPS_SWIGLU_H_
#define GOKART_TENSOR_OPS_SWIGLU_H_

#include "tensor/tensor.h"

namespace gokart::ops {

/// silu(gate) * up, number by number, with silu(x) = x sigmoid(x) (Shazeer 2020, arXiv 2002.05202;
/// Llama in the workshop's ch05/07). Both of the same shape; throws std::invalid_argument
/// otherwise. One operation in place of ops::Silu and a product, so that silu(gate) is neither
/// written nor kept.
Tensor SwiGlu(const Tensor& gate, const Tensor& up);

}  // namespace gokart::ops

#endif  // GOKART_TENSOR_OPS_SWIGLU_H_
