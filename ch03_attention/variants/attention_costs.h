// What an attention layer costs, worked out from its sizes alone: parameters, work, memory. One
// place for benchmarks, estimates, tables and the model's summary.
//
//   AttentionCosts costs = CountSoftmaxAttention(config, /*num_tokens=*/1024, {.kv_heads = 3});
//   costs.cache_bytes;  // of one sequence of 1024 tokens
#ifndef GOKART_CH03_ATTENTION_VARIANTS_ATTENTION_COSTS_H_
#define GOKART_CH03_ATTENTION_VARIANTS_ATTENTION_COSTS_H_

#include <cstdint>

#include "ch03_attention/attention_config.h"

namespace gokart {

/// Of one layer, for one sequence of T tokens, in float32.
struct AttentionCosts {
  int64_t parameters = 0;
  /// Multiplications and additions of the matrix products that the formula needs, whether or not
  /// the implementation computes more (such as scores that a mask then hides).
  double projection_flops = 0;  ///< from and to the model's width: linear in T
  double attention_flops = 0;   ///< among tokens
  double cache_bytes = 0;       ///< what decoding keeps of the T tokens
  double training_bytes = 0;    ///< what forward keeps for backward, besides its input

  double ForwardFlops() const { return projection_flops + attention_flops; }
};

/// The pairs (token, token that it sees) among T tokens: T (T + 1) / 2, fewer with a window.
double VisiblePairs(int64_t num_tokens, int64_t window = 0);

/// How a variant of softmax attention differs from the one of the chapter.
struct SoftmaxAttentionKind {
  int64_t kv_heads = 0;  ///< heads of keys and values; 0: as many as of queries
  int64_t window = 0;    ///< tokens that a token sees; 0: all before it
  /// Whether training keeps all weights [H, T, T] (twice with dropout) or one number for each row.
  bool keeps_weights = false;
};

/// Softmax attention with projections to queries, keys, values and back.
AttentionCosts CountSoftmaxAttention(const AttentionConfig& config, int64_t num_tokens,
                                     const SoftmaxAttentionKind& kind);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_ATTENTION_COSTS_H_
