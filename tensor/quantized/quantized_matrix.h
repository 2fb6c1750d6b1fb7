// A matrix of weights in a low-precision format: made once from floats, read by products.
//
//   QuantizedMatrix w = QuantizedMatrix::Quantize(WeightFormat::kQ8, rows, cols, data);
//   w.MatMul(m, x, y);                      // y[m, rows] = x[m, cols] w^T
//   std::vector<std::byte> q8_0 = w.PlainRows(0, rows);  // as GGUF stores it
//
// Weights stay fixed: there are no gradients for them (ops/quantized_linear.h has the input's).
#ifndef GOKART_TENSOR_QUANTIZED_QUANTIZED_MATRIX_H_
#define GOKART_TENSOR_QUANTIZED_QUANTIZED_MATRIX_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "tensor/buffer.h"
#include "tensor/kernels/matmul.h"
#include "tensor/kernels/packed_rows.h"
#include "tensor/quantized/weight_format.h"

namespace gokart {

/// [rows, cols]. Movable; copies share the memory, which never changes.
class QuantizedMatrix {
 public:
  /// From values[rows, cols], row-major. The same bits for any number of threads. Throws
  /// std::invalid_argument for a negative size or another number of values.
  static QuantizedMatrix Quantize(WeightFormat format, int64_t rows, int64_t cols,
                                  std::span<const float> values);

  /// Writes the floats of rows [begin, begin + count) to out[count, cols].
  using RowSource = std::function<void(int64_t begin, int64_t count, float* out)>;

  /// The same without all floats in memory at once: `source` is asked for some rows at a time, in
  /// order, and for NF4 for all of them twice. Bit for bit what Quantize makes of them.
  static QuantizedMatrix QuantizeRows(WeightFormat format, int64_t rows, int64_t cols,
                                      const RowSource& source);

  /// From what PlainRows(0, rows) returned. Throws std::invalid_argument for another number of
  /// bytes, or a format or width that PlainRows refuses.
  static QuantizedMatrix FromPlainRows(WeightFormat format, int64_t rows, int64_t cols,
                                       std::span<const std::byte> bytes);

  WeightFormat format() const { return format_; }
  int64_t rows() const { return rows_; }
  int64_t cols() const { return cols_; }
  /// Memory held, scales and padding included.
  int64_t bytes() const;

  /// out[count, cols] = the floats that rows [begin, begin + count) stand for.
  void Dequantize(int64_t begin, int64_t count, float* out) const;

  /// Rows one after the other in the layout that ggml and files know: float16 or bfloat16 numbers;
  /// Q8_0 blocks (a float16 scale, 32 signed bytes); Q4_0 blocks (a float16 scale, 16 bytes, of
  /// which byte i holds q[i] in its low and q[i + 16] in its high half). Throws
  /// std::invalid_argument for NF4, which ggml has not, and for a width that is no multiple of 32
  /// in the block formats.
  std::vector<std::byte> PlainRows(int64_t begin, int64_t count) const;
  /// Bytes of one such row.
  int64_t PlainRowBytes() const;

  /// y[m, rows] = x[m, cols] w^T (+ bias[rows] unless null), with the weights as they are;
  /// `epilogue` as for kernels::MatMul. Few rows of x are multiplied straight from the packed
  /// weights, at the speed of memory; for many, weights are brought back to floats a slab at a
  /// time. Arithmetic is float32; but for few rows x is rounded to 16 bits in Q8 and Q4, by 1.5e-5
  /// of the largest of 32 columns (kernels/fixed_point.h).
  void MatMul(int64_t m, const float* x, const float* bias, float* y,
              const kernels::MatMulEpilogue& epilogue = nullptr) const;

  /// dx[m, cols] (+)= dy[m, rows] w, the gradient of the product for x.
  void MatMulTransposed(int64_t m, const float* dy, float* dx, bool accumulate) const;

 private:
  QuantizedMatrix(WeightFormat format, int64_t rows, int64_t cols);

  kernels::PackedRows packed() const;

  WeightFormat format_;
  int64_t rows_, cols_;
  Buffer memory_;  // codes, then scales; kernels/packed_rows.h has the layout
};

}  // namespace gokart

#endif  // GOKART_TENSOR_QUANTIZED_QUANTIZED_MATRIX_H_
