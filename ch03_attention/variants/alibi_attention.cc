#include "ch03_attention/variants/alibi_attention.h"

#include <cmath>

namespace gokart {

std::vector<float> AlibiSlopes(int64_t num_heads) {
  // [exercise 3.25] A slope for each head
  // Task: Give the slopes of H = num_heads heads. If H is a power of two, head h (from 0) has 2^(-8
  //       (h + 1) / H). If not, the heads begin with the slopes of the next smaller power of two,
  //       P; the rest are the first, third, fifth ... of the slopes for 2 P heads.
  // Hint: For 12 heads: the 8 slopes of 8 heads, then numbers 0, 2, 4 and 6 of those of 16 heads.
  // Hint: Find P by doubling. The exponents are fractions: compute them in double.
  // Test: //ch03_attention/variants:positions_test AlibiSlopes.*
  // Read: ch03_attention/variants/alibi_attention.h

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
  // [end of exercise 3.25]
}

AlibiAttention::AlibiAttention(const AttentionConfig& c)
    : ProjectedAttention("AlibiAttention", c, c.num_heads) {}

ops::AttentionOptions AlibiAttention::Options(int64_t) const {
  return {.slopes = AlibiSlopes(config.num_heads)};
}

}  // namespace gokart
