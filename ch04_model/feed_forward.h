// The feed-forward network of a transformer block (workshop section 4.3).
//
//   FeedForward ff(768);
//   Tensor y = ff.Forward(x);  // [B, T, 768] -> [B, T, 768], each token for itself
#ifndef GOKART_CH04_MODEL_FEED_FORWARD_H_
#define GOKART_CH04_MODEL_FEED_FORWARD_H_

#include "tensor/nn/linear.h"
#include "tensor/nn/module.h"
#include "tensor/tensor.h"

namespace gokart {

/// Linear, GELU, Linear: out to four times the width, where there is room to tell things apart, and
/// back. Attention moves information between tokens; this works on each token's own.
class FeedForward : public Module {
 public:
  explicit FeedForward(int64_t emb_dim);

  /// x [..., C] -> [..., C].
  Tensor Forward(const Tensor& x) const;

  Linear expand;    ///< C -> 4C; "layers.0", since the workshop's layers stand in a list ...
  Linear contract;  ///< 4C -> C; "layers.2", ... whose entry 1 is the GELU
};

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_FEED_FORWARD_H_
