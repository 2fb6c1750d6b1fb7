// Several linear layers that read the same input, as one: their weights lie below each other in one
// matrix, so that one product computes them all.
//
//   PackedLinear qkv(768, {{"W_query", 768}, {"W_key", 768}, {"W_value", 768}}, /*bias=*/false);
//   Tensor y = qkv.Forward(x);  // [..., 768] -> [..., 3 * 768]: queries, keys, values
#ifndef GOKART_CH03_ATTENTION_PACKED_LINEAR_H_
#define GOKART_CH03_ATTENTION_PACKED_LINEAR_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tensor/nn/linear_adapter.h"
#include "tensor/nn/module.h"
#include "tensor/nn/named_part.h"
#include "tensor/quantized/quantized_matrix.h"
#include "tensor/tensor.h"

namespace gokart {

class PackedLinear : public Module {
 public:
  struct Part {
    std::string name;
    int64_t out_features;
  };

  /// Initialised as the parts would be as layers of their own, made one after the other: weight,
  /// bias, weight, bias, ...
  PackedLinear(int64_t in_features, std::vector<Part> parts, bool bias);

  /// x [..., in] -> [..., sum of out_features], the parts side by side. Each part may have an
  /// adapter, as a layer of its own would.
  Tensor Forward(const Tensor& x) const;

  /// The parameters (a quantised weight is none) that the parts would have as layers of their own:
  /// NAME.weight, and NAME.bias if there are biases, of each in turn.
  std::vector<NamedPart> NamedParts() const;

  Tensor weight;  ///< [sum of out_features, in]; undefined once quantised
  Tensor bias;    ///< [sum of out_features]; undefined without a bias
  std::optional<QuantizedMatrix> quantized;  ///< what stands in for the weight then

 protected:
  void AppendMatrices(std::vector<MatrixSlot>& out) override {
    out.push_back({&weight, &quantized});
  }
  int64_t QuantizedBytes() const override { return quantized ? quantized->bytes() : 0; }

 private:
  Tensor AdapterOutputs(const Tensor& x) const;

  std::vector<Part> parts_;
  std::vector<std::unique_ptr<AdapterSlot>> slots_;  // one for each part
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_PACKED_LINEAR_H_
