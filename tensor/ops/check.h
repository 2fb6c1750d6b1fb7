// How operations say that their arguments do not fit: they throw, so that one mistake fails one
// test, and name the operation and the shapes.
#ifndef GOKART_TENSOR_OPS_CHECK_H_
#define GOKART_TENSOR_OPS_CHECK_H_

#include <stdexcept>
#include <string>

#include "tensor/tensor.h"

namespace gokart::ops {

/// Throws std::invalid_argument("OPERATION: MESSAGE") unless `condition` holds.
inline void Check(bool condition, const char* operation, const std::string& message) {
  if (!condition) throw std::invalid_argument(std::string(operation) + ": " + message);
}

/// "[2, 3] and [4]".
inline std::string Both(const Tensor& a, const Tensor& b) {
  return a.shape().ToString() + " and " + b.shape().ToString();
}

}  // namespace gokart::ops

#endif  // GOKART_TENSOR_OPS_CHECK_H_
