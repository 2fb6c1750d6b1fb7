#include "tensor/kernels/matmul.h"

#include <dnnl.h>
#include <omp.h>

#include <stdexcept>
#include <string>

#include "tensor/kernels/parallel.h"

namespace gokart::kernels {
namespace {

// Inside a region of several threads oneDNN does not start its own; outside it has to be told.
class SingleThreaded {
 public:
  SingleThreaded() : threads_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~SingleThreaded() { omp_set_num_threads(threads_); }
  SingleThreaded(const SingleThreaded&) = delete;

 private:
  int threads_;
};

MatMulShape WithStrides(MatMulShape s) {
  if (s.a_stride == 0) s.a_stride = s.transpose_a ? s.m : s.k;
  if (s.b_stride == 0) s.b_stride = s.transpose_b ? s.k : s.n;
  if (s.c_stride == 0) s.c_stride = s.n;
  return s;
}

void ComputeTile(const MatMulShape& s, const float* a, const float* b, float* c,
                 const MatMulTile& t) {
  const SingleThreaded single_threaded;
  const dnnl_status_t status = dnnl_sgemm(
      s.transpose_a ? 'T' : 'N', s.transpose_b ? 'T' : 'N', t.row_end - t.row_begin,
      t.col_end - t.col_begin, s.k, 1.0f, a + t.row_begin * (s.transpose_a ? 1 : s.a_stride),
      s.a_stride, b + t.col_begin * (s.transpose_b ? s.b_stride : 1), s.b_stride,
      s.accumulate ? 1.0f : 0.0f, c + t.row_begin * s.c_stride + t.col_begin, s.c_stride);
  if (status != dnnl_success) {
    throw std::invalid_argument("MatMul: oneDNN refuses the product, status " +
                                std::to_string(status));
  }
}

}  // namespace

void MatMul(const MatMulShape& shape, const float* a, const float* b, float* c,
            const MatMulEpilogue& epilogue) {
  const MatMulShape s = WithStrides(shape);
  constexpr int64_t kRows = 256, kCols = 384;
  const int64_t down = (s.m + kRows - 1) / kRows, across = (s.n + kCols - 1) / kCols;
  ParallelFor(down * across, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t row = i % down * kRows, col = i / down * kCols;
      const MatMulTile tile = {row, std::min(s.m, row + kRows), col, std::min(s.n, col + kCols)};
      if (s.k > 0) {
        ComputeTile(s, a, b, c, tile);
      } else if (!s.accumulate) {
        for (int64_t r = tile.row_begin; r < tile.row_end; ++r) {
          std::fill(c + r * s.c_stride + tile.col_begin, c + r * s.c_stride + tile.col_end, 0.0f);
        }
      }
      if (epilogue) epilogue(tile);
    }
  });
}

void BatchedMatMul(int64_t batch, const MatMulShape& shape, const float* a, int64_t a_step,
                   const float* b, int64_t b_step, float* c, int64_t c_step) {
  ParallelFor(batch, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      MatMul(shape, a + i * a_step, b + i * b_step, c + i * c_step);
  });
}

void MatVec(int64_t n, int64_t k, const float* w, const float* x, const float* bias, float* y) {
  ParallelFor(n, 64, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const float* w_row = w + row * k;
      float sum = 0;
#pragma omp simd reduction(+ : sum)
      for (int64_t i = 0; i < k; ++i) sum += w_row[i] * x[i];
      y[row] = sum + (bias != nullptr ? bias[row] : 0.0f);
    }
  });
}

}  // namespace gokart::kernels
