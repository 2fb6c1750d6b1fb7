// Llama's feed-forward network (Shazeer 2020, arXiv 2002.05202; the workshop's ch05/07): one matrix
// computes what there is to say, another one how much of each of it gets through.
//
//   SwiGluFeedForward ff(/*emb_dim=*/4096, /*hidden_dim=*/11008);
//   Tensor y = ff.Forward(x);  // [B, T, 4096] -> [B, T, 4096], each token for itself
#ifndef GOKART_CH04_MODEL_LLAMA_SWIGLU_FEED_FORWARD_H_
#define GOKART_CH04_MODEL_LLAMA_SWIGLU_FEED_FORWARD_H_

#include <cstdint>

#include "tensor/nn/linear.h"
#include "tensor/nn/module.h"
#include "tensor/tensor.h"

namespace gokart {

/// fc3(silu(fc1(x)) * fc2(x)), without biases. Three matrices in place of GPT-2's two; with F = 8/3
/// C instead of 4 C hidden numbers that is as many parameters. (Llama 2 7B rounds 8/3 * 4096 up to
/// 11008, a multiple of 256; Llama 3 8B takes 3.5 C.)
class SwiGluFeedForward : public Module {
 public:
  SwiGluFeedForward(int64_t emb_dim, int64_t hidden_dim);

  /// x [..., C] -> [..., C].
  Tensor Forward(const Tensor& x) const;

  Linear fc1;  ///< C -> F: the gate (Llama's w1, Hugging Face's gate_proj)
  Linear fc2;  ///< C -> F: what passes it (w3, up_proj)
  Linear fc3;  ///< F -> C: back (w2, down_proj)
};

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_LLAMA_SWIGLU_FEED_FORWARD_H_
