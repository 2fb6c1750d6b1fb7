#include "ch03_attention/packed_linear.h"

#include <algorithm>
#include <utility>

#include "tensor/nn/linear.h"
#include "tensor/nn/skip_init.h"
#include "tensor/ops/arithmetic.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/linear.h"
#include "tensor/ops/quantized_linear.h"

namespace gokart {

namespace {

// Initial values below each other. Those that nobody made are not copied either.
Tensor Stacked(const std::vector<Tensor>& parts) {
  if (!SkipInit::Active()) return ops::Concat(parts, 0);
  int64_t rows = 0;
  for (const Tensor& part : parts) rows += part.dim(0);
  return Tensor::Empty(parts[0].shape().With(0, rows));
}

}  // namespace

PackedLinear::PackedLinear(int64_t in_features, std::vector<Part> parts, bool with_bias)
    : parts_(std::move(parts)) {
  const NoGrad no_grad;  // stacking the initial values is no step of the computation
  std::vector<Tensor> weights, biases;
  for (const Part& part : parts_) {
    const Linear layer(in_features, part.out_features, with_bias);
    weights.push_back(layer.weight);
    biases.push_back(layer.bias);
  }
  weight = Stacked(weights).RequireGrad();
  if (with_bias) bias = Stacked(biases).RequireGrad();
  RegisterParameter("weight", &weight);
  RegisterParameter("bias", &bias);
  int64_t row = 0;
  for (const Part& part : parts_) {
    slots_.push_back(std::make_unique<AdapterSlot>(&weight, row, part.out_features, in_features));
    RegisterAdapterSlot(part.name, slots_.back().get());
    row += part.out_features;
  }
}

Tensor PackedLinear::Forward(const Tensor& x) const {
  const Tensor y = quantized ? ops::Linear(x, *quantized, bias) : ops::Linear(x, weight, bias);
  const bool adapted =
      std::any_of(slots_.begin(), slots_.end(), [](const auto& slot) { return slot->active(); });
  return adapted ? y + AdapterOutputs(x) : y;
}

// What the adapters add, side by side as the parts are; 0 for a part without one.
Tensor PackedLinear::AdapterOutputs(const Tensor& x) const {
  std::vector<Tensor> outputs;
  for (const auto& slot : slots_) {
    outputs.push_back(slot->active() ? slot->adapter()->Forward(x)
                                     : Tensor::Zeros(x.shape().With(-1, slot->out_features())));
  }
  return ops::Concat(outputs, -1);
}

std::vector<NamedPart> PackedLinear::NamedParts() const {
  std::vector<NamedPart> named;
  int64_t row = 0;
  for (const Part& part : parts_) {
    if (weight.defined()) named.push_back({part.name + ".weight", weight, row, part.out_features});
    if (bias.defined()) named.push_back({part.name + ".bias", bias, row, part.out_features});
    row += part.out_features;
  }
  return named;
}

}  // namespace gokart
