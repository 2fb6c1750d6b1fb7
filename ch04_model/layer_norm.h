// Layer normalisation (Ba et al. 2016, arXiv 1607.06450; workshop section 4.2).
//
//   LayerNorm norm(768);
//   Tensor y = norm.Forward(x);  // [..., 768] -> [..., 768]: each vector with mean 0, variance 1
#ifndef GOKART_CH04_MODEL_LAYER_NORM_H_
#define GOKART_CH04_MODEL_LAYER_NORM_H_

#include "tensor/nn/module.h"
#include "tensor/tensor.h"

namespace gokart {

/// For each vector x of C numbers
///
///   y = scale * (x - mean) / sqrt(variance + eps) + shift
///
/// with its own mean = sum x_i / C and its biased variance = sum (x_i - mean)^2 / C. Training
/// adjusts scale and shift, which start as 1 and 0, so that a model can undo what does not help.
class LayerNorm : public Module {
 public:
  static constexpr float kEps = 1e-5f;  ///< keeps a vector of equal numbers from dividing by 0

  /// Throws std::invalid_argument unless emb_dim is positive.
  explicit LayerNorm(int64_t emb_dim);

  /// x [..., C] -> [..., C].
  Tensor Forward(const Tensor& x) const;

  Tensor scale;  ///< [C]
  Tensor shift;  ///< [C]
};

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_LAYER_NORM_H_
