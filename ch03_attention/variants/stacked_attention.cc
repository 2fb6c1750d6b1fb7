#include "ch03_attention/variants/stacked_attention.h"

#include <vector>

#include "ch03_attention/key_value_heads.h"
#include "tensor/ops/layout.h"

namespace gokart {
namespace {

// What one head of the stack is to a layer of `config`.
AttentionConfig OneHead(AttentionConfig config) {
  config.d_out /= config.num_heads;
  return config;
}

}  // namespace

StackedAttention::StackedAttention(const AttentionConfig& c)
    : config(CheckedHeads("StackedAttention", c)),
      stack(OneHead(config)),
      out_proj(config.d_out, config.d_out) {
  RegisterModule("stack", &stack);
  RegisterModule("out_proj", &out_proj);
}

Tensor StackedAttention::Forward(const Tensor& x) const {
  CheckInput("StackedAttention", config, x);
  return out_proj.Forward(stack.Forward(x));  // [B, T, H * D] -> [B, T, C]
}

std::unique_ptr<AttentionCache> StackedAttention::MakeCache(int64_t max_tokens) const {
  return std::make_unique<KeyValueHeads>(config.num_heads, config.d_out / config.num_heads,
                                         max_tokens);
}

Tensor StackedAttention::ForwardCached(const Tensor& x,
                                       std::span<AttentionCache* const> caches) const {
  const std::vector<KeyValueHeads*> heads =
      CheckedCaches("StackedAttention", x, config.d_in, config.num_heads,
                    config.d_out / config.num_heads, caches);
  const NoGrad no_grad;
  std::vector<Tensor> parts;
  for (const auto& head : stack.heads) parts.push_back(head->W_query.Forward(x));
  for (const auto& head : stack.heads) parts.push_back(head->W_key.Forward(x));
  for (const auto& head : stack.heads) parts.push_back(head->W_value.Forward(x));
  const Tensor qkv = ops::Concat(parts, -1);  // [B, T, 3 C]
  return out_proj.Forward(AppendAndAttend(qkv, {.num_heads = config.num_heads}, heads));
}

AttentionCosts StackedAttention::Costs(const AttentionConfig& config, int64_t num_tokens) {
  return CountSoftmaxAttention(config, num_tokens, {.keeps_weights = true});
}

}  // namespace gokart
