// The linear layer: y = x W^T + b (PyTorch's nn.Linear).
#ifndef GOKART_TENSOR_NN_LINEAR_H_
#define GOKART_TENSOR_NN_LINEAR_H_

#include <optional>

#include "tensor/nn/linear_adapter.h"
#include "tensor/nn/module.h"
#include "tensor/quantized/quantized_matrix.h"

namespace gokart {

/// weight [out, in] and bias [out]. Initialised as PyTorch does, drawing from GlobalGenerator():
/// first the weight, then the bias, both uniform in +-1 / sqrt(in) (Kaiming uniform with a =
/// sqrt(5); He et al. 2015).
class Linear : public Module {
 public:
  Linear(int64_t in_features, int64_t out_features, bool bias = true);

  /// x [..., in] -> [..., out], with what the adapter adds, if there is one.
  Tensor Forward(const Tensor& x) const;
  /// Gelu(Forward(x)), in one pass over memory.
  Tensor ForwardGelu(const Tensor& x) const;

  Tensor weight;                             ///< undefined once quantised
  Tensor bias;                               ///< undefined without a bias
  std::optional<QuantizedMatrix> quantized;  ///< what stands in for the weight then
  AdapterSlot adapter;                       ///< for a map that is trained beside the weight

 protected:
  void AppendMatrices(std::vector<MatrixSlot>& out) override;
  int64_t QuantizedBytes() const override;
};

/// Draws `tensor` uniform in +-1 / sqrt(fan_in), as PyTorch initialises a linear layer.
void InitLinear(Tensor& tensor, int64_t fan_in);

}  // namespace gokart

#endif  // GOKART_TENSOR_NN_LINEAR_H_
