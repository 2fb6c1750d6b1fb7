// Causal attention without the T x T matrix: tiles of scores live in the cache, one row of softmax
// statistics is kept (FlashAttention; Dao et al. 2022, arXiv 2205.14135, and its backward pass).
//
// Heads are not copied apart: q, k and v are read where the projections left them, row t of batch
// entry b at q + (b * T + t) * q_stride, and head h at columns [h * D, (h + 1) * D) of it.
#ifndef GOKART_TENSOR_KERNELS_ATTENTION_H_
#define GOKART_TENSOR_KERNELS_ATTENTION_H_

#include <cstdint>

#include "tensor/kernels/block_mask.h"

namespace gokart::kernels {

struct AttentionShape {
  int64_t batch, tokens, heads, head_dim;  ///< B, T, H, D
  /// Number of key/value heads; a divisor of `heads` (grouped-query attention). 0 means `heads`.
  int64_t kv_heads = 0;
  int64_t q_stride = 0,
          kv_stride = 0;  ///< floats from one token's row to the next; 0: H*D, kv_heads*D
  float scale = 0;        ///< factor on q.k; 0 means 1 / sqrt(D)
  bool causal = true;     ///< token t sees tokens 0..t only
  /// Sliding window: token t sees only the `window` tokens (t - window, t], whatever `causal` says;
  /// 0 means no window.
  int64_t window = 0;
  /// Who sees whom, instead of `causal` and `window`; null: those two decide. Covers `tokens`. A
  /// query that sees nothing gets an output of zeros.
  const BlockMask* mask = nullptr;
  /// ALiBi (Press et al. 2021, arXiv 2108.12409): slopes[h] * (t - j) is taken off the score of
  /// query t and key j in head h. Null: nothing is.
  const float* slopes = nullptr;
  /// Attention sinks: sinks[h] is one more score in every row of head h, whose weight goes nowhere.
  /// Null: none.
  const float* sinks = nullptr;
  /// For AttentionForward only, and not with `mask`: keys and values of tokens before the queries'
  /// own. Query t is token past + t of a sequence with past + T keys.
  int64_t past = 0;
  /// For AttentionForward only: floats from one head's columns of a key or value to the next
  /// head's; 0: D. Heads may lie apart, as in a cache [kv_heads, capacity, D].
  int64_t kv_head_stride = 0;
};

/// Dropout on the attention weights [B, H, T, T], as bits: bit i of the flattened mask (word i /
/// 64, bit i % 64) says that weight i is kept, and kept weights are multiplied by `scale` = 1 / (1
/// - p).
struct AttentionDropout {
  const uint64_t* keep = nullptr;  ///< null: no dropout
  float scale = 1;
};

/// out[B, T, H, D] = dropout(softmax(mask(scale * q k^T))) v, and log_sum_exp[B, H, T] of each
/// row's scores for the backward pass (may be null).
void AttentionForward(const AttentionShape& shape, const AttentionDropout& dropout, const float* q,
                      const float* k, const float* v, float* out, float* log_sum_exp);

/// Gradients for q, k and v from that of the output, with what AttentionForward returned for the
/// same inputs; they are written (accumulate = false) or added to (true), with the strides of q, k
/// and v.
void AttentionBackward(const AttentionShape& shape, const AttentionDropout& dropout, const float* q,
                       const float* k, const float* v, const float* out, const float* log_sum_exp,
                       const float* dout, float* dq, float* dk, float* dv, bool accumulate);

/// The gradient of the sinks [H], from the same: the sink's weight P has no value to hand on, so
/// all that a greater P does is to take from the others: dsink = -sum over b, t of P (out . dout).
void AttentionSinkBackward(const AttentionShape& shape, const float* out, const float* log_sum_exp,
                           const float* dout, float* dsinks, bool accumulate);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_ATTENTION_H_
