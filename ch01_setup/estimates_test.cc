#include "ch01_setup/estimates.h"

#include "gtest/gtest.h"

namespace gokart {
namespace {

TEST(NumParametersTest, PublishedCounts) {
  EXPECT_EQ(NumParameters(kGpt2Small, true), 124439808);
  EXPECT_EQ(NumParameters(kGpt2Xl, true), 1557611200);
  // The workshop's untied count is 163,009,536 without the query, key and value biases (12 x 3 x
  // 768 numbers).
  EXPECT_EQ(NumParameters(kGpt2Small, false), 163009536 + 12 * 3 * 768);
}

TEST(TrainingFlopsTest, ByHand) {
  // V 10, C 2, L 3, T 5: linear 2 * (12*4*3 + 20) = 328, attention 2*2*2*3*3 = 72, three times
  // both.
  EXPECT_DOUBLE_EQ(TrainingFlopsPerToken({10, 2, 3, 8}, 5), 1200);
}

// At 340 GFLOP/s the arithmetic of GPT-2 small allows about 450 tokens per second (256 in a
// sequence).
TEST(TrainingFlopsTest, KnownLimit) {
  EXPECT_NEAR(340e9 / TrainingFlopsPerToken(kGpt2Small, 256), 450, 1);
}

TEST(TrainingStepTest, ArithmeticAndMemory) {
  const GptSize size = {10, 2, 3, 8};
  // 4 x 5 tokens at 1200 operations each and 80% of 1e-9 GFLOP/s is 30,000 s; its parameters are
  // counted below.
  const double parameters = 10 * 2 + 8 * 2 + 3 * (24 + 42 + 8) + 4 + 20;
  EXPECT_EQ(NumParameters(size, false), parameters);
  EXPECT_NEAR(TrainingStepSeconds(size, 4, 5, {1e-9, 1e-9}), 30000 + 28 * parameters, 1e-6);
}

// Reading the weights of GPT-2 124M once takes 17.8 ms at 28 GB/s.
TEST(DecodeTest, KnownLimit) { EXPECT_NEAR(DecodeSeconds(kGpt2Small, 4, {1, 28}), 0.0178, 0.0001); }

}  // namespace
}  // namespace gokart
