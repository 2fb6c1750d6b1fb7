// How the kernels on [rows, C] buffers are spread over threads: by ranges of rows, and, where rows
// are added up, by blocks of rows that depend on the shape alone and are added in order.
//
//   ColumnSums sums(rows, C);
//   sums.ForEachBlock([&](int64_t begin, int64_t end, float* sum) {  // sum: [C], zeros
//     for (int64_t r = begin; r < end; ++r)
//       for (int64_t j = 0; j < C; ++j) sum[j] += x[r * C + j];
//   });
//   sums.Store(/*first=*/0, C, dbias, /*accumulate=*/false);
#ifndef GOKART_TENSOR_KERNELS_ROW_BLOCKS_H_
#define GOKART_TENSOR_KERNELS_ROW_BLOCKS_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tensor/kernels/parallel.h"

namespace gokart::kernels {

/// Entries that make it worth while to wake up another thread.
inline constexpr int64_t kEntriesPerRange = 32768;

/// The grain of a ParallelFor over rows of `c` entries.
inline int64_t RowsPerRange(int64_t c) {
  return std::max<int64_t>(1, kEntriesPerRange / std::max<int64_t>(1, c));
}

/// The sum of body(begin, end) over fixed blocks of [0, n), added in order.
template <typename Body>
double SumBlocks(int64_t n, const Body& body) {
  const int64_t blocks = (n + kEntriesPerRange - 1) / kEntriesPerRange;
  static thread_local std::vector<double> scratch;
  scratch.resize(blocks);
  double* partial = scratch.data();
  ParallelFor(n, kEntriesPerRange, [&body, partial](int64_t begin, int64_t end) {
    partial[begin / kEntriesPerRange] = body(begin, end);
  });
  double sum = 0;
  for (int64_t block = 0; block < blocks; ++block) sum += partial[block];
  return sum;
}

/// Sums over all rows, `width` of them at once, made of partial sums of 16 to 256 rows (about 32 of
/// them for the rows of a training step) that are added in double.
class ColumnSums {
 public:
  ColumnSums(int64_t rows, int64_t width)
      : rows_(rows),
        width_(width),
        rows_per_block_(std::clamp<int64_t>((rows + 31) / 32, 16, 256)),
        blocks_((rows + rows_per_block_ - 1) / rows_per_block_),
        partial_(Scratch(blocks_ * width)) {}

  /// body(begin, end, sum) adds rows [begin, end) to sum[width], from several threads.
  template <typename Body>
  void ForEachBlock(const Body& body) {
    const int64_t grain = rows_ * width_ < kEntriesPerRange ? blocks_ : 1;
    ParallelFor(blocks_, std::max<int64_t>(1, grain), [&](int64_t first, int64_t last) {
      for (int64_t block = first; block < last; ++block) {
        float* sum = partial_ + block * width_;
        std::fill(sum, sum + width_, 0.0f);
        const int64_t begin = block * rows_per_block_;
        body(begin, std::min(rows_, begin + rows_per_block_), sum);
      }
    });
  }

  /// out[count] = sums [first, first + count), or added to out.
  void Store(int64_t first, int64_t count, float* out, bool accumulate) const {
    constexpr int64_t kStrip = 256;
    ParallelFor(count, kEntriesPerRange / 8, [=, this](int64_t range_begin, int64_t range_end) {
      for (int64_t begin = range_begin; begin < range_end; begin += kStrip) {
        const int64_t size = std::min(kStrip, range_end - begin);
        double sum[kStrip] = {};
        for (int64_t block = 0; block < blocks_; ++block) {
          const float* partial = partial_ + block * width_ + first + begin;
#pragma omp simd
          for (int64_t j = 0; j < size; ++j) sum[j] += partial[j];
        }
        for (int64_t j = 0; j < size; ++j) {
          out[begin + j] = static_cast<float>(accumulate ? out[begin + j] + sum[j] : sum[j]);
        }
      }
    });
  }

 private:
  /// Kept from call to call, so that a training step takes no fresh memory pages.
  static float* Scratch(int64_t size) {
    static thread_local std::vector<float> scratch;
    if (static_cast<int64_t>(scratch.size()) < size) scratch.resize(size);
    return scratch.data();
  }

  int64_t rows_, width_, rows_per_block_, blocks_;
  float* partial_;
};

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_ROW_BLOCKS_H_
