// Attention with query/key normalisation (Henry et al. 2020, arXiv 2010.04245; as RMS norm in
// Dehghani et al. 2023, arXiv 2302.05442, and Qwen3 and Gemma 3): each head's query and key are
// brought to the same length before they are compared. The answer to training runs that explode:
// the length of queries and keys is unbounded, scores grow with its square, and once softmax has
// given everything to one token its gradient is gone.
//
//   q_h <- scale_q * q_h / rms(q_h),   k_h <- scale_k * k_h / rms(k_h)     rms over the D channels
//   scores |q . k| / sqrt(D) <= sqrt(D) max(scale_q) max(scale_k): bounded by what is learned
//
//   QkNormAttention attention({.d_in = 768, .d_out = 768, .context_length = 1024,
//                              .num_heads = 12});
//
// Costs for T tokens: those of MultiHeadAttention, 2 D more parameters (the scales are the same for
// all heads, as in Qwen3), and in training 2 C + 2 H more numbers for each token: queries and keys
// from before the normalisation, and what they were divided by.
#ifndef GOKART_CH03_ATTENTION_VARIANTS_QK_NORM_ATTENTION_H_
#define GOKART_CH03_ATTENTION_VARIANTS_QK_NORM_ATTENTION_H_

#include <cstdint>
#include <vector>

#include "ch03_attention/variants/projected_attention.h"

namespace gokart {

class QkNormAttention : public ProjectedAttention {
 public:
  explicit QkNormAttention(const AttentionConfig& config);

  static AttentionCosts Costs(const AttentionConfig& config, int64_t num_tokens);

  static constexpr float kEps = 1e-6f;  ///< added to the mean square, as in Qwen3

  Tensor query_scale, key_scale;  ///< [D] each, ones to begin with

 protected:
  Projected Project(const Tensor& x, const std::vector<int64_t>& first_position) const override;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_QK_NORM_ATTENTION_H_
