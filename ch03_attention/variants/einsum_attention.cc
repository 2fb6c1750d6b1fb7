#include "ch03_attention/variants/einsum_attention.h"

#include <cmath>
#include <string>
#include <vector>

#include "ch03_attention/key_value_heads.h"
#include "ch03_attention/variants/einsum.h"
#include "tensor/ops/arithmetic.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/softmax.h"

namespace gokart {
namespace {

// A linear layer's initial values, the weight as the formula has it.
void Draw(const AttentionConfig& config, Tensor& weight, Tensor& bias) {
  const Linear layer(config.d_in, config.d_out, config.qkv_bias);
  const NoGrad no_grad;
  weight = ops::Transpose(layer.weight, 0, 1).RequireGrad();
  bias = layer.bias;
}

}  // namespace

EinsumAttention::EinsumAttention(const AttentionConfig& c)
    : config(CheckedHeads("EinsumAttention", c)), dropout(config.dropout) {
  // In this order, which decides what random numbers each of them gets.
  Draw(config, W_query, bias_q);
  Draw(config, W_key, bias_k);
  Draw(config, W_value, bias_v);
  out_proj = std::make_unique<Linear>(config.d_out, config.d_out);
  const auto register_both = [&](const std::string& letter, const std::string& name, Tensor& weight,
                                 Tensor& bias) {
    RegisterParameter("W_" + name, &weight);
    if (bias.defined()) RegisterParameter("bias_" + letter, &bias);
  };
  register_both("q", "query", W_query, bias_q);
  register_both("k", "key", W_key, bias_k);
  register_both("v", "value", W_value, bias_v);
  RegisterModule("out_proj", out_proj.get());
  RegisterModule("dropout", &dropout);
}

Tensor EinsumAttention::Project(const Tensor& x, const Tensor& weight, const Tensor& bias) const {
  const Tensor y = Einsum("bti,io->bto", x, weight);  // [B, T, C]
  return bias.defined() ? y + bias : y;
}

Tensor EinsumAttention::Forward(const Tensor& x) const {
  CheckInput("EinsumAttention", config, x);
  const int64_t head_dim = config.d_out / config.num_heads;
  const Shape cut = {x.dim(0), x.dim(1), config.num_heads, head_dim};
  const Tensor q = ops::Reshape(Project(x, W_query, bias_q), cut);  // [B, T, H, D]
  const Tensor k = ops::Reshape(Project(x, W_key, bias_k), cut);    // [B, T, H, D]
  const Tensor v = ops::Reshape(Project(x, W_value, bias_v), cut);  // [B, T, H, D]
  const float scale = 1 / std::sqrt(static_cast<float>(head_dim));
  const Tensor scores = Einsum("bthd,bshd->bhts", q, k) * scale;  // [B, H, T, T]
  const Tensor weights = dropout.Forward(ops::Softmax(ops::CausalMask(scores)));
  const Tensor context = Einsum("bhts,bshd->bthd", weights, v);  // [B, T, H, D]
  return out_proj->Forward(ops::Reshape(context, {x.dim(0), x.dim(1), config.d_out}));
}

std::unique_ptr<AttentionCache> EinsumAttention::MakeCache(int64_t max_tokens) const {
  return std::make_unique<KeyValueHeads>(config.num_heads, config.d_out / config.num_heads,
                                         max_tokens);
}

Tensor EinsumAttention::ForwardCached(const Tensor& x,
                                      std::span<AttentionCache* const> caches) const {
  const std::vector<KeyValueHeads*> heads = CheckedCaches(
      "EinsumAttention", x, config.d_in, config.num_heads, config.d_out / config.num_heads, caches);
  const NoGrad no_grad;
  const Tensor qkv = ops::Concat(
      {Project(x, W_query, bias_q), Project(x, W_key, bias_k), Project(x, W_value, bias_v)}, -1);
  return out_proj->Forward(AppendAndAttend(qkv, {.num_heads = config.num_heads}, heads));
}

AttentionCosts EinsumAttention::Costs(const AttentionConfig& config, int64_t num_tokens) {
  return CountSoftmaxAttention(config, num_tokens, {.keeps_weights = true});
}

}  // namespace gokart
