// Multi-head attention with one matrix for queries, keys and values (the workshop's ch03/02,
// variant 3): W_query, W_key and W_value below each other, so that one large product does the work
// of three. Everything after it stays as in MultiHeadAttention, step by step.
//
//   [q k v] = W_qkv x                                         [B, T, 3 C]
//   head h: softmax(mask(q_h k_h^T / sqrt(D))) v_h            [B, H, T, T] x [B, H, T, D]
//   y = W_out (heads side by side) + b_out                    [B, T, C]
//
//   CombinedQkvAttention attention({.d_in = 768, .d_out = 768, .context_length = 1024,
//                                   .num_heads = 12});
//
// Costs for T tokens: those of MultiHeadAttention: 8 T C^2 + 2 C T (T + 1) FLOPs, 4 C^2 + C
// parameters, a cache of 2 C numbers and 4 C + H T numbers for training for each token.
#ifndef GOKART_CH03_ATTENTION_VARIANTS_COMBINED_QKV_ATTENTION_H_
#define GOKART_CH03_ATTENTION_VARIANTS_COMBINED_QKV_ATTENTION_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ch03_attention/attention_config.h"
#include "ch03_attention/attention_layer.h"
#include "ch03_attention/packed_linear.h"
#include "ch03_attention/variants/attention_costs.h"
#include "tensor/nn/dropout.h"
#include "tensor/nn/linear.h"

namespace gokart {

class CombinedQkvAttention : public AttentionLayer {
 public:
  /// Throws std::invalid_argument for sizes that are not positive, or unless num_heads divides
  /// d_out.
  explicit CombinedQkvAttention(const AttentionConfig& config);

  Tensor Forward(const Tensor& x) const override;

  bool CanCache() const override { return true; }
  std::unique_ptr<AttentionCache> MakeCache(int64_t max_tokens) const override;
  Tensor ForwardCached(const Tensor& x, std::span<AttentionCache* const> caches) const override;

  /// Those of MultiHeadAttention.
  std::vector<NamedPart> NamedParts() const override;

  static AttentionCosts Costs(const AttentionConfig& config, int64_t num_tokens);

  const AttentionConfig config;
  PackedLinear qkv;  ///< weight [3C, d_in]
  Linear out_proj;   ///< weight [C, C], bias [C]
  Dropout dropout;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_COMBINED_QKV_ATTENTION_H_
