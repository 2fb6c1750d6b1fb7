// Scaled dot-product attention as one operation (PyTorch's scaled_dot_product_attention; the
// workshop's ch03/02, variant 5): the chapter's own projections, with one fused kernel in place of
// transposing, multiplying, masking, softmax and multiplying again.
//
//   q = W_query x,  k = W_key x,  v = W_value x                    [B, T, C], [B, T, G D] twice
//   head h: softmax(mask(q_h k_g^T / sqrt(D))) v_g                 g = h / (H / G)
//   y = W_out (heads side by side) + b_out                         [B, T, C]
//
// With G = H heads of keys and values that is MultiHeadAttention, parameter by parameter.
//
//   ProjectedAttention attention({.d_in = 768, .d_out = 768, .context_length = 1024,
//                                 .num_heads = 12});
//
// Costs for T tokens (all G = H):
//   FLOPs       8 T C^2 for the projections, 2 C T (T + 1) among the tokens
//   parameters  4 C^2 + C
//   cache       2 C numbers for each token
//   training    4 C + H numbers for each token: the kernel keeps no T x T matrix
//
// Most variants are this class with another way to make queries and keys (Project) or other rules
// of who sees whom and how (Options), and say no more than that.
#ifndef GOKART_CH03_ATTENTION_VARIANTS_PROJECTED_ATTENTION_H_
#define GOKART_CH03_ATTENTION_VARIANTS_PROJECTED_ATTENTION_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ch03_attention/attention_config.h"
#include "ch03_attention/attention_layer.h"
#include "ch03_attention/key_value_heads.h"
#include "ch03_attention/variants/attention_costs.h"
#include "tensor/nn/dropout.h"
#include "tensor/nn/linear.h"
#include "tensor/ops/attention.h"

namespace gokart {

class ProjectedAttention : public AttentionLayer {
 public:
  /// Throws std::invalid_argument for sizes that are not positive, or unless num_heads divides
  /// d_out.
  explicit ProjectedAttention(const AttentionConfig& config)
      : ProjectedAttention("ProjectedAttention", config, config.num_heads) {}

  Tensor Forward(const Tensor& x) const override;

  bool CanCache() const override { return true; }
  std::unique_ptr<AttentionCache> MakeCache(int64_t max_tokens) const override;
  Tensor ForwardCached(const Tensor& x, std::span<AttentionCache* const> caches) const override;

  static AttentionCosts Costs(const AttentionConfig& config, int64_t num_tokens);

  const AttentionConfig config;
  const int64_t num_kv_heads;      ///< G
  Linear W_query, W_key, W_value;  ///< weight [C, d_in], [G D, d_in], [G D, d_in]
  Linear out_proj;                 ///< weight [C, C], bias [C]
  Dropout dropout;

 protected:
  /// For variants: `name` is that of the class, for messages.
  ProjectedAttention(const std::string& name, const AttentionConfig& config, int64_t num_kv_heads);

  struct Projected {
    Tensor q, k, v;  ///< [B, T, C], [B, T, G D], [B, T, G D]
  };
  /// Queries, keys and values of x [B, T, d_in]; the first token of sequence b is at position
  /// first_position[b], or 0 if that is empty.
  virtual Projected Project(const Tensor& x, const std::vector<int64_t>& first_position) const;

  /// Who sees whom, and what is added to the scores; heads and dropout are Forward's business.
  virtual ops::AttentionOptions Options(int64_t num_tokens) const;

  /// q, k, v -> the heads' outputs [B, T, C].
  virtual Tensor Attend(const Projected& p) const;

  /// The same for the last tokens of each cache: q [B, T, C] -> [B, T, C].
  virtual Tensor AttendToCaches(const Tensor& q, std::span<KeyValueHeads* const> caches) const;

  const std::string name_;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_PROJECTED_ATTENTION_H_
