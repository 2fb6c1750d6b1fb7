// Sums and maxima. All have the same bits for any number of threads: a sum that crosses threads is
// made of blocks that depend on the shape alone, added in order.
//
//   SumRows(B * T, C, dy, dbias, /*accumulate=*/false);  // the gradient of a bias
#ifndef GOKART_TENSOR_KERNELS_REDUCE_H_
#define GOKART_TENSOR_KERNELS_REDUCE_H_

#include <cstdint>

namespace gokart::kernels {

/// sum_i x[i], added up in double.
double Sum(int64_t n, const float* x);

/// max_i x[i] on the calling thread; -infinity for n = 0. NaNs are passed over.
float Max(int64_t n, const float* x);

/// out[j] = sum_r x[r, j], or added to out[j]. x: [rows, c]; out: [c].
void SumRows(int64_t rows, int64_t c, const float* x, float* out, bool accumulate);

/// out[r] = sum_j x[r, j]. x: [rows, c]; out: [rows].
void SumLastAxis(int64_t rows, int64_t c, const float* x, float* out);

/// out[r] = max_j x[r, j], and argmax[r], the first j where it stands (may be null). A NaN counts
/// as the largest number, as in PyTorch. c is at least 1.
void MaxLastAxis(int64_t rows, int64_t c, const float* x, float* out, int32_t* argmax);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_REDUCE_H_
