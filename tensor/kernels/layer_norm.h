// Layer normalisation (Ba et al. 2016, arXiv 1607.06450) and its simpler relative RMSNorm (Zhang
// and Sennrich 2019, arXiv 1910.07467) over the last axis of [rows, C].
//
//   LayerNormForward(B * T, C, 1e-5f, x, scale, shift, y, mean, rstd);
//
// mean and rstd = 1 / sqrt(variance + eps) of each row are kept for the backward pass.
#ifndef GOKART_TENSOR_KERNELS_LAYER_NORM_H_
#define GOKART_TENSOR_KERNELS_LAYER_NORM_H_

#include <cstdint>

namespace gokart::kernels {

/// y = (x - mean) * rstd * scale + shift, row by row, with the biased variance (divided by C).
/// x, y: [rows, c]; scale, shift: [c], or null for 1 and 0; mean, rstd: [rows]. `y` may be `x`.
void LayerNormForward(int64_t rows, int64_t c, float eps, const float* x, const float* scale,
                      const float* shift, float* y, float* mean, float* rstd);

/// Gradients from dy [rows, c]; each is stored, or added to where its flag says so.
/// dx: [rows, c]; dscale, dshift: [c]. Any of the three may be null and is then not computed;
/// `scale` is null if it was in the forward pass. `dx` may be `dy`.
void LayerNormBackward(int64_t rows, int64_t c, const float* x, const float* scale,
                       const float* mean, const float* rstd, const float* dy, float* dx,
                       bool dx_accumulate, float* dscale, bool dscale_accumulate, float* dshift,
                       bool dshift_accumulate);

/// y = x * rstd * scale with rstd = 1 / sqrt(mean of x^2 + eps). Shapes as above; `scale` may be
/// null.
void RmsNormForward(int64_t rows, int64_t c, float eps, const float* x, const float* scale,
                    float* y, float* rstd);

/// Gradients from dy; either of dx and dscale may be null. `dx` may be `dy`.
void RmsNormBackward(int64_t rows, int64_t c, const float* x, const float* scale, const float* rstd,
                     const float* dy, float* dx, bool dx_accumulate, float* dscale,
                     bool dscale_accumulate);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_LAYER_NORM_H_
