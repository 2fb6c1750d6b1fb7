#include "ch03_attention/variants/attention_costs.h"

#include <algorithm>

namespace gokart {

double VisiblePairs(int64_t num_tokens, int64_t window) {
  // [exercise 3.23] How many tokens see each other
  // Task: Count the pairs (token, token that it sees) among num_tokens tokens, each of which sees
  //       itself and those before it, but no more than `window` of them (0: as many as there are).
  // Hint: The first token sees 1, the second 2, ...: a sum with a formula.
  // Hint: With a window only the first `window` tokens see more from one to the next.
  // Test: //ch03_attention/variants:attention_costs_test VisiblePairs.*
  // Read: ch03_attention/variants/attention_costs.h

  const double t = static_cast<double>(num_tokens);
  if (window <= 0 || window >= num_tokens) return t * (t + 1) / 2;
  const double w = static_cast<double>(window);
  return w * (w + 1) / 2 + (t - w) * w;
  // [end of exercise 3.23]
}

AttentionCosts CountSoftmaxAttention(const AttentionConfig& config, int64_t num_tokens,
                                     const SoftmaxAttentionKind& kind) {
  // [exercise 3.24] What attention costs
  // Task: Work out the five costs of a layer for num_tokens tokens of one sequence, in floats of 4
  //       bytes. Keys and values have kind.kv_heads heads (0: as many as queries); a window's cache
  //       holds the window; biases come with config.qkv_bias, but the output's is always there.
  // Hint: A matrix [m, n] takes m n parameters and 2 m n operations for each token. Each pair of
  //       tokens that see each other takes a product and a sum over the channels of all heads.
  // Hint: The cache holds a key and a value for each token: as many channels as kv_heads heads
  //       have.
  // Hint: Training keeps queries, keys, values, the heads' outputs, and for each head and token one
  //       number, or T weights where keeps_weights says so (with dropout twice).
  // Test: //ch03_attention/variants:attention_costs_test AttentionCosts.*
  // Read: ch03_attention/variants/attention_costs.h

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
  // [end of exercise 3.24]
}

}  // namespace gokart
