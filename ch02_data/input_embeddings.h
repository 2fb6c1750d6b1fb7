// What a GPT reads: a vector for each token plus one for its position (workshop sections 2.7, 2.8).
//
//     InputEmbeddings embeddings(/*vocab_size=*/50257, /*context_length=*/4, /*emb_dim=*/256);
//     Tensor x = embeddings.Forward(batch.inputs);   // [8, 4] -> [8, 4, 256]

#ifndef GOKART_CH02_DATA_INPUT_EMBEDDINGS_H_
#define GOKART_CH02_DATA_INPUT_EMBEDDINGS_H_

#include <cstdint>

#include "tensor/nn/embedding.h"
#include "tensor/nn/module.h"
#include "tensor/tensor.h"
#include "tensor/token_ids.h"

namespace gokart {

/// Both tables are drawn from the global generator, the tokens' first, as in the workshop.
class InputEmbeddings : public Module {
 public:
  InputEmbeddings(int64_t vocab_size, int64_t context_length, int64_t emb_dim);

  /// ids [B, T] -> [B, T, C]: row ids[b, t] of the token table plus row t of the position table.
  /// Throws std::invalid_argument for an id outside the vocabulary or T > context_length.
  Tensor Forward(const TokenIds& ids) const;

  Embedding token;     ///< weight [V, C]
  Embedding position;  ///< weight [context_length, C]
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_INPUT_EMBEDDINGS_H_
