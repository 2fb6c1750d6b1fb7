#include "ch04_model/llama/rms_norm.h"

#include <stdexcept>
#include <string>

#include "tensor/ops/norm.h"

namespace gokart {

RmsNorm::RmsNorm(int64_t emb_dim) {
  if (emb_dim < 1) {
    throw std::invalid_argument("RmsNorm: emb_dim is " + std::to_string(emb_dim) +
                                ", must be at least 1");
  }
  weight = Tensor::Ones({emb_dim}).RequireGrad();
  RegisterParameter("weight", &weight);
}

Tensor RmsNorm::Forward(const Tensor& x) const { return ops::RmsNorm(x, weight, kEps); }

}  // namespace gokart
