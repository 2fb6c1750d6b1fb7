#include "ch03_attention/variants/projected_attention.h"

#include <stdexcept>

#include "ch03_attention/key_value_heads.h"
#include "tensor/random.h"

namespace gokart {
namespace {

int64_t CheckedKvHeads(const std::string& layer, const AttentionConfig& config, int64_t kv_heads) {
  if (kv_heads > 0 && config.num_heads % kv_heads == 0) return kv_heads;
  throw std::invalid_argument(layer + ": " + std::to_string(config.num_heads) +
                              " heads do not share " + std::to_string(kv_heads) +
                              " heads of keys and values evenly");
}

}  // namespace

ProjectedAttention::ProjectedAttention(const std::string& name, const AttentionConfig& c,
                                       int64_t kv_heads)
    : config(CheckedHeads(name, c)),
      num_kv_heads(CheckedKvHeads(name, config, kv_heads)),
      W_query(config.d_in, config.d_out, config.qkv_bias),
      W_key(config.d_in, num_kv_heads * (config.d_out / config.num_heads), config.qkv_bias),
      W_value(config.d_in, num_kv_heads * (config.d_out / config.num_heads), config.qkv_bias),
      out_proj(config.d_out, config.d_out),
      dropout(config.dropout),
      name_(name) {
  RegisterModule("W_query", &W_query);
  RegisterModule("W_key", &W_key);
  RegisterModule("W_value", &W_value);
  RegisterModule("out_proj", &out_proj);
  RegisterModule("dropout", &dropout);
}

Tensor ProjectedAttention::Forward(const Tensor& x) const {
  CheckInput(name_, config, x);
  const Projected p = Project(x, {});  // [B, T, C], [B, T, G D], [B, T, G D]
  return out_proj.Forward(Attend(p));  // [B, T, C]
}

ProjectedAttention::Projected ProjectedAttention::Project(const Tensor& x,
                                                          const std::vector<int64_t>&) const {
  return {W_query.Forward(x), W_key.Forward(x), W_value.Forward(x)};
}

ops::AttentionOptions ProjectedAttention::Options(int64_t) const { return {}; }

Tensor ProjectedAttention::Attend(const Projected& p) const {
  ops::AttentionOptions options = Options(p.q.dim(1));
  options.num_heads = config.num_heads;
  options.num_kv_heads = num_kv_heads;
  options.drop_rate = dropout.active_rate();
  options.generator = &GlobalGenerator();
  return ops::Attention(p.q, p.k, p.v, options);
}

// A window's cache forgets what no later token sees.
std::unique_ptr<AttentionCache> ProjectedAttention::MakeCache(int64_t max_tokens) const {
  return std::make_unique<KeyValueHeads>(num_kv_heads, config.d_out / config.num_heads, max_tokens,
                                         Options(1).window);
}

// The new tokens' keys and values join those of the tokens before; only the new queries ask.
Tensor ProjectedAttention::ForwardCached(const Tensor& x,
                                         std::span<AttentionCache* const> caches) const {
  const std::vector<KeyValueHeads*> heads =
      CheckedCaches(name_, x, config.d_in, num_kv_heads, config.d_out / config.num_heads, caches);
  const NoGrad no_grad;
  // [exercise 3.20] Decoding with a cache
  // Task: Let the new tokens x [B, T, d_in] join those of the tokens before, sequence b in
  //       heads[b], and give the output [B, T, C] of the new tokens alone.
  // Hint: Three steps: Project, then Append to each cache, then AttendToCaches and the output
  //       projection. A token sees itself, so it must be in the cache before its query asks.
  // Hint: Project wants to know at which position each sequence goes on: a cache has tokens().
  // Hint: Keys and values are [B, T, G D], so those of sequence b begin b * T * G * D numbers on,
  //       and from token to token there are G * D.
  // Test: //ch03_attention/variants:less_memory_test CachedAttention.*
  // Read: ch03_attention/variants/projected_attention.h

  std::vector<int64_t> first_position;
  for (const KeyValueHeads* cache : heads) first_position.push_back(cache->tokens());
  const Projected p = Project(x, first_position);
  const int64_t tokens = x.dim(1), width = p.k.dim(2);
  for (size_t b = 0; b < heads.size(); ++b) {
    const int64_t row = static_cast<int64_t>(b) * tokens * width;
    heads[b]->Append(p.k.data() + row, p.v.data() + row, tokens, /*stride=*/width);
  }
  return out_proj.Forward(AttendToCaches(p.q, heads));
  // [end of exercise 3.20]
}

Tensor ProjectedAttention::AttendToCaches(const Tensor& q,
                                          std::span<KeyValueHeads* const> caches) const {
  const ops::AttentionOptions options = Options(1);
  return AttendCached(q,
                      {.num_heads = config.num_heads,
                       .window = options.window,
                       .slopes = options.slopes.empty() ? nullptr : options.slopes.data(),
                       .sinks = options.sinks.defined() ? options.sinks.data() : nullptr},
                      caches);
}

AttentionCosts ProjectedAttention::Costs(const AttentionConfig& config, int64_t num_tokens) {
  return CountSoftmaxAttention(config, num_tokens, {});
}

}  // namespace gokart
