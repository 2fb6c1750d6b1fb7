// Multi-head attention as a stack of heads (workshop section 3.6.1): several CausalAttentions look
// at the same tokens, each with weights of its own, and their results stand side by side.
//
//   MultiHeadAttentionWrapper attention(
//       {.d_in = 3, .d_out = 2, .context_length = 6, .num_heads = 2});
//   Tensor context = attention.Forward(x);  // [B, T, 3] -> [B, T, 2 * 2]
//
// Easy to understand and slow: the heads compute one after the other, with small matrices.
// MultiHeadAttention does the same with large ones.
#ifndef GOKART_CH03_ATTENTION_MULTI_HEAD_ATTENTION_WRAPPER_H_
#define GOKART_CH03_ATTENTION_MULTI_HEAD_ATTENTION_WRAPPER_H_

#include <memory>
#include <vector>

#include "ch03_attention/attention_config.h"
#include "ch03_attention/causal_attention.h"
#include "tensor/nn/module.h"
#include "tensor/tensor.h"

namespace gokart {

class MultiHeadAttentionWrapper : public Module {
 public:
  /// As in the workshop, d_out is what each head puts out. Throws std::invalid_argument for sizes
  /// that are not positive.
  explicit MultiHeadAttentionWrapper(const AttentionConfig& config);

  /// x [B, T, d_in] -> [B, T, num_heads * d_out]: the heads' outputs in order.
  Tensor Forward(const Tensor& x) const;

  std::vector<std::unique_ptr<CausalAttention>> heads;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_MULTI_HEAD_ATTENTION_WRAPPER_H_
