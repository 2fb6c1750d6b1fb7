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
  // [exercise 2.19] Token and position embeddings
  // Task: Give each token its row of the token table plus the row of its position: [B, T] ids
  //       become [B, T, C].
  // Hint: token.Forward(ids) is [B, T, C]. The positions are the same for every sequence of the
  //       batch: rows 0 to T - 1 of the other table, [T, C].
  // Hint: position.FirstRows(t) gives them, and + repeats the smaller tensor along the axes that it
  //       lacks.
  // Test: //ch02_data:input_embeddings_test InputEmbeddings.*
  // Read: ch02_data/README.md, "Vectors"

  const Tensor tokens = token.Forward(ids);        // [B, T, C]
  const Tensor positions = position.FirstRows(t);  // [T, C], the same for every sequence
  return tokens + positions;                       // [B, T, C]
  // [end of exercise 2.19]
}

}  // namespace gokart
