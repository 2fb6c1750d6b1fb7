// Functions of one tensor, element by element.
#ifndef GOKART_TENSOR_OPS_UNARY_H_
#define GOKART_TENSOR_OPS_UNARY_H_

#include "tensor/tensor.h"

namespace gokart::ops {

Tensor Exp(const Tensor& x);
/// Natural logarithm.
Tensor Log(const Tensor& x);
Tensor Sqrt(const Tensor& x);
Tensor Square(const Tensor& x);
/// log(1 + e^x), without overflow; log(sigmoid(x)) is -Softplus(-x).
Tensor Softplus(const Tensor& x);

/// 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))): the approximation that GPT-2 was trained with
/// (Hendrycks and Gimpel 2016, arXiv 1606.08415; workshop section 4.3).
Tensor Gelu(const Tensor& x);
/// x times the normal distribution function: 0.5 x (1 + erf(x / sqrt(2))).
Tensor GeluExact(const Tensor& x);
/// max(x, 0).
Tensor Relu(const Tensor& x);
/// x sigmoid(x).
Tensor Silu(const Tensor& x);
Tensor Tanh(const Tensor& x);
/// 1 / (1 + e^-x).
Tensor Sigmoid(const Tensor& x);

}  // namespace gokart::ops

#endif  // GOKART_TENSOR_OPS_UNARY_H_
