// Why deep networks have shortcuts (He et al. 2015, arXiv 1512.03385; workshop section 4.4): the
// same stack of layers with and without them, and how much gradient reaches each layer.
//
//   ManualSeed(123);
//   ExampleDeepNeuralNetwork network({3, 3, 3, 3, 3, 1}, /*use_shortcut=*/true);
//   GradientMeans(network, Tensor::FromValues({1, 3}, {1, 0, -1}));  // 0.2217, 0.2069, ...
#ifndef GOKART_CH04_MODEL_SHORTCUT_NETWORK_H_
#define GOKART_CH04_MODEL_SHORTCUT_NETWORK_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "tensor/nn/linear.h"
#include "tensor/nn/module.h"
#include "tensor/tensor.h"

namespace gokart {

/// Linear layers with GELU, one after the other: layer i maps layer_sizes[i] numbers to
/// layer_sizes[i + 1].
class ExampleDeepNeuralNetwork : public Module {
 public:
  /// With `use_shortcut`, a layer's input is added to its output wherever both have the same size.
  /// Throws std::invalid_argument for fewer than two sizes, or one that is not positive.
  ExampleDeepNeuralNetwork(const std::vector<int64_t>& layer_sizes, bool use_shortcut);

  /// x [B, first size] -> [B, last size].
  Tensor Forward(const Tensor& x) const;

  std::vector<std::unique_ptr<Linear>> layers;

 private:
  bool use_shortcut_;
};

/// For each layer, first to last, the mean absolute value of its weight's gradient, where the loss
/// is the mean square of the output: how far the network is from answering 0. Leaves the network
/// without gradients.
std::vector<double> GradientMeans(ExampleDeepNeuralNetwork& network, const Tensor& x);

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_SHORTCUT_NETWORK_H_
