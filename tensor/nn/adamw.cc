#include "tensor/nn/adamw.h"

#include <cmath>

#include "tensor/kernels/adamw.h"

namespace gokart {

AdamW::AdamW(std::vector<NamedTensor> parameters, const AdamWConfig& config) : config_(config) {
  for (NamedTensor& named : parameters) {
    if (!named.tensor.requires_grad()) continue;
    state_.push_back({.name = std::move(named.name), .parameter = std::move(named.tensor)});
  }
}

void AdamW::Step(float grad_scale) {
  const kernels::AdamWOptions options = {config_.learning_rate, config_.beta1, config_.beta2,
                                         config_.epsilon, config_.weight_decay};
  for (State& s : state_) {
    const Tensor grad = s.parameter.grad();
    if (!grad.defined()) continue;
    if (!s.m.defined()) {
      s.m = Tensor::Zeros(s.parameter.shape());
      s.v = Tensor::Zeros(s.parameter.shape());
    }
    kernels::AdamWStep(s.parameter.size(), options, ++s.step, grad_scale, grad.data(),
                       s.parameter.mutable_data(), s.m.mutable_data(), s.v.mutable_data());
  }
}

void AdamW::ClearGrad() {
  for (State& s : state_) s.parameter.ClearGrad();
}

double AdamW::GradNorm() const {
  double sum = 0;
  for (const State& s : state_) {
    const Tensor grad = s.parameter.grad();
    if (grad.defined()) sum += kernels::SumOfSquares(grad.size(), grad.data());
  }
  return std::sqrt(sum);
}

}  // namespace gokart
