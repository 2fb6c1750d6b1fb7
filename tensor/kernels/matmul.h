// Matrix products on raw buffers: the engine's one door to oneDNN.
//
//   // y[M, N] = x[M, K] w[N, K]^T, the forward pass of a linear layer
//   MatMul({.m = M, .n = N, .k = K, .transpose_b = true}, x, w, y);
//
// A product is cut into fixed tiles of the output, each computed by one single-threaded call, and
// the tiles are spread over the threads: the result has the same bits whatever the number of
// threads.
#ifndef GOKART_TENSOR_KERNELS_MATMUL_H_
#define GOKART_TENSOR_KERNELS_MATMUL_H_

#include <cstdint>
#include <functional>

#include "tensor/kernels/matmul_shape.h"

namespace gokart::kernels {

/// A finished part of the output: rows [row_begin, row_end), columns [col_begin, col_end).
struct MatMulTile {
  int64_t row_begin, row_end, col_begin, col_end;
};

/// Called once for each tile of C as soon as it is complete and still in the cache, from the thread
/// that computed it; tiles do not overlap and cover C. Adds biases, activations and residuals for
/// free.
using MatMulEpilogue = std::function<void(const MatMulTile&)>;

/// C = op(A) op(B), or C += op(A) op(B). With k = 0 the product is zero.
void MatMul(const MatMulShape& shape, const float* a, const float* b, float* c,
            const MatMulEpilogue& epilogue = nullptr);

/// `batch` independent products of the same shape; the matrices of one batch entry start `a_step`,
/// `b_step` and `c_step` floats after those of the one before (0 shares a matrix between entries of
/// A or B).
void BatchedMatMul(int64_t batch, const MatMulShape& shape, const float* a, int64_t a_step,
                   const float* b, int64_t b_step, float* c, int64_t c_step);

/// y[n] = W[n, k] x[k] (+ bias[n]): one row, as in decoding. Bound by the speed of memory, not by
/// arithmetic, so it reads W once, in order.
void MatVec(int64_t n, int64_t k, const float* w, const float* x, const float* bias, float* y);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_MATMUL_H_
