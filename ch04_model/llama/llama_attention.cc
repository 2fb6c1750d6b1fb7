#include "ch04_model/llama/llama_attention.h"

#include <stdexcept>
#include <string>
#include <utility>

#include "ch03_attention/key_value_heads.h"
#include "tensor/ops/attention.h"
#include "tensor/ops/rope.h"

namespace gokart {
namespace {

constexpr char kName[] = "LlamaAttention";

AttentionConfig Checked(const AttentionConfig& config, size_t num_frequencies) {
  AttentionConfig c = CheckedHeads(kName, config);
  if (c.num_kv_groups == 0) c.num_kv_groups = c.num_heads;
  const int64_t head_dim = c.d_out / c.num_heads;
  const auto check = [](bool condition, const std::string& message) {
    if (!condition) throw std::invalid_argument(std::string(kName) + ": " + message);
  };
  check(c.num_kv_groups > 0 && c.num_heads % c.num_kv_groups == 0,
        std::to_string(c.num_heads) + " heads do not share " + std::to_string(c.num_kv_groups) +
            " heads of keys and values evenly");
  check(head_dim % 2 == 0 && static_cast<int64_t>(num_frequencies) == head_dim / 2,
        std::to_string(num_frequencies) + " frequencies for heads of " + std::to_string(head_dim) +
            " channels: one for each pair expected");
  return c;
}

}  // namespace

LlamaAttention::LlamaAttention(const AttentionConfig& c, std::vector<double> f)
    : config(Checked(c, f.size())),
      head_dim(config.d_out / config.num_heads),
      frequencies(std::move(f)),
      W_query(config.d_in, config.d_out, /*bias=*/false),
      W_key(config.d_in, config.num_kv_groups * head_dim, /*bias=*/false),
      W_value(config.d_in, config.num_kv_groups * head_dim, /*bias=*/false),
      out_proj(config.d_out, config.d_out, /*bias=*/false) {
  RegisterModule("W_query", &W_query);
  RegisterModule("W_key", &W_key);
  RegisterModule("W_value", &W_value);
  RegisterModule("out_proj", &out_proj);
}

Tensor LlamaAttention::Turned(const Linear& projection, const Tensor& x,
                              const std::vector<int64_t>& first_position) const {
  const Tensor y = projection.Forward(x);  // [B, T, heads * D]
  return ops::Rope(y, {.num_heads = y.dim(2) / head_dim,
                       .first_position = first_position,
                       .frequencies = frequencies});
}

Tensor LlamaAttention::Forward(const Tensor& x) const {
  CheckInput(kName, config, x);
  const Tensor q = Turned(W_query, x, {});  // [B, T, H D]
  const Tensor k = Turned(W_key, x, {});    // [B, T, G D]
  const Tensor v = W_value.Forward(x);      // [B, T, G D]: what a token hands over has no place
  const Tensor context = ops::Attention(
      q, k, v, {.num_heads = config.num_heads, .num_kv_heads = config.num_kv_groups});
  return out_proj.Forward(context);  // [B, T, C]
}

std::unique_ptr<AttentionCache> LlamaAttention::MakeCache(int64_t max_tokens) const {
  return std::make_unique<KeyValueHeads>(config.num_kv_groups, head_dim, max_tokens);
}

Tensor LlamaAttention::ForwardCached(const Tensor& x,
                                     std::span<AttentionCache* const> caches) const {
  const std::vector<KeyValueHeads*> heads =
      CheckedCaches(kName, x, config.d_in, config.num_kv_groups, head_dim, caches);
  const NoGrad no_grad;
  std::vector<int64_t> first_position;
  for (const KeyValueHeads* cache : heads) first_position.push_back(cache->tokens());
  const Tensor q = Turned(W_query, x, first_position), k = Turned(W_key, x, first_position);
  const Tensor v = W_value.Forward(x);
  const int64_t tokens = x.dim(1), width = k.dim(2);
  for (size_t b = 0; b < heads.size(); ++b) {
    const int64_t row = static_cast<int64_t>(b) * tokens * width;
    heads[b]->Append(k.data() + row, v.data() + row, tokens, /*stride=*/width);
  }
  return out_proj.Forward(AttendCached(q, {.num_heads = config.num_heads}, heads));
}

}  // namespace gokart
