// Operations that move or share elements without computing anything.
#ifndef GOKART_TENSOR_OPS_LAYOUT_H_
#define GOKART_TENSOR_OPS_LAYOUT_H_

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/tensor.h"

namespace gokart::ops {

/// The same elements in the same order under another shape; shares the buffer.
/// Throws std::invalid_argument when the sizes differ.
Tensor Reshape(const Tensor& x, const Shape& shape);

/// Exchanges two axes. Copies: tensors are always row-major.
Tensor Transpose(const Tensor& x, int axis_a, int axis_b);

/// Elements [begin, end) of an axis.
Tensor Slice(const Tensor& x, int axis, int64_t begin, int64_t end);
/// One element of an axis, which is dropped: Select(logits, 1, T - 1) is the last token's logits.
Tensor Select(const Tensor& x, int axis, int64_t index);

/// Tensors one after the other along an axis; all other extents must agree.
Tensor Concat(const std::vector<Tensor>& tensors, int axis);

/// Each element of an axis `times` times in a row: [a, b] -> [a, a, b, b] (grouped-query
/// attention).
Tensor RepeatInterleave(const Tensor& x, int axis, int64_t times);

/// x[i, index[i]] for each row i of the last axis: x [..., V], one index per row -> [...]. The
/// log-probability of given tokens, for instance. Throws std::invalid_argument for an index outside
/// of [0, V).
Tensor Gather(const Tensor& x, std::span<const int32_t> index);

}  // namespace gokart::ops

#endif  // GOKART_TENSOR_OPS_LAYOUT_H_
