// One transformer block of a GPT: attention, then a feed-forward network, each normalised before
// and added to what came in (workshop section 4.5).
//
//   TransformerBlock block(config);
//   Tensor y = block.Forward(x);  // [B, T, C] -> [B, T, C]
#ifndef GOKART_CH04_MODEL_TRANSFORMER_BLOCK_H_
#define GOKART_CH04_MODEL_TRANSFORMER_BLOCK_H_

#include <memory>
#include <span>
#include <vector>

#include "ch03_attention/attention_layer.h"
#include "ch04_model/feed_forward.h"
#include "ch04_model/gpt_config.h"
#include "ch04_model/layer_norm.h"
#include "tensor/nn/dropout.h"
#include "tensor/nn/module.h"
#include "tensor/nn/named_part.h"
#include "tensor/tensor.h"

namespace gokart {

/// The layers are made in the workshop's order, and so draw its initial values.
class TransformerBlock : public Module {
 public:
  /// `layer` is the block's place in the model, from 0, by which some kinds of attention differ.
  /// Throws std::invalid_argument for a config that CheckGptConfig refuses.
  explicit TransformerBlock(const GptConfig& config, int64_t layer = 0);

  /// x [B, T, C] -> [B, T, C].
  Tensor Forward(const Tensor& x) const;

  /// The same for the next T tokens of B sequences, each with its cache (attention_layer.h);
  /// without dropout and gradients.
  Tensor ForwardCached(const Tensor& x, std::span<AttentionCache* const> caches) const;

  /// The parameters under the workshop's names and in its order: att.W_query.weight, ...,
  /// ff.layers.2.bias, norm1.scale, ..., norm2.shift.
  std::vector<NamedPart> NamedParts() const;

  std::unique_ptr<AttentionLayer> att;  ///< which one: config.attention
  FeedForward ff;
  LayerNorm norm1;
  LayerNorm norm2;
  Dropout drop_shortcut;
};

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_TRANSFORMER_BLOCK_H_
