// The learning rate over a training run: linear warmup, then half a cosine down (workshop appendix
// D.1, D.2).
//
//   LearningRateSchedule schedule{.peak = 0.01, .initial = 1e-4, .minimum = 1e-5,
//                                 .warmup_steps = 27, .total_steps = 135};
//   schedule.At(0) == 1e-4;  schedule.At(27) == 0.01;  schedule.At(135) == 1e-5
#ifndef GOKART_CH05_PRETRAIN_LEARNING_RATE_H_
#define GOKART_CH05_PRETRAIN_LEARNING_RATE_H_

#include <cstdint>

namespace gokart {

struct LearningRateSchedule {
  double peak = 4e-4;
  double initial = 4e-4;     ///< at step 0, if there is a warmup
  double minimum = 4e-4;     ///< at the end; equal to the peak: no decay
  int64_t warmup_steps = 0;  ///< steps from `initial` to `peak`
  int64_t total_steps = 0;

  /// A rate that never changes: the workshop's chapter 5.
  static LearningRateSchedule Constant(double rate) { return {rate, rate, rate, 0, 0}; }

  /// The rate of a step, counted from 0. Warmup: initial + step (peak - initial) / warmup_steps.
  /// Then, with p the part of the remaining steps that is done: minimum + (peak - minimum) (1 +
  /// cos(pi p)) / 2.
  double At(int64_t step) const;
};

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_LEARNING_RATE_H_
