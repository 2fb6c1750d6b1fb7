#include "ch04_model/llama/llama_block.h"

#include "tensor/ops/arithmetic.h"

namespace gokart {
namespace {

AttentionConfig BlockAttention(const LlamaConfig& config) {
  CheckedLlamaConfig("LlamaBlock", config);
  return {.d_in = config.emb_dim,
          .d_out = config.emb_dim,
          .context_length = config.context_length,
          .num_heads = config.n_heads,
          .num_kv_groups = config.n_kv_groups};
}

}  // namespace

LlamaBlock::LlamaBlock(const LlamaConfig& c)
    : att(BlockAttention(c), RopeFrequencies(c.emb_dim / c.n_heads, c.rope_base, c.rope_scaling)),
      ff(c.emb_dim, c.hidden_dim),
      norm1(c.emb_dim),
      norm2(c.emb_dim) {
  RegisterModule("att", &att);
  RegisterModule("ff", &ff);
  RegisterModule("norm1", &norm1);
  RegisterModule("norm2", &norm2);
}

Tensor LlamaBlock::Forward(const Tensor& in) const {
  Tensor x = in;                          // [B, T, C]
  x = x + att.Forward(norm1.Forward(x));  // tokens look at each other
  x = x + ff.Forward(norm2.Forward(x));   // each token for itself
  return x;                               // [B, T, C]
}

Tensor LlamaBlock::ForwardCached(const Tensor& in, std::span<AttentionCache* const> caches) const {
  const NoGrad no_grad;
  Tensor x = in;                                        // [B, T, C]
  x = x + att.ForwardCached(norm1.Forward(x), caches);  // tokens look at earlier ones
  x = x + ff.Forward(norm2.Forward(x));                 // each token for itself
  return x;                                             // [B, T, C]
}

}  // namespace gokart
