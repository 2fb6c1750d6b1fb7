// Section 4.4: how much gradient reaches each of five layers, with and without shortcuts. The
// workshop prints these numbers.
#include "ch04_model/shortcut_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "tensor/random.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;

std::vector<double> WorkshopGradients(bool use_shortcut) {
  ManualSeed(123);
  ExampleDeepNeuralNetwork network({3, 3, 3, 3, 3, 1}, use_shortcut);
  return GradientMeans(network, Tensor::FromValues({1, 3}, {1, 0, -1}));
}

// To six digits: float32 has no more.
void ExpectNear(const std::vector<double>& actual, const std::vector<double>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    EXPECT_NEAR(actual[i], expected[i], 2e-6 * expected[i]) << "layer " << i;
  }
}

// The workshop's exercise A.3: 2 inputs, layers of 30 and 20, 2 outputs, weights and biases.
TEST(ExampleDeepNeuralNetwork, OfAppendixAHas752Parameters) {
  EXPECT_EQ(ExampleDeepNeuralNetwork({2, 30, 20, 2}, /*use_shortcut=*/false).NumParameters(), 752);
}

TEST(GradientMeans, VanishWithoutShortcuts) {
  ExpectNear(WorkshopGradients(false),
             {0.00020173587836325169, 0.00012011159560643137, 0.0007152039906941354,
              0.0013988736318424344, 0.005049645435065031});
}

TEST(GradientMeans, StayWithShortcuts) {
  ExpectNear(WorkshopGradients(true),
             {0.22169792652130127, 0.20694106817245483, 0.32896995544433594, 0.2665732204914093,
              1.3258540630340576});
}

TEST(GradientMeans, StartsAfreshAndLeavesNothingBehind) {
  ManualSeed(1);
  ExampleDeepNeuralNetwork network({2, 2, 1}, true);
  const Tensor x = Tensor::FromValues({1, 2}, {1, -1});
  const std::vector<double> first = GradientMeans(network, x);
  network.Forward(x).Backward();
  EXPECT_EQ(GradientMeans(network, x), first);
  EXPECT_FALSE(network.layers[0]->weight.grad().defined());
}

TEST(ExampleDeepNeuralNetwork, NamesItsLayersAsTheWorkshopDoes) {
  const ExampleDeepNeuralNetwork network({3, 3, 1}, true);
  std::vector<std::string> names;
  for (const NamedTensor& parameter : network.NamedParameters()) names.push_back(parameter.name);
  EXPECT_THAT(names, ElementsAre("layers.0.0.weight", "layers.0.0.bias", "layers.1.0.weight",
                                 "layers.1.0.bias"));
}

// All weights and biases 0: every layer adds Gelu(0) = 0 to what it gets.
TEST(ShortcutForward, PassesTheInputOn) {
  ExampleDeepNeuralNetwork with({2, 2, 2}, true), without({2, 2, 2}, false);
  for (auto* network : {&with, &without}) {
    for (Tensor parameter : network->Parameters()) {
      for (int64_t i = 0; i < parameter.size(); ++i) parameter.mutable_data()[i] = 0;
    }
  }
  const Tensor x = Tensor::FromValues({1, 2}, {5, -7});
  EXPECT_THAT(with.Forward(x).values(), ElementsAre(5, -7));
  EXPECT_THAT(without.Forward(x).values(), ElementsAre(0, 0));
}

// Layers of one weight: GELU(3) is 2.9964 and GELU(6) is 6 to four decimals.
TEST(ShortcutForward, AddsWhatWentIntoALayerToWhatCameOut) {
  ExampleDeepNeuralNetwork with({1, 1, 1}, true), without({1, 1, 1}, false);
  for (auto* network : {&with, &without}) {
    for (Tensor parameter : network->Parameters()) {
      parameter.mutable_data()[0] = parameter.rank() == 2 ? 1 : 0;
    }
  }
  const Tensor x = Tensor::FromValues({1, 1}, {3});
  EXPECT_NEAR(without.Forward(x).data()[0], 2.9928, 1e-3) << "GELU(GELU(3)), no shortcuts";
  EXPECT_NEAR(with.Forward(x).data()[0], 11.9928, 1e-3) << "x = 3 + GELU(3), then x + GELU(x)";
}

TEST(ShortcutForward, AddsNothingWhereTheWidthChanges) {
  const ExampleDeepNeuralNetwork network({2, 1}, true), same({2, 1}, false);
  EXPECT_EQ(network.Forward(Tensor::FromValues({1, 2}, {5, -7})).shape(), (Shape{1, 1}))
      << "a layer from 2 numbers to 1";
}

TEST(ExampleDeepNeuralNetwork, RefusesSizesThatMakeNoNetwork) {
  EXPECT_THROW(ExampleDeepNeuralNetwork({3}, true), std::invalid_argument);
  EXPECT_THROW(ExampleDeepNeuralNetwork({3, 0, 1}, true), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
