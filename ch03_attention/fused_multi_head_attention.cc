#include "ch03_attention/fused_multi_head_attention.h"

#include <utility>

#include "ch03_attention/key_value_heads.h"
#include "tensor/ops/attention.h"
#include "tensor/random.h"

namespace gokart {

FusedMultiHeadAttention::FusedMultiHeadAttention(const AttentionConfig& c)
    : config(CheckedHeads("FusedMultiHeadAttention", c)),
      qkv(config.d_in,
          {{"W_query", config.d_out}, {"W_key", config.d_out}, {"W_value", config.d_out}},
          config.qkv_bias),
      out_proj(config.d_out, config.d_out),
      dropout(config.dropout) {
  RegisterModule("qkv", &qkv);
  RegisterModule("out_proj", &out_proj);
  RegisterModule("dropout", &dropout);
}

Tensor FusedMultiHeadAttention::Forward(const Tensor& x) const {
  CheckInput("FusedMultiHeadAttention", config, x);
  // [exercise 3.19] The same in one operation
  // Task: Give what exercise 3.18 gives, with queries, keys and values from one product [B, T, 3C]
  //       and the attention of all heads as one operation that never holds the weights.
  // Hint: qkv.Forward(x) is the product; ops::AttentionPacked takes it, and out_proj comes last.
  // Hint: Its options are the number of heads, dropout.active_rate(), and &GlobalGenerator() to
  //       draw the dropped weights from.
  // Test: //ch03_attention:multi_head_attention_test *.GivesThePublished*/fused
  // Test: //ch03_attention:multi_head_attention_test *.ComputesTheDefinition/fused
  // Test: //ch03_attention:multi_head_attention_test *.DropsTheWeights*/fused
  // Test: //ch03_attention:multi_head_attention_test *.DoesNotSeeTheFuture/fused
  // Test: //ch03_attention:multi_head_attention_test *.HasTheRightGradients/fused
  // Read: ch03_attention/README.md, "The same, fused"

  const Tensor projected = qkv.Forward(x);  // [B, T, 3C]
  const Tensor context = ops::AttentionPacked(projected, {.num_heads = config.num_heads,
                                                          .drop_rate = dropout.active_rate(),
                                                          .generator = &GlobalGenerator()});
  return out_proj.Forward(context);  // [B, T, C]
  // [end of exercise 3.19]
}

std::unique_ptr<AttentionCache> FusedMultiHeadAttention::MakeCache(int64_t max_tokens) const {
  return std::make_unique<KeyValueHeads>(config.num_heads, config.d_out / config.num_heads,
                                         max_tokens);
}

Tensor FusedMultiHeadAttention::ForwardCached(const Tensor& x,
                                              std::span<AttentionCache* const> caches) const {
  const std::vector<KeyValueHeads*> heads =
      CheckedCaches("FusedMultiHeadAttention", x, config.d_in, config.num_heads,
                    config.d_out / config.num_heads, caches);
  const NoGrad no_grad;
  const Tensor projected = qkv.Forward(x);  // [B, T, 3C]
  const Tensor context =
      AppendAndAttend(projected, {.num_heads = config.num_heads}, heads);  // [B, T, C]
  return out_proj.Forward(context);                                        // [B, T, C]
}

std::vector<NamedPart> FusedMultiHeadAttention::NamedParts() const {
  std::vector<NamedPart> parts = qkv.NamedParts();
  for (NamedPart& part : WholeParts(out_proj)) {
    part.name = "out_proj." + part.name;
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace gokart
