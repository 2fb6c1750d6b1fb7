// What a layer is: parameters with names, layers inside layers, and a training mode (PyTorch's
// nn.Module).
//
//   class FeedForward : public Module {
//    public:
//     FeedForward(int64_t c) : up_(c, 4 * c), down_(4 * c, c) {
//       RegisterModule("0", &up_);
//       RegisterModule("2", &down_);
//     }
//     Tensor Forward(const Tensor& x) const { return down_.Forward(Gelu(up_.Forward(x))); }
//   ...
//   for (auto& [name, parameter] : model.NamedParameters()) ...   // "0.weight", "0.bias",
//   "2.weight", ...
#ifndef GOKART_TENSOR_NN_MODULE_H_
#define GOKART_TENSOR_NN_MODULE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tensor/quantized/quantized_matrix.h"
#include "tensor/quantized/weight_format.h"
#include "tensor/tensor.h"

namespace gokart {

struct NamedTensor {
  std::string name;
  Tensor tensor;
};

/// A matrix of weights that may be kept in a low-precision format.
struct MatrixSlot {
  Tensor* weight;                           ///< [out, in]; undefined once quantised
  std::optional<QuantizedMatrix>* instead;  ///< what stands in for the weight then
};

class AdapterSlot;

struct NamedAdapterSlot {
  std::string name;  ///< of the linear layer: "trf_blocks.0.att.W_query"
  AdapterSlot* slot;
};

/// Base of all layers. Layers own their parts as members, so they can be neither copied nor moved.
class Module {
 public:
  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  virtual ~Module() = default;

  /// All parameters, also of the layers inside, in order of registration, with their full names. A
  /// parameter that two layers share (tied weights) is listed once, under its first name.
  std::vector<NamedTensor> NamedParameters() const;
  std::vector<Tensor> Parameters() const;
  /// The same without the parameters of adapters (linear_adapter.h): what the model itself is made
  /// of, and what its checkpoints hold.
  std::vector<NamedTensor> OwnParameters() const;

  /// The places for adapters in this layer and all inside it, in order of registration.
  std::vector<NamedAdapterSlot> AdapterSlots() const;

  /// The number of values in all parameters, or in those that are trained.
  int64_t NumParameters() const;
  int64_t NumTrainableParameters() const;

  /// Freezes (false) or unfreezes all parameters.
  void RequireGrad(bool value);
  void ClearGrad();

  /// The large matrices of this layer and all inside it: those that QuantizeWeights is about.
  std::vector<MatrixSlot> Matrices();

  /// Puts the large matrices of this layer and all inside it into a low-precision format, for
  /// inference or for training something else on top: they are no parameters any more, and their
  /// floats are freed, one matrix at a time. Other parameters stay. Throws std::logic_error when
  /// they are quantised already.
  void QuantizeWeights(WeightFormat format);
  /// Memory of all weights, quantised or not.
  int64_t WeightBytes() const;

  /// Training mode (dropout active, the default) or evaluation mode, for this layer and all inside
  /// it.
  void Train(bool training = true);
  void Eval() { Train(false); }
  bool training() const { return training_; }

 protected:
  /// Parts are registered by address and must be members of the derived class.
  void RegisterParameter(std::string name, Tensor* parameter);
  void RegisterModule(std::string name, Module* module);
  /// A layer's only slot has no name. One of several is named as the layer would be that it stands
  /// for, beside this one: "W_key" in a layer "att.qkv" is "att.W_key".
  void RegisterAdapterSlot(std::string name, AdapterSlot* slot);

  /// Adds the matrices of this layer and all inside it.
  virtual void AppendMatrices(std::vector<MatrixSlot>& out);

  /// Memory of the matrices of this layer and all inside it that were quantised.
  virtual int64_t QuantizedBytes() const;

 private:
  void Collect(const std::string& path, bool adapters, std::vector<NamedTensor>& out) const;
  void CollectSlots(const std::string& path, std::vector<NamedAdapterSlot>& out) const;

  bool training_ = true;
  std::vector<std::pair<std::string, Tensor*>> parameters_;
  std::vector<std::pair<std::string, Module*>> modules_;
  std::vector<std::pair<std::string, AdapterSlot*>> slots_;
};

/// Evaluation mode for a scope; the mode from before comes back at its end.
class EvalMode {
 public:
  explicit EvalMode(Module& module) : module_(module), was_training_(module.training()) {
    module_.Eval();
  }
  ~EvalMode() { module_.Train(was_training_); }
  EvalMode(const EvalMode&) = delete;

 private:
  Module& module_;
  bool was_training_;
};

}  // namespace gokart

#endif  // GOKART_TENSOR_NN_MODULE_H_
