#include "tensor/kernels/serial_matmul.h"

#include <dnnl.h>
#include <omp.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "tensor/kernels/scratch.h"
#include "tensor/kernels/transpose.h"

namespace gokart::kernels {
namespace {

// Keeps oneDNN from starting threads. It starts none in a region that has several threads anyway,
// but a product may also come from outside of one.
class SingleThreaded {
 public:
  SingleThreaded() : threads_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~SingleThreaded() { omp_set_num_threads(threads_); }
  SingleThreaded(const SingleThreaded&) = delete;
  SingleThreaded& operator=(const SingleThreaded&) = delete;

 private:
  int threads_;
};

// The part of K for which operands are rearranged at a time, so that they stay in the L2 cache.
constexpr int64_t kDepth = 384;

void Copy(int64_t rows, int64_t cols, const float* in, int64_t in_stride, float* out,
          int64_t out_stride) {
  for (int64_t i = 0; i < rows; ++i) {
    std::copy(in + i * in_stride, in + i * in_stride + cols, out + i * out_stride);
  }
}

void Zero(const MatMulShape& s, float* c) {
  for (int64_t i = 0; i < s.m; ++i) std::fill(c + i * s.c_stride, c + i * s.c_stride + s.n, 0.0f);
}

// `a` [k, m], transposed, with calm strides. Both functions change the shape to what they return.
const float* RearrangeA(MatMulShape& s, const float* a) {
  static thread_local Scratch scratch;
  const int64_t stride = CalmStride(s.m);
  float* copy = scratch.Get(s.k * stride);
  Copy(s.k, s.m, a, s.a_stride, copy, stride);
  s.a_stride = stride;
  return copy;
}

// `b` as [k, n] with calm strides.
const float* RearrangeB(MatMulShape& s, const float* b) {
  static thread_local Scratch scratch;
  const int64_t stride = CalmStride(s.n);
  float* copy = scratch.Get(s.k * stride);
  if (s.transpose_b) {
    Transpose(s.n, s.k, b, s.b_stride, copy, stride);
  } else {
    Copy(s.k, s.n, b, s.b_stride, copy, stride);
  }
  s.transpose_b = false;
  s.b_stride = stride;
  return copy;
}

}  // namespace

MatMulShape WithStrides(MatMulShape s) {
  if (s.a_stride == 0) s.a_stride = s.transpose_a ? s.m : s.k;
  if (s.b_stride == 0) s.b_stride = s.transpose_b ? s.k : s.n;
  if (s.c_stride == 0) s.c_stride = s.n;
  return s;
}

void Sgemm(const MatMulShape& s, float factor, const float* a, const float* b, float* c) {
  const SingleThreaded single_threaded;
  const dnnl_status_t status =
      dnnl_sgemm(s.transpose_a ? 'T' : 'N', s.transpose_b ? 'T' : 'N', s.m, s.n, s.k, factor, a,
                 s.a_stride, b, s.b_stride, s.accumulate ? 1.0f : 0.0f, c, s.c_stride);
  if (status != dnnl_success) {
    throw std::invalid_argument("MatMul: oneDNN refuses the product, status " +
                                std::to_string(status));
  }
}

void SerialMatMul(const MatMulShape& shape, const float* a, const float* b, float* c) {
  if (shape.k == 0) {
    if (!shape.accumulate) Zero(shape, c);
    return;
  }
  const bool rearrange_a = RearrangesA(shape), rearrange_b = RearrangesB(shape);
  if (!rearrange_a && !rearrange_b) return Sgemm(shape, 1, a, b, c);
  for (int64_t begin = 0; begin < shape.k; begin += kDepth) {
    MatMulShape s = shape;
    s.k = std::min(kDepth, shape.k - begin);
    s.accumulate = shape.accumulate || begin > 0;
    const float* a_part = a + begin * (s.transpose_a ? s.a_stride : 1);
    const float* b_part = b + begin * (s.transpose_b ? 1 : s.b_stride);
    if (rearrange_a) a_part = RearrangeA(s, a_part);
    if (rearrange_b) b_part = RearrangeB(s, b_part);
    Sgemm(s, 1, a_part, b_part, c);
  }
}

}  // namespace gokart::kernels
