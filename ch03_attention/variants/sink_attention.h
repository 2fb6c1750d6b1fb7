// Attention with sinks: each head has one more score, learned and the same for all queries, that
// takes part in softmax and hands over nothing (gpt-oss; the idea is Miller's "softmax off by one"
// and Xiao et al. 2023, arXiv 2309.17453). The answer to a quirk of softmax: weights must sum to 1,
// so a head that finds nothing has to look somewhere, and models learn to dump their attention on
// the first token. With a sink they can look away.
//
//   weight of key j:  e^s_j / (e^sink_h + sum over i of e^s_i)       the weights sum to less than 1
//   sink_h: one number for each head, 0 to begin with, which is Miller's e^0 = 1
//
// StreamingLLM, the paper above, keeps the first tokens of a text in a sliding window's cache for
// the same reason; with learned sinks nothing needs to be kept.
//
//   SinkAttention attention({.d_in = 768, .d_out = 768, .context_length = 1024,
//                            .num_heads = 12});
//
// Costs for T tokens: those of MultiHeadAttention, and H more parameters.
#ifndef GOKART_CH03_ATTENTION_VARIANTS_SINK_ATTENTION_H_
#define GOKART_CH03_ATTENTION_VARIANTS_SINK_ATTENTION_H_

#include <cstdint>

#include "ch03_attention/variants/projected_attention.h"

namespace gokart {

/// With sinks of -infinity it is MultiHeadAttention.
class SinkAttention : public ProjectedAttention {
 public:
  explicit SinkAttention(const AttentionConfig& config);

  static AttentionCosts Costs(const AttentionConfig& config, int64_t num_tokens);

  Tensor sinks;  ///< [H]

 protected:
  ops::AttentionOptions Options(int64_t num_tokens) const override;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_SINK_ATTENTION_H_
