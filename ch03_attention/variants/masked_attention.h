// One fused kernel with the mask as data (the workshop's ch03/02, variant 6): a matrix of T x T
// bits says who sees whom. Any pattern can be had that way, but the kernel has to look at every
// tile of scores to find that half of them are hidden: twice the work of knowing that the mask is
// causal.
//
//   head h: softmax(scores + mask) v with mask_tj = 0 where j <= t, -infinity elsewhere
//
//   MaskedAttention attention({.d_in = 768, .d_out = 768, .context_length = 1024,
//                              .num_heads = 12});
//
// Costs for T tokens: those of ProjectedAttention (8 T C^2 + 2 C T (T + 1) FLOPs, but 4 C T^2 are
// computed among the tokens; 4 C^2 + C parameters; a cache of 2 C and 4 C + H numbers for training
// for each token), and T^2 bits of mask for all sequences and heads together.
#ifndef GOKART_CH03_ATTENTION_VARIANTS_MASKED_ATTENTION_H_
#define GOKART_CH03_ATTENTION_VARIANTS_MASKED_ATTENTION_H_

#include <cstdint>
#include <memory>

#include "ch03_attention/variants/mask_cache.h"
#include "ch03_attention/variants/projected_attention.h"

namespace gokart {

class MaskedAttention : public ProjectedAttention {
 public:
  explicit MaskedAttention(const AttentionConfig& config)
      : ProjectedAttention("MaskedAttention", config, config.num_heads) {}

 protected:
  ops::AttentionOptions Options(int64_t num_tokens) const override;

 private:
  MaskCache masks_;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_MASKED_ATTENTION_H_
