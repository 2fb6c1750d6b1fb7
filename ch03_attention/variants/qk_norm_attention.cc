#include "ch03_attention/variants/qk_norm_attention.h"

#include "tensor/ops/layout.h"
#include "tensor/ops/norm.h"

namespace gokart {
namespace {

// Each head of each token, [B, T, C] as [B, T, H, D] and back.
Tensor NormalizeHeads(const Tensor& x, const Tensor& scale) {
  // [exercise 3.27] Queries and keys of one size
  // Task: Divide each head of each token of x [B, T, C] by the root of its mean square and multiply
  //       by scale [D]. In Project below do so with queries and keys, each with its own scale.
  // Hint: ops::RmsNorm(x, scale, eps) works along the last axis, which must be a head's D channels.
  // Hint: The values remain as the base class projects them.
  // Test: //ch03_attention/variants:positions_test NormalizedHeads.*
  // Read: ch03_attention/variants/qk_norm_attention.h

  const int64_t head_dim = scale.dim(0);
  const Tensor heads = ops::Reshape(x, {x.dim(0), x.dim(1), x.dim(2) / head_dim, head_dim});
  return ops::Reshape(ops::RmsNorm(heads, scale, QkNormAttention::kEps), x.shape());
  // [end of exercise 3.27]
}

}  // namespace

QkNormAttention::QkNormAttention(const AttentionConfig& c)
    : ProjectedAttention("QkNormAttention", c, c.num_heads),
      query_scale(Tensor::Ones({c.d_out / c.num_heads}).RequireGrad()),
      key_scale(Tensor::Ones({c.d_out / c.num_heads}).RequireGrad()) {
  RegisterParameter("query_scale", &query_scale);
  RegisterParameter("key_scale", &key_scale);
}

ProjectedAttention::Projected QkNormAttention::Project(
    const Tensor& x, const std::vector<int64_t>& first_position) const {
  // [exercise 3.27, continued]
  const Projected p = ProjectedAttention::Project(x, first_position);
  return {NormalizeHeads(p.q, query_scale), NormalizeHeads(p.k, key_scale), p.v};
  // [end of exercise 3.27]
}

AttentionCosts QkNormAttention::Costs(const AttentionConfig& config, int64_t num_tokens) {
  AttentionCosts costs = ProjectedAttention::Costs(config, num_tokens);
  costs.parameters += 2 * (config.d_out / config.num_heads);
  costs.training_bytes +=
      4.0 * static_cast<double>(num_tokens) * (2.0 * config.d_out + 2.0 * config.num_heads);
  return costs;
}

}  // namespace gokart
