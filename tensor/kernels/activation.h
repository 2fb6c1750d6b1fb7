// Activation functions on raw buffers, value and gradient.
//
//   ActivationForward(Activation::kGelu, B * T * 4 * C, x, y);
//   ActivationBackward(Activation::kGelu, B * T * 4 * C, x, dy, dx, /*accumulate=*/false);
#ifndef GOKART_TENSOR_KERNELS_ACTIVATION_H_
#define GOKART_TENSOR_KERNELS_ACTIVATION_H_

#include <cstdint>

namespace gokart::kernels {

enum class Activation {
  kGelu,  ///< 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))): GPT-2's and the workshop's GELU
  kGeluExact,  ///< x Phi(x), Phi being the normal distribution function (Hendrycks and Gimpel 2016)
  kRelu,       ///< max(x, 0)
  kSilu,       ///< x sigmoid(x), also called swish; Llama's
  kTanh,
  kSigmoid,
};

/// y[i] = f(x[i]) for i in [0, n). `y` may be `x`. NaN gives NaN.
void ActivationForward(Activation activation, int64_t n, const float* x, float* y);

/// dx[i] = f'(x[i]) dy[i], or added to dx[i]. `x` is the input of the forward pass, not its output;
/// `dx` may be `dy`.
void ActivationBackward(Activation activation, int64_t n, const float* x, const float* dy,
                        float* dx, bool accumulate);

/// The same on the calling thread alone, for tiles that are still in the cache (a matrix product's
/// epilogue).
void ActivationForwardSerial(Activation activation, int64_t n, const float* x, float* y);
void ActivationBackwardSerial(Activation activation, int64_t n, const float* x, const float* dy,
                              float* dx, bool accumulate);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_ACTIVATION_H_
