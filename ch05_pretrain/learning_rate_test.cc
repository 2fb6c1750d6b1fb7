#include "ch05_pretrain/learning_rate.h"

#include <gtest/gtest.h>

namespace gokart {
namespace {

// Appendix D: 15 epochs of 9 batches, a fifth of them warmup.
constexpr LearningRateSchedule kWorkshop = {
    .peak = 0.01, .initial = 1e-4, .minimum = 1e-5, .warmup_steps = 27, .total_steps = 135};

TEST(LearningRate, RisesLinearlyDuringWarmup) {
  EXPECT_DOUBLE_EQ(kWorkshop.At(0), 1e-4);
  EXPECT_NEAR(kWorkshop.At(9), 1e-4 + (0.01 - 1e-4) / 3, 1e-15);
  EXPECT_DOUBLE_EQ(kWorkshop.At(27), 0.01);
}

TEST(LearningRate, FallsAlongHalfACosine) {
  EXPECT_NEAR(kWorkshop.At(27 + 54), (0.01 + 1e-5) / 2, 1e-12);  // half-way
  EXPECT_NEAR(kWorkshop.At(27 + 27), 1e-5 + (0.01 - 1e-5) * 0.8535533905932737, 1e-12);
  EXPECT_NEAR(kWorkshop.At(135), 1e-5, 1e-15);
  EXPECT_NEAR(kWorkshop.At(1000), 1e-5, 1e-15);
}

TEST(LearningRate, ConstantStaysAndWarmupAloneEndsAtThePeak) {
  EXPECT_EQ(LearningRateSchedule::Constant(4e-4).At(0), 4e-4);
  EXPECT_EQ(LearningRateSchedule::Constant(4e-4).At(12345), 4e-4);
  const LearningRateSchedule warmup = {
      .peak = 1, .initial = 0, .minimum = 1, .warmup_steps = 4, .total_steps = 10};
  EXPECT_EQ(warmup.At(2), 0.5);
  EXPECT_EQ(warmup.At(9), 1);
}

}  // namespace
}  // namespace gokart
