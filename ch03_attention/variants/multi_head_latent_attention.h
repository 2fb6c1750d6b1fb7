// Multi-head latent attention (MLA; DeepSeek-V2 2024, arXiv 2405.04434; workshop ch04/05): keys and
// values of all heads are made of one short vector per token, and that is what the cache keeps. The
// answer to grouped queries, which save memory by giving heads less of their own.
//
//   c = W_DKV x                        [B, T, R]   R numbers for each token: the latent vector
//   k = W_UK c,  v = W_UV c            [B, T, C]   all heads, each with its own D columns
//   q = W_query x                      [B, T, C]
//   head h: softmax(mask(q_h k_h^T / sqrt(D))) v_h
//
// Decoding never makes k and v. With U_h the rows of W_UK that belong to head h,
//
//   q_h . k_h = q_h . (U_h c) = (U_h^T q_h) . c        and        sum p v_h = V_h (sum p c)
//
// so a query is taken down to R numbers ("weight absorption"), compared with the latent vectors as
// they lie in the cache, and what it finds is taken up again: multi-query attention with heads of R
// channels, in which keys and values are the same. For a prompt, with many queries, making k and v
// once is less work.
//
//   MultiHeadLatentAttention attention({.d_in = 768, .d_out = 768, .context_length = 1024,
//                                       .num_heads = 12, .latent_dim = 96});
//
// Costs for T tokens:
//   FLOPs       T (4 C^2 + 6 C R) for the projections, 2 C T (T + 1) among the tokens
//   parameters  2 C^2 + 3 C R + C
//   cache       R numbers for each token: 96 of 1536 where R = C/8
//   training    4 C + R + H numbers for each token
//
// As in the workshop, without DeepSeek's separate part of the key for rotary positions and without
// a latent vector for queries.
#ifndef GOKART_CH03_ATTENTION_VARIANTS_MULTI_HEAD_LATENT_ATTENTION_H_
#define GOKART_CH03_ATTENTION_VARIANTS_MULTI_HEAD_LATENT_ATTENTION_H_

#include <cstdint>
#include <memory>
#include <span>

#include "ch03_attention/attention_config.h"
#include "ch03_attention/attention_layer.h"
#include "ch03_attention/variants/attention_costs.h"
#include "tensor/nn/dropout.h"
#include "tensor/nn/linear.h"

namespace gokart {

class LatentCache;

class MultiHeadLatentAttention : public AttentionLayer {
 public:
  /// config.latent_dim is R; 0: C / 8, at least 16. Throws std::invalid_argument for sizes that are
  /// not positive, or unless num_heads divides d_out.
  explicit MultiHeadLatentAttention(const AttentionConfig& config);

  Tensor Forward(const Tensor& x) const override;

  bool CanCache() const override { return true; }
  std::unique_ptr<AttentionCache> MakeCache(int64_t max_tokens) const override;
  Tensor ForwardCached(const Tensor& x, std::span<AttentionCache* const> caches) const override;

  static AttentionCosts Costs(const AttentionConfig& config, int64_t num_tokens);

  const AttentionConfig config;
  const int64_t latent_dim;  ///< R
  Linear W_query;            ///< weight [C, d_in]
  Linear W_DKV;              ///< weight [R, d_in]: down to the latent vector
  Linear W_UK, W_UV;         ///< weight [C, R]: up to keys and values
  Linear out_proj;           ///< weight [C, C], bias [C]
  Dropout dropout;

 private:
  // q [T, C] of one sequence, whose latent vectors are in the cache -> the heads' outputs [T, C].
  Tensor AttendAbsorbed(const Tensor& q, const LatentCache& cache) const;
  Tensor AttendExpanded(const Tensor& q, const LatentCache& cache) const;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_MULTI_HEAD_LATENT_ATTENTION_H_
