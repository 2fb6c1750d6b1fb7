#include "ch03_attention/simplified_self_attention.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "ch03_attention/example_sentence.h"
#include "ch03_attention/published_numbers.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/matmul.h"
#include "tensor/ops/softmax.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

// Scores of the second token, "journey" (section 3.3.1).
Tensor JourneyScores() {
  const Tensor x = ExampleInputs();
  return ops::MatMul(ops::Slice(x, 0, 1, 2), x, {.transpose_b = true});
}

TEST(DotProduct, OfTwoVectorsWorkedByHand) {
  EXPECT_EQ(DotProduct(std::vector<float>{1, 2, 3}, std::vector<float>{4, -5, 6}), 12);
  EXPECT_EQ(DotProduct({}, {}), 0);
}

TEST(DotProduct, OfTheFirstTwoTokensIsThePublishedOne) {
  const Tensor x = ExampleInputs();
  EXPECT_NEAR(DotProduct(x.values().subspan(0, 3), x.values().subspan(3, 3)), 0.9544, 0.5e-4);
}

TEST(DotProductErrors, DifferentLengthsThrow) {
  const std::vector<float> two = {1, 2}, three = {1, 2, 3};
  EXPECT_THROW(DotProduct(two, three), std::invalid_argument);
}

TEST(NormalizeBySum, GivesThePublishedWeights) {
  EXPECT_EQ(
      DifferenceFromPublished(JourneyScores(), {0.9544, 1.4950, 1.4754, 0.8434, 0.7070, 1.0865}),
      "");
  EXPECT_EQ(DifferenceFromPublished(NormalizeBySum(JourneyScores()),
                                    {0.1455, 0.2278, 0.2249, 0.1285, 0.1077, 0.1656}),
            "");
}

TEST(SoftmaxNaive, GivesThePublishedWeights) {
  EXPECT_EQ(DifferenceFromPublished(SoftmaxNaive(JourneyScores()),
                                    {0.1385, 0.2379, 0.2333, 0.1240, 0.1082, 0.1581}),
            "");
}

// e^0 : e^ln 2 : e^ln 5 = 1 : 2 : 5, in every row.
TEST(SoftmaxNaive, WorksRowByRow) {
  const float ln2 = std::log(2.0f), ln5 = std::log(5.0f);
  const Tensor y = SoftmaxNaive(Tensor::FromValues({2, 3}, {0, ln2, ln5, ln5, 0, ln2}));
  const std::vector<float> expected = {0.125, 0.25, 0.625, 0.625, 0.125, 0.25};
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(y.data()[i], expected[i], 1e-6) << i;
}

// The reason why nobody uses it.
TEST(SoftmaxNaive, OverflowsWhereTheEngineDoesNot) {
  const Tensor large = Tensor::FromValues({2}, {100, 100});
  EXPECT_TRUE(std::isnan(SoftmaxNaive(large).data()[0]));
  EXPECT_EQ(ops::Softmax(large).data()[0], 0.5f);
}

TEST(SimplifiedAttentionWeights, AreThePublishedOnes) {
  EXPECT_EQ(DifferenceFromPublished(SimplifiedAttentionWeights(ExampleInputs()),
                                    {0.2098, 0.2006, 0.1981, 0.1242, 0.1220, 0.1452,  //
                                     0.1385, 0.2379, 0.2333, 0.1240, 0.1082, 0.1581,  //
                                     0.1390, 0.2369, 0.2326, 0.1242, 0.1108, 0.1565,  //
                                     0.1435, 0.2074, 0.2046, 0.1462, 0.1263, 0.1720,  //
                                     0.1526, 0.1958, 0.1975, 0.1367, 0.1879, 0.1295,  //
                                     0.1385, 0.2184, 0.2128, 0.1420, 0.0988, 0.1896}),
            "");
}

TEST(SimplifiedSelfAttention, GivesThePublishedContextVectors) {
  EXPECT_EQ(
      DifferenceFromPublished(SimplifiedSelfAttention(ExampleInputs()), {0.4421, 0.5931, 0.5790,  //
                                                                         0.4419, 0.6515, 0.5683,  //
                                                                         0.4431, 0.6496, 0.5671,  //
                                                                         0.4304, 0.6298, 0.5510,  //
                                                                         0.4671, 0.5910, 0.5266,  //
                                                                         0.4177, 0.6503, 0.5645}),
      "");
}

// A token alone can only look at itself.
TEST(SimplifiedSelfAttention, LeavesASingleTokenAsItIs) {
  const Tensor x = Tensor::FromValues({1, 3}, {0.5, -2, 7});
  const Tensor y = SimplifiedSelfAttention(x);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(y.data()[i], x.data()[i]);
}

TEST(SimplifiedSelfAttention, HasTheRightGradients) {
  const auto attend = [](const std::vector<Tensor>& in) { return SimplifiedSelfAttention(in[0]); };
  EXPECT_TRUE(GradientsAreRight(attend, {RandomTensor({5, 3}, 1)}));
  const auto naive = [](const std::vector<Tensor>& in) { return SoftmaxNaive(in[0]); };
  EXPECT_TRUE(GradientsAreRight(naive, {RandomTensor({3, 7}, 2)}));
  const auto by_sum = [](const std::vector<Tensor>& in) { return NormalizeBySum(in[0]); };
  Tensor positive = Tensor::FromValues({2, 3}, {1, 2, 3, 0.5, 1, 2});
  EXPECT_TRUE(GradientsAreRight(by_sum, {positive}));
}

}  // namespace
}  // namespace gokart
