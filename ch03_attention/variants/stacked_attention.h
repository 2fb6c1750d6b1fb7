// Multi-head attention as the chapter first builds it: a stack of single heads, each with weights
// and a mask of its own, and a linear layer that mixes what they found (workshop section 3.6.1;
// ch03/02, variant 1). The one to begin with: nothing is shared and nothing is cut.
//
//   head h: softmax(mask(q k^T / sqrt(D))) v    with q, k, v = W_h x, all [B, T, D]
//   y = W_out (heads side by side) + b_out      [B, T, C]
//
//   StackedAttention attention({.d_in = 768, .d_out = 768, .context_length = 1024,
//                               .num_heads = 12});
//
// Costs for T tokens: those of MultiHeadAttention (8 T C^2 + 2 C T (T + 1) FLOPs, 4 C^2 + C
// parameters, a cache of 2 C numbers and 4 C + H T numbers for training for each token), in 3 H
// small products in place of 3 large ones.
#ifndef GOKART_CH03_ATTENTION_VARIANTS_STACKED_ATTENTION_H_
#define GOKART_CH03_ATTENTION_VARIANTS_STACKED_ATTENTION_H_

#include <cstdint>
#include <memory>
#include <span>

#include "ch03_attention/attention_config.h"
#include "ch03_attention/attention_layer.h"
#include "ch03_attention/multi_head_attention_wrapper.h"
#include "ch03_attention/variants/attention_costs.h"
#include "tensor/nn/linear.h"

namespace gokart {

class StackedAttention : public AttentionLayer {
 public:
  /// config.d_out is what comes out of the whole layer. Throws std::invalid_argument for sizes that
  /// are not positive, or unless num_heads divides d_out.
  explicit StackedAttention(const AttentionConfig& config);

  Tensor Forward(const Tensor& x) const override;

  bool CanCache() const override { return true; }
  std::unique_ptr<AttentionCache> MakeCache(int64_t max_tokens) const override;
  Tensor ForwardCached(const Tensor& x, std::span<AttentionCache* const> caches) const override;

  static AttentionCosts Costs(const AttentionConfig& config, int64_t num_tokens);

  const AttentionConfig config;
  MultiHeadAttentionWrapper stack;  ///< H heads of D = C / H channels
  Linear out_proj;                  ///< weight [C, C], bias [C]
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_STACKED_ATTENTION_H_
