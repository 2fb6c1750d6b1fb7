// One block of a Llama: chapter 4's transformer block with other parts in the same places.
//
//   LlamaBlock block(config);
//   Tensor y = block.Forward(x);  // [B, T, C] -> [B, T, C]
#ifndef GOKART_CH04_MODEL_LLAMA_LLAMA_BLOCK_H_
#define GOKART_CH04_MODEL_LLAMA_LLAMA_BLOCK_H_

#include <span>

#include "ch04_model/llama/llama_attention.h"
#include "ch04_model/llama/llama_config.h"
#include "ch04_model/llama/rms_norm.h"
#include "ch04_model/llama/swiglu_feed_forward.h"
#include "tensor/nn/module.h"
#include "tensor/tensor.h"

namespace gokart {

class LlamaBlock : public Module {
 public:
  /// Throws std::invalid_argument for a config that CheckedLlamaConfig refuses.
  explicit LlamaBlock(const LlamaConfig& config);

  /// x [B, T, C] -> [B, T, C].
  Tensor Forward(const Tensor& x) const;

  /// The same for the next T tokens of B sequences, each with its cache (attention_layer.h).
  Tensor ForwardCached(const Tensor& x, std::span<AttentionCache* const> caches) const;

  LlamaAttention att;
  SwiGluFeedForward ff;
  RmsNorm norm1;
  RmsNorm norm2;
};

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_LLAMA_LLAMA_BLOCK_H_
