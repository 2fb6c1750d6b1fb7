#include "tensor/nn/linear_adapter.h"

#include <stdexcept>

#include "tensor/ops/arithmetic.h"

namespace gokart {

Tensor AdapterSlot::AddTo(const Tensor& y, const Tensor& x) const {
  return active() ? y + adapter_->Forward(x) : y;
}

void AdapterSlot::Merge() {
  if (adapter_ == nullptr) throw std::logic_error("AdapterSlot::Merge: there is no adapter");
  if (!weight_->defined()) {
    throw std::logic_error(
        "AdapterSlot::Merge: the weight is not kept as floats, to which an adapter could be added");
  }
  const Tensor delta = adapter_->WeightDelta();  // [out, in]
  Tensor merged = weight_->Clone();
  float* row = merged.mutable_data() + row_begin_ * in_features_;
  for (int64_t i = 0; i < delta.size(); ++i) row[i] += delta.data()[i];
  weight_->SetBuffer(merged.buffer());
  adapter_ = nullptr;
}

}  // namespace gokart
