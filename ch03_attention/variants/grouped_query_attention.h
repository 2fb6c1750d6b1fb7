// Grouped-query attention (Ainslie et al. 2023, arXiv 2305.13245; workshop ch04/04) and its
// extreme, multi-query attention (Shazeer 2019, arXiv 1911.02150): several heads of queries share
// one head of keys and values. The answer to the cache, which in long conversations takes more
// memory than the model and has to be read for every token.
//
//   head h: softmax(mask(q_h k_g^T / sqrt(D))) v_g      g = h / (H / G), G groups
//   q [B, T, H D];  k, v [B, T, G D]
//
//   GroupedQueryAttention attention({.d_in = 768, .d_out = 768, .context_length = 1024,
//                                    .num_heads = 12, .num_kv_groups = 3});
//
// Costs for T tokens:
//   FLOPs       (4 + 4 G/H) T C^2 for the projections; among the tokens as ever, 2 C T (T + 1)
//   parameters  (2 + 2 G/H) C^2 + C
//   cache       2 C G/H numbers for each token: a quarter of the full one for 12 heads in 3 groups
//   training    (2 + 2 G/H) C + H numbers for each token
#ifndef GOKART_CH03_ATTENTION_VARIANTS_GROUPED_QUERY_ATTENTION_H_
#define GOKART_CH03_ATTENTION_VARIANTS_GROUPED_QUERY_ATTENTION_H_

#include "ch03_attention/variants/projected_attention.h"

namespace gokart {

/// With as many groups as heads it is MultiHeadAttention.
class GroupedQueryAttention : public ProjectedAttention {
 public:
  /// config.num_kv_groups is G; 0: DefaultGroups(). Throws std::invalid_argument unless it divides
  /// num_heads.
  explicit GroupedQueryAttention(const AttentionConfig& config);

  static AttentionCosts Costs(const AttentionConfig& config, int64_t num_tokens);

  /// About a quarter of the heads, but a divisor of their number: 12 -> 3.
  static int64_t DefaultGroups(int64_t num_heads);
};

/// One head of keys and values for all heads of queries.
class MultiQueryAttention : public ProjectedAttention {
 public:
  explicit MultiQueryAttention(const AttentionConfig& config)
      : ProjectedAttention("MultiQueryAttention", config, 1) {}

  static AttentionCosts Costs(const AttentionConfig& config, int64_t num_tokens);
};

/// Keys or values as each head of queries finds them: x [B, T, G D] with head g of G repeated for
/// the num_heads / G heads of queries that share it -> [B, T, num_heads D]. With these
/// MultiHeadAttention computes the same; the kernel looks head h up at h G / H instead of copying.
/// Throws std::invalid_argument unless G divides num_heads and the channels.
Tensor RepeatHeads(const Tensor& x, int64_t num_kv_heads, int64_t num_heads);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_GROUPED_QUERY_ATTENTION_H_
