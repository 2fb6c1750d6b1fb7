// Multi-head attention in Einstein's notation (the workshop's ch03/02, variant 4): each step is one
// product whose letters say everything, and heads are an axis that is never moved by hand.
//
//   q = Einsum("bti,io->bto", x, W_query)         likewise k, v; then cut into heads [B, T, H, D]
//   scores  = Einsum("bthd,bshd->bhts", q, k)     weights = softmax(mask(scores / sqrt(D)))
//   context = Einsum("bhts,bshd->bthd", weights, v)
//   y = W_out (heads side by side) + b_out        [B, T, C]
//
// The notation is the gain; the axes are still moved in memory, by Einsum.
//
//   EinsumAttention attention({.d_in = 768, .d_out = 768, .context_length = 1024,
//                              .num_heads = 12});
//
// Costs for T tokens: those of MultiHeadAttention: 8 T C^2 + 2 C T (T + 1) FLOPs, 4 C^2 + C
// parameters, a cache of 2 C numbers and 4 C + H T numbers for training for each token.
#ifndef GOKART_CH03_ATTENTION_VARIANTS_EINSUM_ATTENTION_H_
#define GOKART_CH03_ATTENTION_VARIANTS_EINSUM_ATTENTION_H_

#include <cstdint>
#include <memory>
#include <span>

#include "ch03_attention/attention_config.h"
#include "ch03_attention/attention_layer.h"
#include "ch03_attention/variants/attention_costs.h"
#include "tensor/nn/dropout.h"
#include "tensor/nn/linear.h"

namespace gokart {

class EinsumAttention : public AttentionLayer {
 public:
  /// Draws the initial values that MultiHeadAttention draws. Throws std::invalid_argument for sizes
  /// that are not positive, or unless num_heads divides d_out.
  explicit EinsumAttention(const AttentionConfig& config);

  Tensor Forward(const Tensor& x) const override;

  bool CanCache() const override { return true; }
  std::unique_ptr<AttentionCache> MakeCache(int64_t max_tokens) const override;
  Tensor ForwardCached(const Tensor& x, std::span<AttentionCache* const> caches) const override;

  static AttentionCosts Costs(const AttentionConfig& config, int64_t num_tokens);

  const AttentionConfig config;
  Tensor W_query, W_key, W_value;    ///< [d_in, C], as in the formula: what Linear transposes
  Tensor bias_q, bias_k, bias_v;     ///< [C]; undefined without qkv_bias
  std::unique_ptr<Linear> out_proj;  ///< weight [C, C], bias [C]
  Dropout dropout;

 private:
  Tensor Project(const Tensor& x, const Tensor& weight, const Tensor& bias) const;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_EINSUM_ATTENTION_H_
