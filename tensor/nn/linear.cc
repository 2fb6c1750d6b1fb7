#include "tensor/nn/linear.h"

#include <cmath>

#include "tensor/nn/skip_init.h"
#include "tensor/ops/linear.h"
#include "tensor/ops/quantized_linear.h"
#include "tensor/ops/unary.h"
#include "tensor/random.h"

namespace gokart {

void InitLinear(Tensor& tensor, int64_t fan_in) {
  if (SkipInit::Active()) return;
  const float bound = fan_in > 0 ? 1 / std::sqrt(static_cast<double>(fan_in)) : 0;
  GlobalGenerator().Uniform(tensor.mutable_data(), tensor.size(), -bound, bound);
}

Linear::Linear(int64_t in_features, int64_t out_features, bool with_bias)
    : weight(Tensor::Empty({out_features, in_features})),
      adapter(&weight, /*row_begin=*/0, out_features, in_features) {
  InitLinear(weight, in_features);
  weight.RequireGrad();
  RegisterParameter("weight", &weight);
  if (with_bias) {
    bias = Tensor::Empty({out_features});
    InitLinear(bias, in_features);
    bias.RequireGrad();
  }
  RegisterParameter("bias", &bias);
  RegisterAdapterSlot("", &adapter);
}

Tensor Linear::Forward(const Tensor& x) const {
  const Tensor y = quantized ? ops::Linear(x, *quantized, bias) : ops::Linear(x, weight, bias);
  return adapter.AddTo(y, x);
}

Tensor Linear::ForwardGelu(const Tensor& x) const {
  if (adapter.active()) return ops::Gelu(Forward(x));
  return quantized ? ops::LinearGelu(x, *quantized, bias) : ops::LinearGelu(x, weight, bias);
}

void Linear::AppendMatrices(std::vector<MatrixSlot>& out) { out.push_back({&weight, &quantized}); }

int64_t Linear::QuantizedBytes() const { return quantized ? quantized->bytes() : 0; }

}  // namespace gokart
