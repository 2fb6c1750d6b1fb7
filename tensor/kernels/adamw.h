// One step of AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101) in one pass over memory, with
// the operations in PyTorch's order.
//
//   AdamWOptions options{.learning_rate = 4e-4, .weight_decay = 0.1};
//   double norm = std::sqrt(SumOfSquares(n, grad));
//   AdamWStep(n, options, /*step=*/1, /*grad_scale=*/norm > 1 ? 1 / norm : 1, grad, weight, m, v);
#ifndef GOKART_TENSOR_KERNELS_ADAMW_H_
#define GOKART_TENSOR_KERNELS_ADAMW_H_

#include <cstdint>

namespace gokart::kernels {

/// PyTorch's names and defaults. Doubles, as Python's numbers are: 1 - beta1 and the bias
/// corrections are computed from these before they are rounded to float.
struct AdamWOptions {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;
};

/// Updates weight[n] and its moments m[n], v[n] (0 before the first step) with the gradient
/// grad[n], multiplied by `grad_scale` (gradient clipping) on the way. `step` counts from 1.
void AdamWStep(int64_t n, const AdamWOptions& options, int64_t step, float grad_scale,
               const float* grad, float* weight, float* m, float* v);

/// sum_i x[i]^2, added up in double: the same bits for any number of threads.
double SumOfSquares(int64_t n, const float* x);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_ADAMW_H_
