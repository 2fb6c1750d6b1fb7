// What a QuantizedMatrix is for: rows as floats, and products.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/parallel_streams.h"
#include "tensor/kernels/scratch.h"
#include "tensor/kernels/serial_matmul.h"
#include "tensor/quantized/quantized_matrix.h"

namespace gokart {

using kernels::kPanelRows;
using kernels::PackedRows;

void QuantizedMatrix::Dequantize(int64_t begin, int64_t count, float* out) const {
  if (begin < 0 || count < 0 || begin + count > rows_) {
    throw std::invalid_argument("QuantizedMatrix::Dequantize: rows " + std::to_string(begin) +
                                " + " + std::to_string(count) + " of [" + std::to_string(rows_) +
                                ", " + std::to_string(cols_) + "]");
  }
  if (count == 0) return;
  const PackedRows w = packed();
  const int64_t first = begin / kPanelRows, last = (begin + count - 1) / kPanelRows;
  kernels::ParallelFor(last - first + 1, 8, [&](int64_t range_begin, int64_t range_end) {
    static thread_local kernels::Scratch scratch;
    float* const panel_values = scratch.Get(cols_ * kPanelRows);
    for (int64_t panel = first + range_begin; panel < first + range_end; ++panel) {
      kernels::UnpackPanels(w, panel, panel + 1, panel_values, kPanelRows);
      const int64_t row_begin = std::max(begin, panel * kPanelRows);
      const int64_t row_end = std::min(begin + count, (panel + 1) * kPanelRows);
      for (int64_t row = row_begin; row < row_end; ++row) {
        const float* const lane = panel_values + row % kPanelRows;
        for (int64_t c = 0; c < cols_; ++c) out[(row - begin) * cols_ + c] = lane[c * kPanelRows];
      }
    }
  });
}

namespace {

// How many panels to hand to a thread at a time: a 32nd of the matrix, so that threads end at about
// the same time, but enough to be read in one go.
int64_t PanelsPerRange(const PackedRows& w) {
  constexpr int64_t kLeastBytes = 32 << 10, kMostBytes = 256 << 10;
  const int64_t panel_bytes = std::max<int64_t>(1, w.blocks() * kernels::BlockBytes(w.code));
  const int64_t bytes = std::clamp(w.panels() * panel_bytes / 32, kLeastBytes, kMostBytes);
  return std::max<int64_t>(1, bytes / panel_bytes);
}

// Few rows of x, straight from the packed weights, eight of them at a time.
void MultiplyPacked(const PackedRows& w, int64_t m, const float* x, const float* bias, float* y,
                    const kernels::MatMulEpilogue& epilogue) {
  static thread_local kernels::Scratch scratch;
  const int64_t vector_bytes = kernels::PackedVectorBytes(w);
  char* const packed =
      reinterpret_cast<char*>(scratch.Get(m * vector_bytes / static_cast<int64_t>(sizeof(float))));
  kernels::ParallelFor(m, /*grain=*/16, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      kernels::PackVector(w, x + row * w.cols, packed + row * vector_bytes);
    }
  });
  kernels::ParallelStreams(w.panels(), PanelsPerRange(w), [&](int64_t begin, int64_t end) {
    for (int64_t row = 0; row < m; row += kernels::kMaxPackedVectors) {
      kernels::PackedDot(w, begin, end, std::min(kernels::kMaxPackedVectors, m - row),
                         packed + row * vector_bytes, bias, y + row * w.rows, w.rows);
    }
    if (epilogue) {
      epilogue({0, m, begin * kPanelRows, std::min(w.rows, end * kPanelRows)});
    }
  });
}

// Weights as floats, a slab at a time and transposed, [cols, slab's rows], as products like to read
// them. A slab stays in the cache between being made and being used.
template <typename Use>
void ForEachSlab(const PackedRows& w, const Use& use) {
  constexpr int64_t kSlabFloats = 1 << 21;
  static thread_local kernels::Scratch scratch;
  const int64_t panels =
      std::clamp<int64_t>(kSlabFloats / std::max<int64_t>(1, w.cols * kPanelRows), 24, w.panels());
  const int64_t stride = kernels::CalmStride(panels * kPanelRows);
  float* const slab = scratch.Get(std::max<int64_t>(1, w.cols * stride));
  for (int64_t first = 0; first < w.panels(); first += panels) {
    const int64_t count = std::min(panels, w.panels() - first);
    kernels::ParallelFor(count, 4, [&](int64_t begin, int64_t end) {
      kernels::UnpackPanels(w, first + begin, first + end, slab + begin * kPanelRows, stride);
    });
    const int64_t row = first * kPanelRows, rows = std::min(count * kPanelRows, w.rows - row);
    use(row, rows, slab, stride);
  }
}

// From so many rows on, unpacking the weights first is worth it.
constexpr int64_t kManyRows = 65;

}  // namespace

void QuantizedMatrix::MatMul(int64_t m, const float* x, const float* bias, float* y,
                             const kernels::MatMulEpilogue& epilogue) const {
  const PackedRows w = packed();
  if (m == 0 || rows_ == 0) return;
  if (m < kManyRows) return MultiplyPacked(w, m, x, bias, y, epilogue);
  ForEachSlab(w, [&](int64_t row, int64_t rows, const float* slab, int64_t stride) {
    kernels::MatMul({.m = m, .n = rows, .k = cols_, .b_stride = stride, .c_stride = rows_}, x, slab,
                    y + row, [&](kernels::MatMulTile tile) {
                      tile.col_begin += row;
                      tile.col_end += row;
                      for (int64_t i = tile.row_begin; i < tile.row_end && bias != nullptr; ++i) {
#pragma omp simd
                        for (int64_t j = tile.col_begin; j < tile.col_end; ++j)
                          y[i * rows_ + j] += bias[j];
                      }
                      if (epilogue) epilogue(tile);
                    });
  });
}

void QuantizedMatrix::MatMulTransposed(int64_t m, const float* dy, float* dx,
                                       bool accumulate) const {
  if (m == 0 || cols_ == 0) return;
  if (rows_ == 0 && !accumulate) std::fill(dx, dx + m * cols_, 0.0f);
  ForEachSlab(packed(), [&](int64_t row, int64_t rows, const float* slab, int64_t stride) {
    kernels::MatMul({.m = m,
                     .n = cols_,
                     .k = rows,
                     .transpose_b = true,
                     .accumulate = accumulate || row > 0,
                     .a_stride = rows_,
                     .b_stride = stride},
                    dy + row, slab, dx);
  });
}

}  // namespace gokart
