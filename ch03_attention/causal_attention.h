// Causal self-attention (workshop section 3.5): self-attention that does not see the future, with
// dropout on its weights, for batches of sequences. One attention head of a GPT.
//
//   CausalAttention attention({.d_in = 3, .d_out = 2, .context_length = 6, .dropout = 0.1});
//   Tensor context = attention.Forward(x);  // [B, T, 3] -> [B, T, 2]
#ifndef GOKART_CH03_ATTENTION_CAUSAL_ATTENTION_H_
#define GOKART_CH03_ATTENTION_CAUSAL_ATTENTION_H_

#include "ch03_attention/attention_config.h"
#include "tensor/nn/dropout.h"
#include "tensor/nn/linear.h"
#include "tensor/nn/module.h"
#include "tensor/tensor.h"

namespace gokart {

class CausalAttention : public Module {
 public:
  /// One head: config.num_heads is not used. Throws std::invalid_argument for sizes that are not
  /// positive.
  explicit CausalAttention(const AttentionConfig& config);

  /// x [B, T, d_in] -> [B, T, d_out]. Throws std::invalid_argument for another shape or T >
  /// context_length.
  Tensor Forward(const Tensor& x) const;

  /// What Forward mixes the values with, before dropout: x [B, T, d_in] -> [B, T, T].
  Tensor AttentionWeights(const Tensor& x) const;

  const AttentionConfig config;
  Linear W_query, W_key, W_value;  ///< weight [d_out, d_in]
  Dropout dropout;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_CAUSAL_ATTENTION_H_
