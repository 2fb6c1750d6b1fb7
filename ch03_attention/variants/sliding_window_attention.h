// Sliding-window attention (Beltagy et al. 2020, arXiv 2004.05150; workshop ch04/06): a token sees
// the last W tokens only, itself included. The answer to work that grows with the square of the
// text, and to a cache that grows at all.
//
//   token t sees tokens t - W + 1 ... t
//
// What lies further back still gets through, a window per layer: after L layers a token has heard
// of the last L (W - 1) + 1. Models mix such layers with full ones (Mistral, Gemma 3, gpt-oss),
// which AlternatingAttention does.
//
//   SlidingWindowAttention attention({.d_in = 768, .d_out = 768, .context_length = 1024,
//                                     .num_heads = 12, .window = 256});
//
// Costs for T tokens:
//   FLOPs       8 T C^2 for the projections, about 4 C T W among the tokens: linear in T. The
//   kernel
//               skips tiles of scores that lie wholly outside of the window
//   parameters  4 C^2 + C
//   cache       2 C W numbers, however long the text
//   training    4 C + H numbers for each token
#ifndef GOKART_CH03_ATTENTION_VARIANTS_SLIDING_WINDOW_ATTENTION_H_
#define GOKART_CH03_ATTENTION_VARIANTS_SLIDING_WINDOW_ATTENTION_H_

#include "ch03_attention/variants/projected_attention.h"

namespace gokart {

/// With a window as long as the sequence it is MultiHeadAttention.
class SlidingWindowAttention : public ProjectedAttention {
 public:
  /// config.window is W; 0: a quarter of the context length.
  explicit SlidingWindowAttention(const AttentionConfig& config);

  static AttentionCosts Costs(const AttentionConfig& config, int64_t num_tokens);

 protected:
  ops::AttentionOptions Options(int64_t num_tokens) const override;
};

/// Sliding layers with a full one after every third: layer i of a model sees everything if
/// i % 4 == 3, and a window otherwise (Olmo 3's pattern; Gemma 3 has five to one). The full layers
/// bring together what the windows found.
class AlternatingAttention : public ProjectedAttention {
 public:
  /// config.layer is i.
  explicit AlternatingAttention(const AttentionConfig& config);

  static AttentionCosts Costs(const AttentionConfig& config, int64_t num_tokens);

  static constexpr int64_t kSlidingPerFull = 3;

 protected:
  ops::AttentionOptions Options(int64_t num_tokens) const override;
};

/// Whether layer i slides where `sliding_per_full` sliding layers come before each full one
/// (the workshop's K:1).
constexpr bool IsSlidingLayer(int64_t layer, int64_t sliding_per_full) {
  return layer % (sliding_per_full + 1) < sliding_per_full;
}

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_SLIDING_WINDOW_ATTENTION_H_
