#include "ch04_model/layer_norm.h"

#include <stdexcept>
#include <string>

#include "tensor/ops/norm.h"

namespace gokart {

LayerNorm::LayerNorm(int64_t emb_dim) {
  if (emb_dim < 1) {
    throw std::invalid_argument("LayerNorm: emb_dim is " + std::to_string(emb_dim) +
                                ", must be at least 1");
  }
  scale = Tensor::Ones({emb_dim}).RequireGrad();
  shift = Tensor::Zeros({emb_dim}).RequireGrad();
  RegisterParameter("scale", &scale);
  RegisterParameter("shift", &shift);
}

Tensor LayerNorm::Forward(const Tensor& x) const { return ops::LayerNorm(x, scale, shift, kEps); }

}  // namespace gokart
