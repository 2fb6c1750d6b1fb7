#include "ch03_attention/multi_head_attention_wrapper.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "ch03_attention/example_sentence.h"
#include "ch03_attention/published_numbers.h"
#include "tensor/ops/layout.h"
#include "tensor/random.h"

namespace gokart {
namespace {

TEST(HeadsSideBySide, GiveThePublishedContextVectors) {
  ManualSeed(123);
  const MultiHeadAttentionWrapper attention(
      {.d_in = 3, .d_out = 2, .context_length = 6, .num_heads = 2});
  const Tensor context = attention.Forward(ExampleBatch());
  ASSERT_EQ(context.shape(), Shape({2, 6, 4}));
  for (int64_t b = 0; b < 2; ++b) {
    EXPECT_EQ(
        DifferenceFromPublished(ops::Select(context, 0, b), {-0.4519, 0.2216,  0.4772, 0.1063,  //
                                                             -0.5874, 0.0058,  0.5891, 0.3257,  //
                                                             -0.6300, -0.0632, 0.6202, 0.3860,  //
                                                             -0.5675, -0.0843, 0.5478, 0.3589,  //
                                                             -0.5526, -0.0981, 0.5321, 0.3428,  //
                                                             -0.5299, -0.1081, 0.5077, 0.3493}),
        "");
  }
}

TEST(MultiHeadAttentionWrapper, DrawsTheHeadsWeightsOneAfterTheOther) {
  ManualSeed(123);
  const MultiHeadAttentionWrapper attention(
      {.d_in = 3, .d_out = 2, .context_length = 6, .num_heads = 2});
  EXPECT_EQ(DifferenceFromPublished(attention.heads[1]->W_query.weight,
                                    {-0.1362, 0.1853, 0.4083, 0.1076, 0.1579, 0.5573}),
            "");
  EXPECT_EQ(DifferenceFromPublished(attention.heads[1]->W_value.weight,
                                    {0.4929, 0.2757, 0.2516, 0.2377, 0.4800, -0.0762}),
            "");
}

// The workshop's exercise 3.2: for two numbers per token from two heads, each head puts out one.
// The numbers were computed from the definition in double precision by another program, with a
// generator of its own.
TEST(HeadsSideBySide, GiveOneNumberEach) {
  ManualSeed(123);
  const MultiHeadAttentionWrapper attention(
      {.d_in = 3, .d_out = 1, .context_length = 6, .num_heads = 2});
  const Tensor context = attention.Forward(ExampleBatch());
  ASSERT_EQ(context.shape(), Shape({2, 6, 2}));
  for (int64_t b = 0; b < 2; ++b) {
    EXPECT_EQ(DifferenceFromPublished(ops::Select(context, 0, b),
                                      {-0.5740, 0.2216, -0.7320, 0.0155, -0.7774, -0.0546,  //
                                       -0.6979, -0.0817, -0.6538, -0.0957, -0.6424, -0.1065}),
              "");
  }
}

TEST(MultiHeadAttentionWrapper, NamesItsParametersAsPyTorchDoes) {
  const MultiHeadAttentionWrapper attention(
      {.d_in = 3, .d_out = 2, .context_length = 6, .num_heads = 2});
  const std::vector<NamedTensor> parameters = attention.NamedParameters();
  ASSERT_EQ(parameters.size(), 6);
  EXPECT_EQ(parameters[0].name, "heads.0.W_query.weight");
  EXPECT_EQ(parameters[5].name, "heads.1.W_value.weight");
}

TEST(MultiHeadAttentionWrapper, RefusesToBeEmpty) {
  EXPECT_THROW(
      MultiHeadAttentionWrapper({.d_in = 3, .d_out = 2, .context_length = 6, .num_heads = 0}),
      std::invalid_argument);
}

}  // namespace
}  // namespace gokart
