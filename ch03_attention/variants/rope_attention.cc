#include "ch03_attention/variants/rope_attention.h"

#include <stdexcept>
#include <string>

#include "tensor/ops/rope.h"

namespace gokart {

RopeAttention::RopeAttention(const AttentionConfig& c)
    : ProjectedAttention("RopeAttention", c, c.num_heads) {
  if (c.d_out / c.num_heads % 2 == 0) return;
  throw std::invalid_argument("RopeAttention: heads of " + std::to_string(c.d_out / c.num_heads) +
                              " channels cannot be cut into pairs");
}

ProjectedAttention::Projected RopeAttention::Project(
    const Tensor& x, const std::vector<int64_t>& first_position) const {
  // [exercise 3.26] Positions as turns
  // Task: Give queries, keys and values of x, with what tells a token's position turned into them,
  //       such that q_i . k_j depends on i - j alone.
  // Hint: The base class projects. Values are what is found, not where: they stay.
  // Hint: ops::Rope turns each head by its position, and must know how many heads there are, and
  //       where each sequence begins (with a cache it goes on where it stopped).
  // Test: //ch03_attention/variants:positions_test RotaryPositions.*
  // Read: ch03_attention/variants/rope_attention.h

  const ops::RopeOptions options = {.num_heads = config.num_heads,
                                    .first_position = first_position};
  Projected p = ProjectedAttention::Project(x, first_position);
  return {ops::Rope(p.q, options), ops::Rope(p.k, options), p.v};
  // [end of exercise 3.26]
}

}  // namespace gokart
