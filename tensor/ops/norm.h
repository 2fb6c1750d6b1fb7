// Normalisation over the last axis.
#ifndef GOKART_TENSOR_OPS_NORM_H_
#define GOKART_TENSOR_OPS_NORM_H_

#include "tensor/tensor.h"

namespace gokart::ops {

/// scale * (x - mean) / sqrt(variance + eps) + shift over the last axis, with the biased variance
/// (Ba et al. 2016, arXiv 1607.06450; workshop section 4.2). x [..., C]; scale, shift [C].
Tensor LayerNorm(const Tensor& x, const Tensor& scale, const Tensor& shift, float eps = 1e-5f);
/// scale * x / sqrt(mean(x^2) + eps) over the last axis (Zhang and Sennrich 2019, arXiv 1910.07467;
/// Llama).
Tensor RmsNorm(const Tensor& x, const Tensor& scale, float eps = 1e-5f);

}  // namespace gokart::ops

#endif  // GOKART_TENSOR_OPS_NORM_H_
