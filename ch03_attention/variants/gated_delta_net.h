// Gated DeltaNet (Yang et al. 2024, arXiv 2412.06464; workshop ch04/08; Qwen3-Next, Kimi Linear):
// attention without softmax, with a memory of fixed size in place of a cache. The answer to all
// that grows with the text: the work for a token is the same for the first as for the millionth.
//
// Each head keeps a matrix S [D, D] that answers a key with a value. Token t
//
//   a_t = e^(-e^A_log softplus(W_alpha x_t + dt_bias))     how much of S stays, per head
//   b_t = sigmoid(W_beta x_t)                               how much is corrected, per head
//   S <- a_t S;   S <- S + k_t (b_t (v_t - S^T k_t))^T      forget, look up, correct the error
//   o_t = S^T q_t                                           read
//
// with q_t and k_t brought to length 1 (q_t then divided by sqrt(D)), and the layer puts out
//
//   y_t = W_out (rmsnorm(o_t) * silu(W_gate x_t)) + b_out
//
// Training computes chunks of 64 tokens at once, in which this is a triangular system and matrix
// products (tensor/kernels/delta_rule.h); decoding goes token by token.
//
//   GatedDeltaNet layer({.d_in = 768, .d_out = 768, .context_length = 1024, .num_heads = 12});
//
// Costs for T tokens:
//   FLOPs       10 T C^2 for the projections, 7 T C D for the memory: linear in T
//   parameters  5 C^2 + C + 2 C H + 2 H + D
//   cache       C D numbers, however long the text: as much as a cache of D/2 tokens
//   training    about 10 C + C D/64 + 9 H numbers for each token
//
// As in the workshop, without the short convolution that the paper puts before q, k and v. There
// b_t is one number per channel; here, as in the paper, one per head, which the chunked form needs.
// A memory of D x D numbers cannot hold everything, so models mix such layers with full attention.
#ifndef GOKART_CH03_ATTENTION_VARIANTS_GATED_DELTA_NET_H_
#define GOKART_CH03_ATTENTION_VARIANTS_GATED_DELTA_NET_H_

#include <cstdint>
#include <memory>
#include <span>

#include "ch03_attention/attention_config.h"
#include "ch03_attention/attention_layer.h"
#include "ch03_attention/variants/attention_costs.h"
#include "tensor/nn/dropout.h"
#include "tensor/nn/linear.h"

namespace gokart {

class GatedDeltaNet : public AttentionLayer {
 public:
  /// Dropout applies to what the heads read, since there are no attention weights. Throws
  /// std::invalid_argument for sizes that are not positive, or unless num_heads divides d_out.
  explicit GatedDeltaNet(const AttentionConfig& config);

  Tensor Forward(const Tensor& x) const override;

  bool CanCache() const override { return true; }
  std::unique_ptr<AttentionCache> MakeCache(int64_t max_tokens) const override;
  Tensor ForwardCached(const Tensor& x, std::span<AttentionCache* const> caches) const override;

  static AttentionCosts Costs(const AttentionConfig& config, int64_t num_tokens);

  static constexpr float kEps = 1e-6f;  ///< of both normalisations

  const AttentionConfig config;
  Linear W_query, W_key, W_value;  ///< weight [C, d_in]
  Linear W_gate;                   ///< weight [C, d_in]
  Linear W_beta, W_alpha;          ///< weight [H, d_in]
  Tensor dt_bias, A_log;           ///< [H]: head h begins by forgetting 1/10 to 1/1000 per token
  Tensor norm_scale;               ///< [D]
  Linear out_proj;                 ///< weight [C, C], bias [C]
  Dropout dropout;

 private:
  struct Projected {
    Tensor q, k, v;          // [B, T, C], q and k of length 1 and 1 / sqrt(D) in each head
    Tensor log_decay, beta;  // [B, T, H]
  };
  Projected Project(const Tensor& x) const;
  // What the heads read [B, T, C], and the layer's input -> the layer's output.
  Tensor GateAndMix(const Tensor& read, const Tensor& x) const;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_GATED_DELTA_NET_H_
