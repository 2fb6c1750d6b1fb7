// Softmax and its logarithm over the last axis of [rows, C].
//
//   SoftmaxForward(B * H * T, T, scores, weights);
//
// The row's largest entry is subtracted first, so that no exponential overflows. Special rows are
// as in PyTorch: with a NaN or +inf, or with -inf everywhere, softmax and its logarithm are NaN in
// the whole row; LogSumExp gives NaN, +inf and -inf. Single entries of -inf (masked) have weight 0.
#ifndef GOKART_TENSOR_KERNELS_SOFTMAX_H_
#define GOKART_TENSOR_KERNELS_SOFTMAX_H_

#include <cstdint>

namespace gokart::kernels {

/// y[r, i] = exp(x[r, i]) / sum_j exp(x[r, j]). `y` may be `x`.
void SoftmaxForward(int64_t rows, int64_t c, const float* x, float* y);

/// dx[r, i] = y[r, i] (dy[r, i] - sum_j y[r, j] dy[r, j]), or added to dx; y is the forward pass's
/// output. `dx` may be `dy`.
void SoftmaxBackward(int64_t rows, int64_t c, const float* y, const float* dy, float* dx,
                     bool accumulate);

/// y[r, i] = x[r, i] - log(sum_j exp(x[r, j])). `y` may be `x`.
void LogSoftmaxForward(int64_t rows, int64_t c, const float* x, float* y);

/// dx[r, i] = dy[r, i] - exp(y[r, i]) sum_j dy[r, j], or added to dx. `dx` may be `dy`.
void LogSoftmaxBackward(int64_t rows, int64_t c, const float* y, const float* dy, float* dx,
                        bool accumulate);

/// out[r] = log(sum_j exp(x[r, j])).
void LogSumExp(int64_t rows, int64_t c, const float* x, float* out);

/// log(sum_j exp(x[j])) of one row on the calling thread, in double.
double RowLogSumExp(int64_t c, const float* x);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_SOFTMAX_H_
