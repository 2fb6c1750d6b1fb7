// Multi-head attention with split weights (workshop section 3.6.2; Vaswani et al. 2017, arXiv
// 1706.03762): one projection each for the queries, keys and values of all heads, cut into heads
// afterwards.
//
//   MultiHeadAttention attention({.d_in = 768, .d_out = 768, .context_length = 1024,
//                                 .dropout = 0.1, .num_heads = 12});
//   Tensor context = attention.Forward(x);  // [B, T, 768] -> [B, T, 768]
//
// The last step of the chapter's sequence, and the one to read first when something about a GPT's
// attention is unclear. FusedMultiHeadAttention computes the same numbers faster.
#ifndef GOKART_CH03_ATTENTION_MULTI_HEAD_ATTENTION_H_
#define GOKART_CH03_ATTENTION_MULTI_HEAD_ATTENTION_H_

#include <cstdint>
#include <memory>
#include <span>

#include "ch03_attention/attention_config.h"
#include "ch03_attention/attention_layer.h"
#include "tensor/nn/dropout.h"
#include "tensor/nn/linear.h"

namespace gokart {

class MultiHeadAttention : public AttentionLayer {
 public:
  /// Throws std::invalid_argument for sizes that are not positive, or unless num_heads divides
  /// d_out.
  explicit MultiHeadAttention(const AttentionConfig& config);

  Tensor Forward(const Tensor& x) const override;

  bool CanCache() const override { return true; }
  std::unique_ptr<AttentionCache> MakeCache(int64_t max_tokens) const override;
  Tensor ForwardCached(const Tensor& x, std::span<AttentionCache* const> caches) const override;

  /// What Forward mixes the values with, before dropout: x [B, T, d_in] -> [B, H, T, T]. Each row
  /// sums to 1; row t is zero right of column t.
  Tensor AttentionWeights(const Tensor& x) const;

  const AttentionConfig config;
  Linear W_query, W_key, W_value;  ///< weight [C, d_in]; its rows h * D ... belong to head h
  Linear out_proj;                 ///< weight [C, C], bias [C]: mixes what the heads found
  Dropout dropout;
};

/// Cuts the last axis into heads and puts them in front of the tokens: [B, T, C] -> [B, H, T, D].
Tensor SplitHeads(const Tensor& x, int64_t num_heads);

/// The way back: [B, H, T, D] -> [B, T, C].
Tensor MergeHeads(const Tensor& x);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_MULTI_HEAD_ATTENTION_H_
