// Looking up rows of a table by token id.
#ifndef GOKART_TENSOR_OPS_EMBEDDING_H_
#define GOKART_TENSOR_OPS_EMBEDDING_H_

#include <cstdint>
#include <span>

#include "tensor/tensor.h"

namespace gokart::ops {

/// table [V, C], ids of shape `ids_shape` -> [ids_shape..., C]. Throws std::invalid_argument for an
/// id outside of [0, V). Workshop section 2.7: the same as one-hot vectors times the table, without
/// the zeros.
Tensor EmbeddingLookup(const Tensor& table, std::span<const int32_t> ids, const Shape& ids_shape);

}  // namespace gokart::ops

#endif  // GOKART_TENSOR_OPS_EMBEDDING_H_
