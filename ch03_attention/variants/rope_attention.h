// Attention with rotary position embeddings (RoPE; Su et al. 2021, arXiv 2104.09864; Llama,
// workshop ch05/07): queries and keys are turned by an angle that grows with their position. The
// answer to the table of learned positions, which ends where training ended and cannot tell "three
// words ago".
//
//   pair i of a head at position t:  (a, b) -> (a cos - b sin, b cos + a sin)
//   angle = t * 10000^(-2 i / D)                   pairs (i, i + D/2), as in the workshop
//
// Turning both by their own position turns their dot product by the difference: scores depend on
// how far apart two tokens are, on nothing else. The first pairs turn fast and tell neighbours
// apart, the last ones hardly turn and carry content.
//
//   RopeAttention attention({.d_in = 768, .d_out = 768, .context_length = 1024, .num_heads = 12});
//
// Costs for T tokens: those of MultiHeadAttention, and 6 C T multiplications and additions for the
// rotation, which is less than one percent. The cache holds keys as they are after turning. A model
// with this needs no table of positions.
#ifndef GOKART_CH03_ATTENTION_VARIANTS_ROPE_ATTENTION_H_
#define GOKART_CH03_ATTENTION_VARIANTS_ROPE_ATTENTION_H_

#include <vector>

#include "ch03_attention/variants/projected_attention.h"

namespace gokart {

class RopeAttention : public ProjectedAttention {
 public:
  /// Throws std::invalid_argument unless each head has an even number of channels.
  explicit RopeAttention(const AttentionConfig& config);

 protected:
  Projected Project(const Tensor& x, const std::vector<int64_t>& first_position) const override;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_ROPE_ATTENTION_H_
