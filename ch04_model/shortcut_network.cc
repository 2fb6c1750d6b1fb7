#include "ch04_model/shortcut_network.h"

#include <cmath>
#include <stdexcept>
#include <string>

#include "tensor/ops/arithmetic.h"
#include "tensor/ops/reduce.h"
#include "tensor/ops/unary.h"

namespace gokart {
namespace {

void Check(bool condition, const std::string& message) {
  if (!condition) throw std::invalid_argument("ExampleDeepNeuralNetwork: " + message);
}

double MeanAbsolute(const Tensor& x) {
  double sum = 0;
  for (float value : x.values()) sum += std::fabs(value);
  return sum / static_cast<double>(x.size());
}

}  // namespace

ExampleDeepNeuralNetwork::ExampleDeepNeuralNetwork(const std::vector<int64_t>& layer_sizes,
                                                   bool use_shortcut)
    : use_shortcut_(use_shortcut) {
  Check(layer_sizes.size() >= 2, "at least two layer sizes expected: input and output");
  for (int64_t size : layer_sizes) Check(size > 0, "a layer has size " + std::to_string(size));
  for (size_t i = 0; i + 1 < layer_sizes.size(); ++i) {
    layers.push_back(std::make_unique<Linear>(layer_sizes[i], layer_sizes[i + 1]));
    RegisterModule("layers." + std::to_string(i) + ".0", layers.back().get());
  }
}

// x = x + Gelu(x W^T + b), or without a shortcut x = Gelu(x W^T + b), for each layer
Tensor ExampleDeepNeuralNetwork::Forward(const Tensor& in) const {
  // [exercise 4.3] Shortcuts
  // Task: Apply each layer with a GELU behind it; with use_shortcut_, add what went into the layer
  //       to what came out, where both have the same shape.
  // Hint: layer->ForwardGelu(x) is both in one.
  // Hint: The last layer may change the width: then there is nothing to add.
  // Test: //ch04_model:shortcut_network_test ShortcutForward.*
  // Read: ch04_model/README.md, "The parts, and why they are there"

  Tensor x = in;
  for (const auto& layer : layers) {
    const Tensor y = layer->ForwardGelu(x);
    x = use_shortcut_ && y.shape() == x.shape() ? x + y : y;
  }
  return x;
  // [end of exercise 4.3]
}

std::vector<double> GradientMeans(ExampleDeepNeuralNetwork& network, const Tensor& x) {
  network.ClearGrad();
  std::vector<double> means;
  // [exercise 4.4] How much gradient reaches each layer
  // Task: Let the mean square of the network's output for x run backwards, and append to `means`
  // for
  //       each layer the mean absolute value of its weights' gradient.
  // Hint: ops::Mean and ops::Square make a scalar of the output; Backward() of it fills in the
  //       gradients.
  // Hint: layer->weight.grad() is the gradient; MeanAbsolute stands above.
  // Test: //ch04_model:shortcut_network_test GradientMeans.*
  // Read: ch04_model/README.md, "The parts, and why they are there"

  const Tensor loss = ops::Mean(ops::Square(network.Forward(x)));
  loss.Backward();
  for (const auto& layer : network.layers) means.push_back(MeanAbsolute(layer->weight.grad()));
  // [end of exercise 4.4]
  network.ClearGrad();
  return means;
}

}  // namespace gokart
