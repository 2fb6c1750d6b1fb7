#include "tensor/nn/embedding.h"

#include "tensor/nn/skip_init.h"
#include "tensor/ops/embedding.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/quantized_linear.h"
#include "tensor/random.h"

namespace gokart {

Embedding::Embedding(int64_t num_embeddings, int64_t embedding_dim)
    : weight(Tensor::Empty({num_embeddings, embedding_dim})) {
  if (!SkipInit::Active()) GlobalGenerator().Normal(weight.mutable_data(), weight.size(), 0, 1);
  weight.RequireGrad();
  RegisterParameter("weight", &weight);
}

Tensor Embedding::Forward(const TokenIds& ids) const {
  if (quantized) return ops::EmbeddingLookup(*quantized, Flat(ids), ShapeOf(ids));
  return ops::EmbeddingLookup(weight, Flat(ids), ShapeOf(ids));
}

Tensor Embedding::FirstRows(int64_t n) const { return ops::Slice(weight, 0, 0, n); }

}  // namespace gokart
