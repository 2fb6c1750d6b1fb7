#include "tensor/nn/linear.h"

#include <cmath>

#include "tensor/ops/linear.h"
#include "tensor/random.h"

namespace gokart {

void InitLinear(Tensor& tensor, int64_t fan_in) {
  const float bound = fan_in > 0 ? 1 / std::sqrt(static_cast<double>(fan_in)) : 0;
  GlobalGenerator().Uniform(tensor.mutable_data(), tensor.size(), -bound, bound);
}

Linear::Linear(int64_t in_features, int64_t out_features, bool with_bias)
    : weight(Tensor::Empty({out_features, in_features})) {
  InitLinear(weight, in_features);
  weight.RequireGrad();
  RegisterParameter("weight", &weight);
  if (with_bias) {
    bias = Tensor::Empty({out_features});
    InitLinear(bias, in_features);
    bias.RequireGrad();
  }
  RegisterParameter("bias", &bias);
}

Tensor Linear::Forward(const Tensor& x) const { return ops::Linear(x, weight, bias); }
Tensor Linear::ForwardGelu(const Tensor& x) const { return ops::LinearGelu(x, weight, bias); }

}  // namespace gokart
