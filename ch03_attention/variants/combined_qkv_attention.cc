#include "ch03_attention/variants/combined_qkv_attention.h"

#include <cmath>

#include "ch03_attention/key_value_heads.h"
#include "ch03_attention/multi_head_attention.h"
#include "tensor/ops/arithmetic.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/matmul.h"
#include "tensor/ops/softmax.h"

namespace gokart {

CombinedQkvAttention::CombinedQkvAttention(const AttentionConfig& c)
    : config(CheckedHeads("CombinedQkvAttention", c)),
      qkv(config.d_in,
          {{"W_query", config.d_out}, {"W_key", config.d_out}, {"W_value", config.d_out}},
          config.qkv_bias),
      out_proj(config.d_out, config.d_out),
      dropout(config.dropout) {
  RegisterModule("qkv", &qkv);
  RegisterModule("out_proj", &out_proj);
  RegisterModule("dropout", &dropout);
}

Tensor CombinedQkvAttention::Forward(const Tensor& x) const {
  CheckInput("CombinedQkvAttention", config, x);
  const int64_t c = config.d_out, heads = config.num_heads;
  const Tensor projected = qkv.Forward(x);                                     // [B, T, 3C]
  const Tensor q = SplitHeads(ops::Slice(projected, 2, 0, c), heads);          // [B, H, T, D]
  const Tensor k = SplitHeads(ops::Slice(projected, 2, c, 2 * c), heads);      // [B, H, T, D]
  const Tensor v = SplitHeads(ops::Slice(projected, 2, 2 * c, 3 * c), heads);  // [B, H, T, D]
  const float scale = 1 / std::sqrt(static_cast<float>(c / heads));
  const Tensor scores = ops::MatMul(q, k, {.transpose_b = true}) * scale;  // [B, H, T, T]
  const Tensor weights = ops::Softmax(ops::CausalMask(scores));            // [B, H, T, T]
  const Tensor context = ops::MatMul(dropout.Forward(weights), v);         // [B, H, T, D]
  return out_proj.Forward(MergeHeads(context));                            // [B, T, C]
}

std::unique_ptr<AttentionCache> CombinedQkvAttention::MakeCache(int64_t max_tokens) const {
  return std::make_unique<KeyValueHeads>(config.num_heads, config.d_out / config.num_heads,
                                         max_tokens);
}

Tensor CombinedQkvAttention::ForwardCached(const Tensor& x,
                                           std::span<AttentionCache* const> caches) const {
  const std::vector<KeyValueHeads*> heads =
      CheckedCaches("CombinedQkvAttention", x, config.d_in, config.num_heads,
                    config.d_out / config.num_heads, caches);
  const NoGrad no_grad;
  return out_proj.Forward(AppendAndAttend(qkv.Forward(x), {.num_heads = config.num_heads}, heads));
}

std::vector<NamedPart> CombinedQkvAttention::NamedParts() const {
  std::vector<NamedPart> parts = qkv.NamedParts();
  parts.push_back({"out_proj.weight", out_proj.weight, 0, config.d_out});
  parts.push_back({"out_proj.bias", out_proj.bias, 0, config.d_out});
  return parts;
}

AttentionCosts CombinedQkvAttention::Costs(const AttentionConfig& config, int64_t num_tokens) {
  return CountSoftmaxAttention(config, num_tokens, {.keeps_weights = true});
}

}  // namespace gokart
