// What may stand in a transformer block as its attention: sequences in, sequences out, and
// parameters that checkpoints know by the workshop's names.
//
//   std::unique_ptr<AttentionLayer> attention = MakeAttention("fused", {.d_in = 768, ...});
//   Tensor context = attention->Forward(x);  // [B, T, d_in] -> [B, T, d_out]
#ifndef GOKART_CH03_ATTENTION_ATTENTION_LAYER_H_
#define GOKART_CH03_ATTENTION_ATTENTION_LAYER_H_

#include <vector>

#include "tensor/nn/module.h"
#include "tensor/nn/named_part.h"
#include "tensor/tensor.h"

namespace gokart {

class AttentionLayer : public Module {
 public:
  /// x [B, T, d_in] -> [B, T, d_out]. Throws std::invalid_argument for another shape, or for more
  /// tokens than the layer's context length.
  virtual Tensor Forward(const Tensor& x) const = 0;

  /// The parameters under the workshop's names and in its order (W_query.weight, W_query.bias,
  /// W_key.weight, ...), for checkpoints. Layers that compute the same have the same parts, however
  /// they store them.
  virtual std::vector<NamedPart> NamedParts() const { return WholeParts(*this); }
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_ATTENTION_LAYER_H_
