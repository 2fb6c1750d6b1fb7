// Arithmetic entry by entry on raw buffers.
//
//   Add(n, x, y, out);               // out = x + y
//   AddRow(B * T, C, x, bias, out);  // out[r, :] = x[r, :] + bias
//
// The output may be one of the inputs.
#ifndef GOKART_TENSOR_KERNELS_ELEMENTWISE_H_
#define GOKART_TENSOR_KERNELS_ELEMENTWISE_H_

#include <cstdint>

namespace gokart::kernels {

// y[i] = a[i] op b[i] for i in [0, n).
void Add(int64_t n, const float* a, const float* b, float* y);
void Subtract(int64_t n, const float* a, const float* b, float* y);
void Multiply(int64_t n, const float* a, const float* b, float* y);
void Divide(int64_t n, const float* a, const float* b, float* y);

/// y += x.
void AddTo(int64_t n, const float* x, float* y);

/// y += a b, the gradient of a product.
void MultiplyAddTo(int64_t n, const float* a, const float* b, float* y);

/// y = factor x, or y += factor x.
void Scale(int64_t n, float factor, const float* x, float* y, bool accumulate);

/// y = value everywhere.
void Fill(int64_t n, float value, float* y);

/// y = x; the buffers are the same or do not overlap.
void Copy(int64_t n, const float* x, float* y);

/// y[r, :] = x[r, :] + row, with x, y: [rows, c] and row: [c].
void AddRow(int64_t rows, int64_t c, const float* x, const float* row, float* y);

/// y[r, :] = x[r, :] * row.
void MultiplyRow(int64_t rows, int64_t c, const float* x, const float* row, float* y);

/// Dropout by a mask of bits: y[i] = scale x[i] where bit i % 64 of word keep[i / 64] is set, else
/// 0 (whatever x[i] is); or added to y.
void ApplyKeepBits(int64_t n, const uint64_t* keep, float scale, const float* x, float* y,
                   bool accumulate);

// y[i] = f(x[i]).
void Exp(int64_t n, const float* x, float* y);
void Log(int64_t n, const float* x, float* y);
void Sqrt(int64_t n, const float* x, float* y);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_ELEMENTWISE_H_
