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
  const ops::RopeOptions options = {.num_heads = config.num_heads,
                                    .first_position = first_position};
  Projected p = ProjectedAttention::Project(x, first_position);
  return {ops::Rope(p.q, options), ops::Rope(p.k, options), p.v};
}

}  // namespace gokart
