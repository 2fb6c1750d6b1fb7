#include "ch03_attention/variants/alibi_attention.h"

#include <cmath>

namespace gokart {

std::vector<float> AlibiSlopes(int64_t num_heads) {
  int64_t power = 1;
  while (2 * power <= num_heads) power *= 2;
  std::vector<float> slopes;
  for (int64_t h = 0; h < num_heads; ++h) {
    // Head h of `power`, or, beyond those, head 0, 2, 4, ... of 2 * power.
    const double exponent = h < power ? 8.0 * static_cast<double>(h + 1) / power
                                      : 4.0 * static_cast<double>(2 * (h - power) + 1) / power;
    slopes.push_back(static_cast<float>(std::exp2(-exponent)));
  }
  return slopes;
}

AlibiAttention::AlibiAttention(const AttentionConfig& c)
    : ProjectedAttention("AlibiAttention", c, c.num_heads) {}

ops::AttentionOptions AlibiAttention::Options(int64_t) const {
  return {.slopes = AlibiSlopes(config.num_heads)};
}

}  // namespace gokart
