// Root mean square normalisation (Zhang and Sennrich 2019, arXiv 1910.07467; the workshop's
// ch05/07): layer normalisation without the mean and without the shift.
//
//   RmsNorm norm(4096);
//   Tensor y = norm.Forward(x);  // [..., 4096] -> [..., 4096]: each vector with mean square 1
#ifndef GOKART_CH04_MODEL_LLAMA_RMS_NORM_H_
#define GOKART_CH04_MODEL_LLAMA_RMS_NORM_H_

#include <cstdint>

#include "tensor/nn/module.h"
#include "tensor/tensor.h"

namespace gokart {

/// For each vector x of C numbers
///
///   y = weight * x / sqrt(sum x_i^2 / C + eps)
///
/// What layer normalisation does about the size of x helps training; what it does about its mean
/// was found not to. Half the parameters, and one pass over x less to compute.
class RmsNorm : public Module {
 public:
  static constexpr float kEps = 1e-5f;  ///< Llama's; keeps a vector of zeros from dividing by 0

  /// Throws std::invalid_argument unless emb_dim is positive.
  explicit RmsNorm(int64_t emb_dim);

  /// x [..., C] -> [..., C].
  Tensor Forward(const Tensor& x) const;

  Tensor weight;  ///< [C], ones to begin with
};

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_LLAMA_RMS_NORM_H_
