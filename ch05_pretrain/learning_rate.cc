#include "ch05_pretrain/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gokart {

double LearningRateSchedule::At(int64_t step) const {
  if (step < warmup_steps) {
    return initial +
           static_cast<double>(step) * (peak - initial) / static_cast<double>(warmup_steps);
  }
  if (minimum == peak || total_steps <= warmup_steps) return peak;
  const double progress = std::min(1.0, static_cast<double>(step - warmup_steps) /
                                            static_cast<double>(total_steps - warmup_steps));
  return minimum + (peak - minimum) * 0.5 * (1 + std::cos(std::numbers::pi * progress));
}

}  // namespace gokart
