// Dot products of each row of a large matrix with a few vectors: decoding, where the speed of
// memory is the limit and the matrix must be read exactly once, in order.
#ifndef GOKART_TENSOR_KERNELS_DOT_PRODUCTS_H_
#define GOKART_TENSOR_KERNELS_DOT_PRODUCTS_H_

#include <cstdint>

namespace gokart::kernels {

/// With more vectors than this a general matrix product is faster.
inline constexpr int64_t kMaxDotVectors = 8;

struct DotProductsShape {
  int64_t rows, vectors, k;    ///< vectors <= kMaxDotVectors
  int64_t w_stride, x_stride;  ///< floats between rows of w[rows, k], and between vectors
  int64_t y_row_step,
      y_vector_step;  ///< where in y the next row's, and the next vector's result is
  bool accumulate;    ///< add to y instead of overwriting it
};

/// y[row, vector] = w[row, :] . x[vector, :] (+ bias[row] unless bias is null), on the calling
/// thread. Each result has the same bits whatever the number of rows and vectors beside it.
void DotProducts(const DotProductsShape& shape, const float* w, const float* x, const float* bias,
                 float* y);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_DOT_PRODUCTS_H_
