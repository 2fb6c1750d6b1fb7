#include "ch03_attention/causal_mask.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "ch03_attention/example_sentence.h"
#include "ch03_attention/published_numbers.h"
#include "ch03_attention/self_attention.h"
#include "tensor/ops/arithmetic.h"
#include "tensor/random.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

// The workshop's table of causal weights: SelfAttentionV2 of seed 789, masked.
const std::vector<double> kPublished = {1,      0,      0,      0,      0,      0,  //
                                        0.5517, 0.4483, 0,      0,      0,      0,  //
                                        0.3800, 0.3097, 0.3103, 0,      0,      0,  //
                                        0.2758, 0.2460, 0.2462, 0.2319, 0,      0,  //
                                        0.2175, 0.1983, 0.1984, 0.1888, 0.1971, 0,  //
                                        0.1935, 0.1663, 0.1666, 0.1542, 0.1666, 0.1529};

TEST(LowerTriangle, HasOnesUpToTheDiagonal) {
  const Tensor mask = LowerTriangle(3);
  EXPECT_EQ(mask.shape(), Shape({3, 3}));
  EXPECT_EQ(DifferenceFromPublished(mask, {1, 0, 0, 1, 1, 0, 1, 1, 1}), "");
}

TEST(MaskAndRenormalize, GivesThePublishedWeights) {
  ManualSeed(789);
  const SelfAttentionV2 attention(3, 2);
  const Tensor weights = attention.AttentionWeights(ExampleInputs());
  EXPECT_EQ(DifferenceFromPublished(MaskAndRenormalize(weights), kPublished), "");
}

TEST(MaskedSoftmax, GivesThePublishedWeights) {
  ManualSeed(789);
  const SelfAttentionV2 attention(3, 2);
  const Tensor scores = attention.AttentionScores(ExampleInputs()) / std::sqrt(2.0f);
  EXPECT_EQ(DifferenceFromPublished(MaskedSoftmax(scores), kPublished), "");
}

// Row 1: e^1 : e^1 = 1 : 1 whatever the future holds, even if nothing there is a number.
TEST(MaskedSoftmax, DoesNotLookAtTheFuture) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor weights = MaskedSoftmax(Tensor::FromValues({3, 3}, {7, nan, 1e30f,  //
                                                                   1, 1, nan,      //
                                                                   2, 2, 2}));
  EXPECT_EQ(DifferenceFromPublished(weights, {1, 0, 0, 0.5, 0.5, 0, 0.3333, 0.3333, 0.3333}), "");
}

TEST(CausalMask, BothWaysHaveTheRightGradients) {
  const auto renormalized = [](const std::vector<Tensor>& in) { return MaskAndRenormalize(in[0]); };
  Tensor positive = Tensor::FromValues({3, 3}, {1, 2, 3, 0.5, 1, 2, 2, 1.5, 1});
  EXPECT_TRUE(GradientsAreRight(renormalized, {positive}));
  const auto masked = [](const std::vector<Tensor>& in) { return MaskedSoftmax(in[0]); };
  EXPECT_TRUE(GradientsAreRight(masked, {RandomTensor({2, 5, 5}, 3)}));
}

}  // namespace
}  // namespace gokart
