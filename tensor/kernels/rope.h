// Rotary position embedding (Su et al. 2021, arXiv 2104.09864): position as an angle. Pair i of a
// head's numbers is turned by position * base^(-2 i / D), so that the dot product of a query and a
// key depends on how far apart they are and not on where.
//
// Pairs are (x[i], x[i + D/2]), the two halves of a head, as in Llama's and the workshop's code;
// the paper's own (x[2i], x[2i + 1]) is the same up to the order of the rows of W_query and W_key.
#ifndef GOKART_TENSOR_KERNELS_ROPE_H_
#define GOKART_TENSOR_KERNELS_ROPE_H_

#include <cstdint>

namespace gokart::kernels {

struct RopeShape {
  int64_t batch, tokens, heads, head_dim;  ///< B, T, H, D; D is even
  double base;                             ///< 10000 in the paper
  /// [B]: the position of each sequence's first token; null: 0.
  const int64_t* first_position = nullptr;
  /// [D / 2]: the angle of each pair per position, instead of base^(-2 i / D); null: that.
  const double* frequencies = nullptr;
};

/// Which way to turn: the gradient of a rotation is the rotation back.
enum class RopeTurn { kForward, kBack };

/// y[B, T, H * D] = x turned by each token's position, or added to it. `y` may be `x`.
void Rope(const RopeShape& shape, RopeTurn turn, const float* x, float* y, bool accumulate);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_ROPE_H_
