// The 124M model under seed 123: sizes, logits and text as the workshop prints them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "ch03_attention/published_numbers.h"
#include "ch04_model/dummy_gpt_model.h"
#include "ch04_model/generate.h"
#include "ch04_model/gpt_model.h"
#include "tensor/ops/layout.h"
#include "tensor/random.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;

// "Every effort moves you" and "Every day holds a".
TokenIds Batch() { return {{6109, 3626, 6100, 345}, {6109, 1110, 6622, 257}}; }

// Columns [begin, end) of the logits of one token.
Tensor Part(const Tensor& logits, int64_t b, int64_t t, int64_t begin, int64_t end) {
  const Tensor row = ops::Select(ops::Select(logits, 0, b), 0, t);  // [V]
  return ops::Slice(row, 0, begin, end);
}

// Section 4.1, with dropout active, as it is printed.
TEST(Gpt2Small, DummyModel) {
  ManualSeed(123);
  const DummyGPTModel model({});
  const NoGrad no_grad;
  const Tensor logits = model.Forward(Batch());
  ASSERT_EQ(logits.shape(), (Shape{2, 4, 50257}));
  EXPECT_EQ(DifferenceFromPublished(Part(logits, 0, 0, 0, 3), {-1.2034, 0.3201, -0.7130}), "");
  EXPECT_EQ(DifferenceFromPublished(Part(logits, 0, 0, 50254, 50257), {-1.5548, -0.2390, -0.4667}),
            "");
}

// Sections 4.6 and 4.7, with one and the same model, as in the workshop.
TEST(Gpt2Small, ModelAndText) {
  ManualSeed(123);
  GPTModel model({});

  EXPECT_EQ(model.NumParameters(), 163009536);
  EXPECT_EQ(model.NumParameters() - model.out_head->NumParameters(), 124412160);
  EXPECT_EQ(model.tok_emb.weight.shape(), (Shape{50257, 768}));
  EXPECT_EQ(model.out_head->weight.shape(), (Shape{50257, 768}));

  const NoGrad no_grad;
  const Tensor logits = model.Forward(Batch());  // with dropout
  ASSERT_EQ(logits.shape(), (Shape{2, 4, 50257}));
  EXPECT_EQ(DifferenceFromPublished(Part(logits, 0, 0, 0, 3), {0.3613, 0.4222, -0.0711}), "");
  EXPECT_EQ(DifferenceFromPublished(Part(logits, 0, 0, 50254, 50257), {0.3483, 0.4661, -0.2838}),
            "");
  EXPECT_EQ(DifferenceFromPublished(Part(logits, 1, 3, 0, 3), {-0.1565, 0.3926, 0.3288}), "");
  EXPECT_EQ(DifferenceFromPublished(Part(logits, 1, 3, 50254, 50257), {1.2630, -0.1858, 0.0388}),
            "");

  const TokenIds hello = {{15496, 11, 314, 716}};  // "Hello, I am"
  const TokenIds text = GenerateTextSimple(model, hello, 10, 1024);
  EXPECT_THAT(std::vector<int32_t>(text.begin(), text.end()),
              ElementsAre(15496, 11, 314, 716, 27018, 24086, 47843, 30961, 42348, 7267, 49706,
                          43231, 47062, 34657));
}

}  // namespace
}  // namespace gokart
