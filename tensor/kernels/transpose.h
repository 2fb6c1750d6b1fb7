// Transposition of a matrix into a buffer of its own, in blocks of 8 x 8 that stay in registers.
#ifndef GOKART_TENSOR_KERNELS_TRANSPOSE_H_
#define GOKART_TENSOR_KERNELS_TRANSPOSE_H_

#include <cstdint>
#include <cstring>

namespace gokart::kernels {

/// The block out[8, 8] = in[8, 8]^T. Three perfect shuffles, each of which deals the rows of the
/// upper and lower half of the block out in turns, are a transposition.
inline void Transpose8x8(const float* in, int64_t in_stride, float* out, int64_t out_stride) {
  typedef float Row __attribute__((vector_size(32)));
  typedef int32_t Order __attribute__((vector_size(32)));
  constexpr Order kLow = {0, 8, 1, 9, 2, 10, 3, 11}, kHigh = {4, 12, 5, 13, 6, 14, 7, 15};
  Row row[8], shuffled[8];
  for (int i = 0; i < 8; ++i) std::memcpy(&row[i], in + i * in_stride, sizeof(Row));
  for (int step = 0; step < 3; ++step) {
    for (int i = 0; i < 4; ++i) {
      shuffled[2 * i] = __builtin_shuffle(row[i], row[i + 4], kLow);
      shuffled[2 * i + 1] = __builtin_shuffle(row[i], row[i + 4], kHigh);
    }
    for (int i = 0; i < 8; ++i) row[i] = shuffled[i];
  }
  for (int i = 0; i < 8; ++i) std::memcpy(out + i * out_stride, &row[i], sizeof(Row));
}

/// out[cols, rows] = in[rows, cols]^T, with `stride` floats from one row to the next.
inline void Transpose(int64_t rows, int64_t cols, const float* in, int64_t in_stride, float* out,
                      int64_t out_stride) {
  // Two by two blocks at a time: whole cache lines on both sides.
  constexpr int64_t kBlock = 16;
  const int64_t full_rows = rows / kBlock * kBlock, full_cols = cols / kBlock * kBlock;
  for (int64_t i = 0; i < full_rows; i += kBlock) {
    for (int64_t j = 0; j < full_cols; j += kBlock) {
      for (int64_t di = 0; di < kBlock; di += 8) {
        for (int64_t dj = 0; dj < kBlock; dj += 8) {
          Transpose8x8(in + (i + di) * in_stride + j + dj, in_stride,
                       out + (j + dj) * out_stride + i + di, out_stride);
        }
      }
    }
  }
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = i < full_rows ? full_cols : 0; j < cols; ++j) {
      out[j * out_stride + i] = in[i * in_stride + j];
    }
  }
}

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_TRANSPOSE_H_
