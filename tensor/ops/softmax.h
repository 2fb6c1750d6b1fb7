// Softmax over the last axis, and the masks that go before it.
#ifndef GOKART_TENSOR_OPS_SOFTMAX_H_
#define GOKART_TENSOR_OPS_SOFTMAX_H_

#include <cstdint>
#include <span>

#include "tensor/tensor.h"

namespace gokart::ops {

/// e^x_i / sum_j e^x_j over the last axis, with the maximum subtracted first so that nothing
/// overflows.
Tensor Softmax(const Tensor& x);
/// log(Softmax(x)), computed without taking the logarithm of a rounded-off zero.
Tensor LogSoftmax(const Tensor& x);

/// Puts -infinity above the diagonal of the last two axes [T, S], so that query t sees keys 0..t
/// only. With S > T the queries are the last T of S tokens.
Tensor CausalMask(const Tensor& scores);
/// `value` where mask is not 0, else x. The mask has the size of x or repeats along leading axes.
Tensor MaskedFill(const Tensor& x, std::span<const uint8_t> mask, float value);

}  // namespace gokart::ops

#endif  // GOKART_TENSOR_OPS_SOFTMAX_H_
