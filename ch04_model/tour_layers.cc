// Sections 4.2 to 4.4 of the tour: the layers that a transformer block has besides attention.
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch04_model/feed_forward.h"
#include "ch04_model/layer_norm.h"
#include "ch04_model/shortcut_network.h"
#include "ch04_model/tour_sections.h"
#include "tensor/nn/linear.h"
#include "tensor/ops/arithmetic.h"
#include "tensor/ops/reduce.h"
#include "tensor/ops/unary.h"
#include "tensor/random.h"
#include "workshop/human.h"
#include "workshop/section.h"
#include "workshop/table.h"

namespace gokart::model_tour {
namespace {

Tensor Randn(const Shape& shape) {
  Tensor x = Tensor::Empty(shape);
  GlobalGenerator().Normal(x.mutable_data(), x.size());
  return x;
}

void Show(const std::string& text, const Tensor& tensor) {
  PrintProse("\n" + text);
  PrintBlock(tensor.ToString());
}

// The mean gradients of a new network's layers.
std::vector<double> MeansOfNewNetwork(const std::vector<int64_t>& sizes, bool use_shortcut,
                                      const Tensor& x, uint64_t seed) {
  ManualSeed(seed);
  ExampleDeepNeuralNetwork network(sizes, use_shortcut);
  return GradientMeans(network, x);
}

Series ByLayer(const std::string& label, const std::vector<double>& means) {
  Series series{.label = label};
  for (size_t i = 0; i < means.size(); ++i) {
    series.x.push_back(static_cast<double>(i + 1));
    series.y.push_back(means[i]);
  }
  return series;
}

// The workshop has five layers; the effect is the clearer the more there are.
void ShowDeepNetwork(ModelTourPage& page) {
  constexpr int kLayers = 24, kWidth = 32;
  const std::vector<int64_t> sizes(kLayers + 1, kWidth);
  ManualSeed(page.options().seed);
  const Tensor x = Randn({8, kWidth});
  const std::vector<double> without = MeansOfNewNetwork(sizes, false, x, page.options().seed);
  const std::vector<double> with = MeansOfNewNetwork(sizes, true, x, page.options().seed);
  PrintProse(absl::StrFormat(
      "\nWith %d layers of width %d, as deep as gpt2-medium has blocks, the first layer gets %.1e "
      "of the last one's gradient without shortcuts, and %.1f times the last one's with them:",
      kLayers, kWidth, without.front() / without.back(), with.front() / with.back()));
  page.Picture({.title = "Gradient that reaches each layer",
                .x_label = "Layer (1: the first)",
                .y_label = "Mean absolute gradient of the weights",
                .series = {ByLayer("with shortcuts", with), ByLayer("without", without)},
                .log_y = true,
                .points = true},
               "vanishing_gradients");
}

}  // namespace

void ShowLayerNorm(ModelTourPage& page) {
  PrintSection("4.2", "Layer normalisation");
  PrintProse(
      "Deep networks train badly when the numbers in them drift to very different sizes. Layer "
      "normalisation shifts and scales each token's vector to mean 0 and variance 1. Two vectors "
      "of five random numbers, through a linear layer and ReLU:");
  ManualSeed(page.options().seed);
  const Tensor x = Randn({2, 5});
  const Linear linear(5, 6);
  const NoGrad no_grad;
  const Tensor out = ops::Relu(linear.Forward(x));  // [2, 6]
  Show("Their outputs:", out);
  page.Compare(out, {0.2260, 0.3470, 0.0000, 0.2216, 0.0000, 0.0000,  //
                     0.2133, 0.2394, 0.0000, 0.5198, 0.3297, 0.0000});

  const Tensor mean = ops::Mean(out, -1, /*keep_axis=*/true);  // [2, 1]
  Show("Mean of each:", mean);
  page.Compare(mean, {0.1324, 0.2170});
  const Tensor squares = ops::Sum(ops::Square(out - mean), -1, /*keep_axis=*/true);  // [2, 1]
  const Tensor variance = squares / 5.0f;
  Show("Variance of each (unbiased, by n - 1 = 5, as this section of the workshop does):",
       variance);
  page.Compare(variance, {0.0231, 0.0398});
  const Tensor normalised = (out - mean) / ops::Sqrt(variance);  // [2, 6]
  Show("(x - mean) / sqrt(variance):", normalised);
  page.Compare(normalised, {0.6159, 1.4126, -0.8719, 0.5872, -0.8719, -0.8719,  //
                            -0.0189, 0.1121, -1.0876, 1.5173, 0.5647, -1.0876});

  const Tensor y = LayerNorm(5).Forward(x);  // [2, 5]
  const Tensor y_mean = ops::Mean(y, -1, true);
  Show(
      "The class LayerNorm divides by n, as GPT-2 does, and has a scale and a shift for each of "
      "the numbers, which training adjusts. Of the random vectors it makes ones with the mean",
      y_mean);
  Show("and the variance (by n)", ops::Mean(ops::Square(y - y_mean), -1, true));
}

void ShowFeedForward(ModelTourPage& page) {
  PrintSection("4.3", "A feed-forward network with GELU");
  PrintProse(
      "GELU is a smooth ReLU: x times the share of a normal distribution that lies below x. It has "
      "a gradient left of zero too, so a neuron that answers below zero can still learn. GPT-2 was "
      "trained with the approximation 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).");
  constexpr int kPoints = 121;
  Tensor x = Tensor::Empty({kPoints});
  for (int i = 0; i < kPoints; ++i) x.mutable_data()[i] = -3 + 6.0f * i / (kPoints - 1);
  const auto series = [&](const std::string& label, const Tensor& y) {
    return Series{label, {x.data(), x.data() + kPoints}, {y.data(), y.data() + kPoints}};
  };
  page.Picture({.title = "GELU and ReLU",
                .x_label = "x",
                .y_label = "f(x)",
                .series = {series("GELU", ops::Gelu(x)), series("ReLU", ops::Relu(x))}},
               "gelu");
  ManualSeed(page.options().seed);
  const FeedForward ff(768);
  const NoGrad no_grad;
  const Tensor y = ff.Forward(Randn({2, 3, 768}));
  PrintProse(absl::StrFormat(
      "\nFeedForward widens each token's vector from 768 to 3072 numbers, applies GELU and narrows "
      "it again: [2, 3, 768] -> %s. It has %s parameters.",
      y.shape().ToString(), FormatCount(ff.NumParameters())));
  page.Compare({ff.NumParameters()}, {4722432}, Drawn::kNot);
}

void ShowShortcuts(ModelTourPage& page) {
  PrintSection("4.4", "Shortcut connections");
  PrintProse(
      "On its way back, a gradient is multiplied by the slope of every layer. Where the slopes are "
      "below 1, little of it reaches the first layers, and they hardly learn: the vanishing "
      "gradient. A shortcut adds a layer's input to its output, x + f(x), whose slope is 1 more. "
      "Five layers with GELU on the input [1, 0, -1], and the mean absolute gradient of each "
      "layer's weights:\n\n");
  const std::vector<int64_t> sizes = {3, 3, 3, 3, 3, 1};
  const Tensor x = Tensor::FromValues({1, 3}, {1, 0, -1});
  const std::vector<double> without = MeansOfNewNetwork(sizes, false, x, page.options().seed);
  const std::vector<double> with = MeansOfNewNetwork(sizes, true, x, page.options().seed);
  Table table({"weights of", "without shortcuts", "with shortcuts"});
  for (size_t i = 0; i < with.size(); ++i) {
    table.AddRow({absl::StrCat("layers.", i), absl::StrFormat("%.10f", without[i]),
                  absl::StrFormat("%.10f", with[i])});
  }
  PrintBlock(table.ToText());
  page.Compare(without,
               {0.00020173587836325169, 0.00012011159560643137, 0.0007152039906941354,
                0.0013988736318424344, 0.005049645435065031},
               /*digits=*/5);
  page.Compare(with,
               {0.22169792652130127, 0.20694106817245483, 0.32896995544433594, 0.2665732204914093,
                1.3258540630340576},
               /*digits=*/5);
  ShowDeepNetwork(page);
}

}  // namespace gokart::model_tour
