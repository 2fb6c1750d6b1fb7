#include "ch03_attention/causal_attention.h"

#include <cmath>

#include "tensor/ops/arithmetic.h"
#include "tensor/ops/matmul.h"
#include "tensor/ops/softmax.h"

namespace gokart {

CausalAttention::CausalAttention(const AttentionConfig& c)
    : config(CheckedConfig("CausalAttention", c)),
      W_query(config.d_in, config.d_out, config.qkv_bias),
      W_key(config.d_in, config.d_out, config.qkv_bias),
      W_value(config.d_in, config.d_out, config.qkv_bias),
      dropout(config.dropout) {
  RegisterModule("W_query", &W_query);
  RegisterModule("W_key", &W_key);
  RegisterModule("W_value", &W_value);
  RegisterModule("dropout", &dropout);
}

// softmax(mask(Q K^T / sqrt(C)))
Tensor CausalAttention::AttentionWeights(const Tensor& x) const {
  CheckInput("CausalAttention", config, x);
  // [exercise 3.13] Causal weights for a batch
  // Task: For x [B, T, d_in] give softmax(mask(Q K^T / sqrt(C))) [B, T, T], where the mask hides
  //       later tokens.
  // Hint: It is exercise 3.8 with the mask of 3.12. Layers and products work on each sequence of
  //       the batch by itself.
  // Test: //ch03_attention:causal_attention_test CausalWeights.*
  // Read: ch03_attention/README.md, "Not looking ahead"

  const Tensor queries = W_query.Forward(x);                                // [B, T, C]
  const Tensor keys = W_key.Forward(x);                                     // [B, T, C]
  const Tensor scores = ops::MatMul(queries, keys, {.transpose_b = true});  // [B, T, T]
  const float scale = 1 / std::sqrt(static_cast<float>(keys.dim(-1)));
  return ops::Softmax(ops::CausalMask(scores * scale));  // [B, T, T]
  // [end of exercise 3.13]
}

// dropout(softmax(mask(Q K^T / sqrt(C)))) V
Tensor CausalAttention::Forward(const Tensor& x) const {
  // [exercise 3.14] Dropping weights
  // Task: Give dropout(weights) V [B, T, C] with the weights of exercise 3.13.
  // Hint: dropout.Forward sets some numbers to 0 while training and does nothing else; the dropped
  //       ones are weights, not outputs.
  // Test: //ch03_attention:causal_attention_test CausalAttention.*
  // Read: ch03_attention/README.md, "Not looking ahead"

  const Tensor weights = dropout.Forward(AttentionWeights(x));  // [B, T, T]
  const Tensor values = W_value.Forward(x);                     // [B, T, C]
  return ops::MatMul(weights, values);                          // [B, T, T] x [B, T, C]
  // [end of exercise 3.14]
}

}  // namespace gokart
