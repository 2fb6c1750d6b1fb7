#include "ch02_data/input_embeddings.h"

#include <stdexcept>
#include <string>

#include "tensor/ops/arithmetic.h"

namespace gokart {

InputEmbeddings::InputEmbeddings(int64_t vocab_size, int64_t context_length, int64_t emb_dim)
    : token(vocab_size, emb_dim), position(context_length, emb_dim) {
  RegisterModule("token", &token);
  RegisterModule("position", &position);
}

Tensor InputEmbeddings::Forward(const TokenIds& ids) const {
  const int64_t t = static_cast<int64_t>(ids.shape(1)), context_length = position.weight.dim(0);
  if (t > context_length) {
    throw std::invalid_argument("InputEmbeddings: " + std::to_string(t) +
                                " tokens are more than the context_length of " +
                                std::to_string(context_length));
  }
  const Tensor tokens = token.Forward(ids);        // [B, T, C]
  const Tensor positions = position.FirstRows(t);  // [T, C], the same for every sequence
  return tokens + positions;                       // [B, T, C]
}

}  // namespace gokart
