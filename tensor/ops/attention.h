// Multi-head causal attention as one operation: what chapter 3 builds step by step, without ever
// keeping a T x T matrix.
#ifndef GOKART_TENSOR_OPS_ATTENTION_H_
#define GOKART_TENSOR_OPS_ATTENTION_H_

#include <memory>
#include <vector>

#include "tensor/kernels/block_mask.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace gokart::ops {

using kernels::BlockMask;

struct AttentionOptions {
  int64_t num_heads = 1;
  /// Fewer key/value heads than heads (grouped-query attention); 0: as many.
  int64_t num_kv_heads = 0;
  float scale = 0;     ///< factor on q.k; 0: 1 / sqrt(head dimension)
  bool causal = true;  ///< token t sees tokens 0..t only
  int64_t window = 0;  ///< token t sees the last `window` tokens only; 0: all
  /// Who sees whom, instead of `causal` and `window`; null: those two decide.
  std::shared_ptr<const BlockMask> mask = nullptr;
  /// ALiBi: [H], slopes[h] * (t - j) is taken off the score of query t and key j; empty: nothing.
  std::vector<float> slopes = {};
  /// Attention sinks: [H], one more score in every row of a head, whose weight goes nowhere. A
  /// parameter with a gradient; undefined: none.
  Tensor sinks = {};
  double drop_rate = 0;            ///< dropout on the attention weights; draws a mask [B, H, T, T]
  Generator* generator = nullptr;  ///< where dropout draws from; needed when drop_rate > 0
};

/// softmax(mask(scale q k^T)) v for each head: q [B, T, H * D], k and v [B, T, KVH * D] -> [B, T, H
/// * D].
Tensor Attention(const Tensor& q, const Tensor& k, const Tensor& v,
                 const AttentionOptions& options);

/// The same for queries, keys and values side by side in one tensor, as one projection makes them:
/// qkv [B, T, (H + 2 KVH) * D] -> [B, T, H * D].
Tensor AttentionPacked(const Tensor& qkv, const AttentionOptions& options);

}  // namespace gokart::ops

#endif  // GOKART_TENSOR_OPS_ATTENTION_H_
