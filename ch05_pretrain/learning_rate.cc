#include "ch05_pretrain/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gokart {

double LearningRateSchedule::At(int64_t step) const {
  // [exercise 5.9] Warmup and cosine decay
  // Task: Give the learning rate of a step: in the warmup on a straight line from `initial` to
  //       `peak`; after it half a cosine from `peak` down to `minimum` at total_steps, and
  //       `minimum` from there on. Where minimum is the peak, or nothing comes after the warmup, it
  //       stays.
  // Hint: With p, the part of the steps after the warmup that is done: minimum + (peak - minimum)
  //       (1 + cos(pi p)) / 2.
  // Hint: Whole numbers divide by rounding down: convert to double first. p is never above 1.
  // Test: //ch05_pretrain:learning_rate_test LearningRate.*
  // Read: ch05_pretrain/README.md, "The training loop"

  if (step < warmup_steps) {
    return initial +
           static_cast<double>(step) * (peak - initial) / static_cast<double>(warmup_steps);
  }
  if (minimum == peak || total_steps <= warmup_steps) return peak;
  const double progress = std::min(1.0, static_cast<double>(step - warmup_steps) /
                                            static_cast<double>(total_steps - warmup_steps));
  return minimum + (peak - minimum) * 0.5 * (1 + std::cos(std::numbers::pi * progress));
  // [end of exercise 5.9]
}

}  // namespace gokart
