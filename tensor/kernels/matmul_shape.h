// What a matrix product multiplies: sizes, layouts, distances.
#ifndef GOKART_TENSOR_KERNELS_MATMUL_SHAPE_H_
#define GOKART_TENSOR_KERNELS_MATMUL_SHAPE_H_

#include <cstdint>

namespace gokart::kernels {

/// What to multiply: C[m, n] = op(A)[m, k] op(B)[k, n]. All matrices are row-major.
struct MatMulShape {
  int64_t m, n, k;
  bool transpose_a = false;  ///< A is stored [k, m]
  bool transpose_b = false;  ///< B is stored [n, k]
  bool accumulate = false;   ///< add to C instead of overwriting it
  /// Floats from one stored row to the next; 0 means that rows follow each other without a gap.
  int64_t a_stride = 0, b_stride = 0, c_stride = 0;
};

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_MATMUL_SHAPE_H_
