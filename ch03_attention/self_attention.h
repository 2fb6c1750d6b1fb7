// Self-attention with trainable weights (workshop section 3.4): scaled dot-product attention.
//
// Each token is projected three times: to a query (what it looks for), a key (what it offers to
// those who look) and a value (what it hands over). Scores compare queries with keys, and the
// weights mix values:
//
//   Q = X W_query,  K = X W_key,  V = X W_value,  context = softmax(Q K^T / sqrt(C)) V
//
//   SelfAttentionV2 attention(/*d_in=*/3, /*d_out=*/2);
//   Tensor context = attention.Forward(x);  // [T, 3] -> [T, 2]
#ifndef GOKART_CH03_ATTENTION_SELF_ATTENTION_H_
#define GOKART_CH03_ATTENTION_SELF_ATTENTION_H_

#include <cstdint>

#include "tensor/nn/linear.h"
#include "tensor/nn/module.h"
#include "tensor/tensor.h"

namespace gokart {

/// With the weights as plain matrices, drawn uniformly from [0, 1) as torch.rand does.
class SelfAttentionV1 : public Module {
 public:
  SelfAttentionV1(int64_t d_in, int64_t d_out);

  /// x [T, d_in] -> [T, d_out].
  Tensor Forward(const Tensor& x) const;

  Tensor W_query, W_key, W_value;  ///< [d_in, d_out] each
};

/// With the weights as linear layers, whose initial values suit training better: around 0, and the
/// smaller the more inputs there are.
class SelfAttentionV2 : public Module {
 public:
  SelfAttentionV2(int64_t d_in, int64_t d_out, bool qkv_bias = false);

  /// x [T, d_in] -> [T, d_out].
  Tensor Forward(const Tensor& x) const;

  /// How well queries and keys match, before anything makes weights of it: x [T, d_in] -> [T, T].
  Tensor AttentionScores(const Tensor& x) const;
  /// What Forward mixes the values with: x [T, d_in] -> [T, T], rows sum to 1.
  Tensor AttentionWeights(const Tensor& x) const;

  Linear W_query, W_key, W_value;  ///< weight [d_out, d_in]: the transpose of V1's
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_SELF_ATTENTION_H_
