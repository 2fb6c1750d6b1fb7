// One matrix product on the calling thread: what the threads of MatMul do with their tiles, and
// what attention does with its own. The one place that calls oneDNN.
#ifndef GOKART_TENSOR_KERNELS_SERIAL_MATMUL_H_
#define GOKART_TENSOR_KERNELS_SERIAL_MATMUL_H_

#include "tensor/kernels/matmul_shape.h"

namespace gokart::kernels {

/// `shape` with its strides written out where they are 0.
MatMulShape WithStrides(MatMulShape shape);

/// Whether rows at this distance compete for the same few lines of the L1 cache (multiples of 4096
/// bytes).
constexpr bool Collide(int64_t stride) { return stride % 1024 == 0; }

/// A distance between rows of n floats for which they do not.
constexpr int64_t CalmStride(int64_t n) {
  const int64_t stride = (n + 31) / 16 * 16;
  return stride % 256 == 0 ? stride + 16 : stride;
}

/// C = factor op(A) op(B), or C += factor op(A) op(B), by one single-threaded call of oneDNN. m, n
/// and k must be positive and all strides given.
void Sgemm(const MatMulShape& shape, float factor, const float* a, const float* b, float* c);

/// Whether SerialMatMul brings an operand into another form first, because oneDNN 2.6 is slow to
/// read it. It copies operands into the order of its kernels itself; but where it has to transpose
/// B for that, it takes 0.25 ns a number, and 1.4 ns where the rows of B collide, against 0.09 ns
/// for a transposition in registers. A plain copy helps against colliding rows of an untransposed B
/// and of a transposed A: 0.87 of full speed become 0.96. An untransposed A is read well in any
/// case.
/// With few rows, or columns, oneDNN copies nothing either.
inline bool RearrangesA(const MatMulShape& s) {
  return s.transpose_a && Collide(s.a_stride) && s.n >= 64;
}
inline bool RearrangesB(const MatMulShape& s) {
  return s.transpose_b || (Collide(s.b_stride) && s.m >= 64);
}

/// C = op(A) op(B), or C += op(A) op(B), on this thread alone. All strides must be given. With k =
/// 0 the product is zero.
void SerialMatMul(const MatMulShape& shape, const float* a, const float* b, float* c);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_SERIAL_MATMUL_H_
