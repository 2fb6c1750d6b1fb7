// Attention with linear biases (ALiBi; Press et al. 2021, arXiv 2108.12409): the further back a
// token, the more is taken off its score, in each head at another rate. Positions without angles or
// tables, and a model trained on short texts that stays sane on longer ones.
//
//   score of query t and key j in head h:  q_t . k_j / sqrt(D) - m_h (t - j)
//   m_h = 2^(-8 (h + 1) / H)   for H a power of two: 1/2, 1/4, ..., 1/256 for 8 heads
//
// The first heads see hardly further than the sentence, the last ones everything.
//
//   AlibiAttention attention({.d_in = 768, .d_out = 768, .context_length = 1024,
//                             .num_heads = 12});
//
// Costs for T tokens: those of MultiHeadAttention and an addition for each score, in the kernel. A
// model with this needs no table of positions.
#ifndef GOKART_CH03_ATTENTION_VARIANTS_ALIBI_ATTENTION_H_
#define GOKART_CH03_ATTENTION_VARIANTS_ALIBI_ATTENTION_H_

#include <cstdint>
#include <vector>

#include "ch03_attention/variants/projected_attention.h"

namespace gokart {

class AlibiAttention : public ProjectedAttention {
 public:
  explicit AlibiAttention(const AttentionConfig& config);

 protected:
  ops::AttentionOptions Options(int64_t num_tokens) const override;
};

/// m_h of each head. Where their number is no power of two, those of the next smaller one come
/// first, and then every second of twice as many, as the paper's authors do it.
std::vector<float> AlibiSlopes(int64_t num_heads);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_ALIBI_ATTENTION_H_
