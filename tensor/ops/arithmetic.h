// Sums, products and quotients of tensors, element by element, with NumPy's broadcasting.
//
//   Tensor y = (a + b) * 0.5f;
//   Tensor centred = x - Mean(x, -1, /*keep_axis=*/true);
#ifndef GOKART_TENSOR_OPS_ARITHMETIC_H_
#define GOKART_TENSOR_OPS_ARITHMETIC_H_

#include "tensor/tensor.h"

namespace gokart::ops {

/// Shapes may differ as in NumPy: aligned at the last axis, an extent of 1 (or a missing axis) is
/// repeated. Throws std::invalid_argument when they do not fit.
Tensor Add(const Tensor& a, const Tensor& b);
Tensor Subtract(const Tensor& a, const Tensor& b);
Tensor Multiply(const Tensor& a, const Tensor& b);
Tensor Divide(const Tensor& a, const Tensor& b);

/// factor * x.
Tensor Scale(const Tensor& x, float factor);
/// x + value.
Tensor AddScalar(const Tensor& x, float value);

/// x repeated along axes of extent 1, or missing in front, to `shape`. Its gradient is the sum over
/// the copies: the one place where broadcasting is undone.
Tensor BroadcastTo(const Tensor& x, const Shape& shape);

}  // namespace gokart::ops

namespace gokart {

inline Tensor operator+(const Tensor& a, const Tensor& b) { return ops::Add(a, b); }
inline Tensor operator-(const Tensor& a, const Tensor& b) { return ops::Subtract(a, b); }
inline Tensor operator*(const Tensor& a, const Tensor& b) { return ops::Multiply(a, b); }
inline Tensor operator/(const Tensor& a, const Tensor& b) { return ops::Divide(a, b); }
inline Tensor operator*(const Tensor& x, float factor) { return ops::Scale(x, factor); }
inline Tensor operator*(float factor, const Tensor& x) { return ops::Scale(x, factor); }
inline Tensor operator/(const Tensor& x, float divisor) { return ops::Scale(x, 1 / divisor); }
inline Tensor operator+(const Tensor& x, float value) { return ops::AddScalar(x, value); }
inline Tensor operator-(const Tensor& x, float value) { return ops::AddScalar(x, -value); }
inline Tensor operator-(const Tensor& x) { return ops::Scale(x, -1); }

}  // namespace gokart

#endif  // GOKART_TENSOR_OPS_ARITHMETIC_H_
