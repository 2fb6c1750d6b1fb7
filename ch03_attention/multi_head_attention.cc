#include "ch03_attention/multi_head_attention.h"

#include <cmath>
#include <vector>

#include "ch03_attention/key_value_heads.h"
#include "tensor/ops/arithmetic.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/matmul.h"
#include "tensor/ops/softmax.h"

namespace gokart {

MultiHeadAttention::MultiHeadAttention(const AttentionConfig& c)
    : config(CheckedHeads("MultiHeadAttention", c)),
      W_query(config.d_in, config.d_out, config.qkv_bias),
      W_key(config.d_in, config.d_out, config.qkv_bias),
      W_value(config.d_in, config.d_out, config.qkv_bias),
      out_proj(config.d_out, config.d_out),
      dropout(config.dropout) {
  RegisterModule("W_query", &W_query);
  RegisterModule("W_key", &W_key);
  RegisterModule("W_value", &W_value);
  RegisterModule("out_proj", &out_proj);
  RegisterModule("dropout", &dropout);
}

// Head by head, softmax(mask(Q K^T / sqrt(D))), where the mask hides the future.
Tensor MultiHeadAttention::AttentionWeights(const Tensor& x) const {
  CheckInput("MultiHeadAttention", config, x);
  // [exercise 3.17] The weights of all heads
  // Task: For x [B, T, d_in] give softmax(mask(Q K^T / sqrt(D))) for each head: [B, H, T, T].
  // Hint: SplitHeads what the layers give; from then on it is exercise 3.13 with one more axis in
  //       front.
  // Hint: Each head divides by the root of its own length D, not of C.
  // Test: //ch03_attention:multi_head_attention_test HeadWeights.*
  // Read: ch03_attention/README.md, "All heads at once"

  const Tensor queries = SplitHeads(W_query.Forward(x), config.num_heads);  // [B, H, T, D]
  const Tensor keys = SplitHeads(W_key.Forward(x), config.num_heads);       // [B, H, T, D]
  const float scale = 1 / std::sqrt(static_cast<float>(keys.dim(-1)));
  const Tensor scores = ops::MatMul(queries, keys, {.transpose_b = true}) * scale;  // [B, H, T, T]
  return ops::Softmax(ops::CausalMask(scores));                                     // [B, H, T, T]
  // [end of exercise 3.17]
}

// merge(dropout(weights) V) W_out^T + b_out
Tensor MultiHeadAttention::Forward(const Tensor& x) const {
  // [exercise 3.18] Multi-head attention
  // Task: Give out_proj(merge(dropout(weights) V)) [B, T, C] with the weights of exercise 3.17.
  // Hint: The values are split into heads as queries and keys are.
  // Hint: MergeHeads puts the heads' outputs side by side, and out_proj lets them exchange what
  //       they found.
  // Test: //ch03_attention:multi_head_attention_test *.GivesThePublished*/didactic
  // Test: //ch03_attention:multi_head_attention_test *.ComputesTheDefinition/didactic
  // Test: //ch03_attention:multi_head_attention_test *.DropsTheWeights*/didactic
  // Test: //ch03_attention:multi_head_attention_test *.DoesNotSeeTheFuture/didactic
  // Test: //ch03_attention:multi_head_attention_test *.HasTheRightGradients/didactic
  // Read: ch03_attention/README.md, "All heads at once"

  const Tensor weights = dropout.Forward(AttentionWeights(x));             // [B, H, T, T]
  const Tensor values = SplitHeads(W_value.Forward(x), config.num_heads);  // [B, H, T, D]
  const Tensor context = ops::MatMul(weights, values);                     // [B, H, T, D]
  return out_proj.Forward(MergeHeads(context));                            // [B, T, C]
  // [end of exercise 3.18]
}

std::unique_ptr<AttentionCache> MultiHeadAttention::MakeCache(int64_t max_tokens) const {
  return std::make_unique<KeyValueHeads>(config.num_heads, config.d_out / config.num_heads,
                                         max_tokens);
}

// The new tokens' keys and values join those of the tokens before; only the new queries ask.
Tensor MultiHeadAttention::ForwardCached(const Tensor& x,
                                         std::span<AttentionCache* const> caches) const {
  const std::vector<KeyValueHeads*> heads =
      CheckedCaches("MultiHeadAttention", x, config.d_in, config.num_heads,
                    config.d_out / config.num_heads, caches);
  const NoGrad no_grad;
  const Tensor keys = W_key.Forward(x), values = W_value.Forward(x);  // [B, T, C]
  const int64_t tokens = x.dim(1), c = config.d_out;
  for (size_t b = 0; b < heads.size(); ++b) {
    const int64_t row = static_cast<int64_t>(b) * tokens * c;
    heads[b]->Append(keys.data() + row, values.data() + row, tokens, /*stride=*/c);
  }
  const Tensor queries = W_query.Forward(x);  // [B, T, C]
  const Tensor context = AttendCached(queries, {.num_heads = config.num_heads}, heads);
  return out_proj.Forward(context);  // [B, T, C]
}

Tensor SplitHeads(const Tensor& x, int64_t num_heads) {
  // [exercise 3.16] Heads as an axis
  // Task: Split x [B, T, C] into heads [B, H, T, D] with C = H D; below, put heads [B, H, T, D]
  //       together again.
  // Hint: A token's C numbers are its heads one after the other, so a view as [B, T, H, D] moves
  //       nothing.
  // Hint: ops::Reshape changes the view, ops::Transpose(x, 1, 2) exchanges two axes.
  // Test: //ch03_attention:multi_head_attention_test SplitHeads.*
  // Read: ch03_attention/README.md, "All heads at once"

  const int64_t b = x.dim(0), t = x.dim(1), head_dim = x.dim(2) / num_heads;
  const Tensor heads = ops::Reshape(x, {b, t, num_heads, head_dim});  // [B, T, H, D]
  return ops::Transpose(heads, 1, 2);                                 // [B, H, T, D]
  // [end of exercise 3.16]
}

Tensor MergeHeads(const Tensor& x) {
  // [exercise 3.16, continued]
  const Tensor tokens = ops::Transpose(x, 1, 2);  // [B, T, H, D]
  return ops::Reshape(tokens, {x.dim(0), x.dim(2), x.dim(1) * x.dim(3)});
  // [end of exercise 3.16]
}

}  // namespace gokart
