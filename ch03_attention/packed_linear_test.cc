#include "ch03_attention/packed_linear.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tensor/nn/linear.h"
#include "tensor/random.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

// Parts of different sizes, as grouped-query attention has them.
TEST(PackedLinear, IsItsPartsSideBySide) {
  ManualSeed(1);
  const PackedLinear packed(3, {{"q", 4}, {"k", 2}}, /*bias=*/true);
  ManualSeed(1);
  const Linear q(3, 4), k(3, 2);
  const Tensor x = RandomTensor({5, 3}, 1);
  const Tensor y = packed.Forward(x), y_q = q.Forward(x), y_k = k.Forward(x);
  ASSERT_EQ(y.shape(), Shape({5, 6}));
  for (int64_t row = 0; row < 5; ++row) {
    for (int64_t i = 0; i < 4; ++i) EXPECT_NEAR(y.at({row, i}), y_q.at({row, i}), 1e-6);
    for (int64_t i = 0; i < 2; ++i) EXPECT_NEAR(y.at({row, 4 + i}), y_k.at({row, i}), 1e-6);
  }
}

TEST(PackedLinear, NamesItsPartsAsLayersOfTheirOwn) {
  const PackedLinear packed(3, {{"q", 4}, {"k", 2}}, /*bias=*/true);
  const std::vector<NamedPart> parts = packed.NamedParts();
  ASSERT_EQ(parts.size(), 4);
  const std::vector<std::string> names = {"q.weight", "q.bias", "k.weight", "k.bias"};
  const std::vector<Shape> shapes = {{4, 3}, {4}, {2, 3}, {2}};
  const std::vector<int64_t> offsets = {0, 0, 12, 4};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(parts[i].name, names[i]);
    EXPECT_EQ(parts[i].shape(), shapes[i]);
    EXPECT_EQ(parts[i].offset(), offsets[i]);
    EXPECT_EQ(parts[i].values().data(), parts[i].tensor.data() + offsets[i]);
  }
  EXPECT_EQ(packed.NumParameters(), 6 * 3 + 6);
}

TEST(PackedLinear, TrainsWhatItStores) {
  const PackedLinear packed(3, {{"q", 4}, {"k", 2}}, /*bias=*/true);
  const Tensor x = RandomTensor({5, 3}, 1);
  EXPECT_TRUE(GradientsAreRight([&](const std::vector<Tensor>&) { return packed.Forward(x); },
                                {packed.weight, packed.bias}));
}

TEST(WholeParts, AreTheParametersThemselves) {
  Linear linear(3, 2);
  const std::vector<NamedPart> parts = WholeParts(linear);
  ASSERT_EQ(parts.size(), 2);
  EXPECT_EQ(parts[0].name, "weight");
  EXPECT_EQ(parts[0].shape(), Shape({2, 3}));
  EXPECT_EQ(parts[0].values().data(), linear.weight.data());
  EXPECT_EQ(parts[1].name, "bias");
  EXPECT_EQ(parts[1].shape(), Shape({2}));
}

}  // namespace
}  // namespace gokart
