// Dropout (Srivastava et al. 2014; workshop section 3.5.2).
#ifndef GOKART_TENSOR_OPS_DROPOUT_H_
#define GOKART_TENSOR_OPS_DROPOUT_H_

#include "tensor/random.h"
#include "tensor/tensor.h"

namespace gokart::ops {

/// Sets each element to zero with probability p, and multiplies the others by 1 / (1 - p), so that
/// the expected value stays. Draws the very mask that PyTorch's CPU generator draws. p = 0 draws
/// nothing. Throws std::invalid_argument unless 0 <= p < 1.
Tensor Dropout(const Tensor& x, double p, Generator& generator);

}  // namespace gokart::ops

#endif  // GOKART_TENSOR_OPS_DROPOUT_H_
