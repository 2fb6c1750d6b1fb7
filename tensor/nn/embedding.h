// The embedding layer: a table with one row per token id (PyTorch's nn.Embedding; workshop
// section 2.7).
#ifndef GOKART_TENSOR_NN_EMBEDDING_H_
#define GOKART_TENSOR_NN_EMBEDDING_H_

#include <optional>

#include "tensor/nn/module.h"
#include "tensor/quantized/quantized_matrix.h"
#include "tensor/token_ids.h"

namespace gokart {

/// weight [num_embeddings, embedding_dim], drawn from the standard normal distribution as in
/// PyTorch.
class Embedding : public Module {
 public:
  Embedding(int64_t num_embeddings, int64_t embedding_dim);

  /// ids [B, T] -> [B, T, embedding_dim]. Throws std::invalid_argument for an id outside of the
  /// table.
  Tensor Forward(const TokenIds& ids) const;
  /// The rows 0, 1, ..., n - 1: [n, embedding_dim]; positions, for instance.
  Tensor FirstRows(int64_t n) const;

  /// The table, for those who want it in a low-precision format, from which rows are made floats
  /// as they are looked up; FirstRows is no longer possible then. Not one of Matrices(): a table of
  /// positions is too small to be worth it.
  MatrixSlot Table() { return {&weight, &quantized}; }

  Tensor weight;                             ///< undefined once quantised
  std::optional<QuantizedMatrix> quantized;  ///< what stands in for the weight then

 protected:
  int64_t QuantizedBytes() const override { return quantized ? quantized->bytes() : 0; }
};

}  // namespace gokart

#endif  // GOKART_TENSOR_NN_EMBEDDING_H_
