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

Tensor LayerNorm::Forward(const Tensor& x) const {
  // [exercise 4.1] Layer normalisation
  // Task: Give scale * (x - mean) / sqrt(variance + kEps) + shift, with the mean and the biased
  //       variance of each vector [C] of x [..., C]. Write it from simple operations; the solution
  //       is one fused one.
  // Hint: ops::Mean(x, -1, true) from "tensor/ops/reduce.h" is [..., 1]; ops::Square and ops::Sqrt
  //       are in "tensor/ops/unary.h", + - * / in "tensor/ops/arithmetic.h".
  // Hint: The variance is the mean of (x - mean)^2: divided by C, not by C - 1.
  // Hint: Scale and shift are [C] and are repeated over all vectors by * and +.
  // Test: //ch04_model:layer_norm_test LayerNormForward.*
  // Read: ch04_model/README.md, "The parts, and why they are there"

  return ops::LayerNorm(x, scale, shift, kEps);
  // [end of exercise 4.1]
}

}  // namespace gokart
