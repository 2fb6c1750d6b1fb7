#include "ch03_attention/variants/attention_costs.h"

#include <algorithm>

namespace gokart {

double VisiblePairs(int64_t num_tokens, int64_t window) {
  const double t = static_cast<double>(num_tokens);
  if (window <= 0 || window >= num_tokens) return t * (t + 1) / 2;
  const double w = static_cast<double>(window);
  return w * (w + 1) / 2 + (t - w) * w;
}

AttentionCosts CountSoftmaxAttention(const AttentionConfig& config, int64_t num_tokens,
                                     const SoftmaxAttentionKind& kind) {
  const int64_t c = config.d_out, heads = config.num_heads;
  const int64_t kv = (kind.kv_heads > 0 ? kind.kv_heads : heads) * (c / heads);
  const int64_t weights = config.d_in * (c + 2 * kv) + c * c;
  const double t = static_cast<double>(num_tokens);
  const double cached = kind.window > 0 ? std::min<double>(t, kind.window) : t;
  const double weights_kept = kind.keeps_weights ? t * (config.dropout > 0 ? 2 : 1) : 1;
  AttentionCosts costs;
  costs.parameters = weights + c + (config.qkv_bias ? c + 2 * kv : 0);
  costs.projection_flops = 2 * t * static_cast<double>(weights);
  // A product of a query with a key and a sum of values for each pair, 2 D operations each.
  costs.attention_flops = 4 * static_cast<double>(c) * VisiblePairs(num_tokens, kind.window);
  costs.cache_bytes = 4 * cached * static_cast<double>(2 * kv);
  // Queries, keys, values, and what the heads put out.
  costs.training_bytes = 4 * t * (2 * c + 2 * kv + heads * weights_kept);
  return costs;
}

}  // namespace gokart
