// Sums and means, over everything or along one axis.
#ifndef GOKART_TENSOR_OPS_REDUCE_H_
#define GOKART_TENSOR_OPS_REDUCE_H_

#include "tensor/tensor.h"

namespace gokart::ops {

/// The sum of all elements, a scalar; added up in double precision.
Tensor Sum(const Tensor& x);
/// The mean of all elements. Throws std::invalid_argument for an empty tensor.
Tensor Mean(const Tensor& x);

/// Sum along one axis, which is dropped, or kept with extent 1.
Tensor Sum(const Tensor& x, int axis, bool keep_axis = false);
Tensor Mean(const Tensor& x, int axis, bool keep_axis = false);

}  // namespace gokart::ops

#endif  // GOKART_TENSOR_OPS_REDUCE_H_
