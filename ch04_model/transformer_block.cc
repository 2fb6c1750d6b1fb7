#include "ch04_model/transformer_block.h"

#include "ch03_attention/make_attention.h"
#include "ch04_model/append_parts.h"
#include "tensor/ops/arithmetic.h"

namespace gokart {
namespace {

std::unique_ptr<AttentionLayer> MakeBlockAttention(const GptConfig& config, int64_t layer) {
  CheckedGptConfig("TransformerBlock", config);
  return MakeAttention(config.attention, LayerAttention(config, layer));
}

}  // namespace

TransformerBlock::TransformerBlock(const GptConfig& config, int64_t layer)
    : att(MakeBlockAttention(config, layer)),
      ff(config.emb_dim),
      norm1(config.emb_dim),
      norm2(config.emb_dim),
      drop_shortcut(config.ShortcutDropRate()) {
  RegisterModule("att", att.get());
  RegisterModule("ff", &ff);
  RegisterModule("norm1", &norm1);
  RegisterModule("norm2", &norm2);
  RegisterModule("drop_shortcut", &drop_shortcut);
}

// x = x + dropout(attention(norm1(x)))
// x = x + dropout(feed_forward(norm2(x)))
//
// The normalisation stands before each layer and not after the sum ("pre-norm"), so that the
// shortcuts lead straight through from the embeddings to the end, and gradients back.
Tensor TransformerBlock::Forward(const Tensor& in) const {
  // [exercise 4.5] The transformer block
  // Task: Two steps for x [B, T, C], each normalised before, dropped out after, and added to what
  //       went in: attention, then the feed-forward network.
  // Hint: The first step is x + drop_shortcut(att(norm1(x))); the second is built alike from its
  //       result.
  // Hint: att is a pointer; every layer is applied by Forward.
  // Test: //ch04_model:transformer_block_test BlockForward.*
  // Read: ch04_model/README.md, "The parts, and why they are there"

  Tensor x = in;                                                  // [B, T, C]
  x = x + drop_shortcut.Forward(att->Forward(norm1.Forward(x)));  // tokens look at each other
  x = x + drop_shortcut.Forward(ff.Forward(norm2.Forward(x)));    // each token for itself
  return x;                                                       // [B, T, C]
  // [end of exercise 4.5]
}

Tensor TransformerBlock::ForwardCached(const Tensor& in,
                                       std::span<AttentionCache* const> caches) const {
  const NoGrad no_grad;
  Tensor x = in;                                         // [B, T, C]
  x = x + att->ForwardCached(norm1.Forward(x), caches);  // tokens look at earlier ones
  x = x + ff.Forward(norm2.Forward(x));                  // each token for itself
  return x;                                              // [B, T, C]
}

std::vector<NamedPart> TransformerBlock::NamedParts() const {
  std::vector<NamedPart> parts;
  AppendParts("att.", att->NamedParts(), parts);
  AppendParts("ff.", WholeParts(ff), parts);
  AppendParts("norm1.", WholeParts(norm1), parts);
  AppendParts("norm2.", WholeParts(norm2), parts);
  return parts;
}

}  // namespace gokart
