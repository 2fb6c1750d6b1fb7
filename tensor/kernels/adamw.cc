#include "tensor/kernels/adamw.h"

#include <cmath>
#include <cstdint>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/row_blocks.h"

namespace gokart::kernels {

void AdamWStep(int64_t n, const AdamWOptions& options, int64_t step, float grad_scale,
               const float* grad, float* weight, float* m, float* v) {
  const double correction1 = 1 - std::pow(options.beta1, step);
  const double correction2 = 1 - std::pow(options.beta2, step);
  const float decay = static_cast<float>(1 - options.learning_rate * options.weight_decay);
  const float one_minus_beta1 = static_cast<float>(1 - options.beta1);
  const float beta2 = static_cast<float>(options.beta2);
  const float one_minus_beta2 = static_cast<float>(1 - options.beta2);
  const float sqrt_correction2 = static_cast<float>(std::sqrt(correction2));
  const float epsilon = static_cast<float>(options.epsilon);
  const float step_size = static_cast<float>(options.learning_rate / correction1);
  ParallelFor(n, kEntriesPerRange, [=](int64_t begin, int64_t end) {
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) {
      const float g = grad[i] * grad_scale;
      const float new_m = m[i] + (g - m[i]) * one_minus_beta1;
      const float new_v = v[i] * beta2 + one_minus_beta2 * g * g;
      const float denominator = std::sqrt(new_v) / sqrt_correction2 + epsilon;
      m[i] = new_m;
      v[i] = new_v;
      weight[i] = weight[i] * decay - step_size * new_m / denominator;
    }
  });
}

double SumOfSquares(int64_t n, const float* x) {
  return SumBlocks(n, [x](int64_t begin, int64_t end) {
    const float* block = x + begin;
    const int64_t size = end - begin;
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < size; ++i) sum += static_cast<double>(block[i]) * block[i];
    return sum;
  });
}

}  // namespace gokart::kernels
