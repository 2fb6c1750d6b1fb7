// A small map that is trained beside a linear layer's weight, which stays as it is: the place where
// low-rank adapters (chapter 6, LoRA) attach to any layer of any model.
//
//   for (NamedAdapterSlot& named : model.AdapterSlots()) {   // "trf_blocks.0.att.W_query", ...
//     AdapterSlot& slot = *named.slot;
//     slot.Attach(std::make_shared<MyAdapter>(slot.in_features(), slot.out_features()));
//   }
//   model.Forward(x);   // every linear layer now computes x W^T + b + adapter(x)
#ifndef GOKART_TENSOR_NN_LINEAR_ADAPTER_H_
#define GOKART_TENSOR_NN_LINEAR_ADAPTER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "tensor/nn/module.h"
#include "tensor/tensor.h"

namespace gokart {

class LinearAdapter : public Module {
 public:
  /// What it adds to the layer's output: x [..., in] -> [..., out].
  virtual Tensor Forward(const Tensor& x) const = 0;
  /// The same as a change of the layer's weight: [out, in], without a tape.
  virtual Tensor WeightDelta() const = 0;
};

/// Where an adapter may sit: beside a linear layer, or beside one of several that lie below each
/// other in one matrix. A layer owns its slots and registers them with RegisterAdapterSlot().
class AdapterSlot {
 public:
  /// For rows [row_begin, row_begin + out_features) of `*weight`, which has `in_features` columns
  /// and lives as long as the slot.
  AdapterSlot(Tensor* weight, int64_t row_begin, int64_t out_features, int64_t in_features)
      : weight_(weight),
        row_begin_(row_begin),
        out_features_(out_features),
        in_features_(in_features) {}
  AdapterSlot(const AdapterSlot&) = delete;
  AdapterSlot& operator=(const AdapterSlot&) = delete;

  int64_t in_features() const { return in_features_; }
  int64_t out_features() const { return out_features_; }

  /// Puts an adapter here in place of what was here; nullptr takes it away.
  void Attach(std::shared_ptr<LinearAdapter> adapter) { adapter_ = std::move(adapter); }
  const std::shared_ptr<LinearAdapter>& adapter() const { return adapter_; }

  /// A slot that is switched off keeps its adapter but computes without it.
  void Enable(bool enabled) { enabled_ = enabled; }
  bool enabled() const { return enabled_; }
  /// Whether the layer's output is more than x W^T + b.
  bool active() const { return adapter_ != nullptr && enabled_; }

  /// Whether Merge() can be called: there is an adapter, and the weight is kept as floats.
  bool can_merge() const { return adapter_ != nullptr && weight_->defined(); }

  /// y + adapter(x), or y as it is: x [..., in], y [..., out] -> [..., out].
  Tensor AddTo(const Tensor& y, const Tensor& x) const;

  /// Adds the adapter's WeightDelta() to the rows of the weight and takes the adapter away. The
  /// weight moves to memory of its own, so that a mapped file, or another model that reads the same
  /// memory, keeps its values. Throws std::logic_error without an adapter or for a weight that is
  /// not kept as floats.
  void Merge();

 private:
  Tensor* weight_;
  int64_t row_begin_, out_features_, in_features_;
  std::shared_ptr<LinearAdapter> adapter_;
  bool enabled_ = true;
};

}  // namespace gokart

#endif  // GOKART_TENSOR_NN_LINEAR_ADAPTER_H_
