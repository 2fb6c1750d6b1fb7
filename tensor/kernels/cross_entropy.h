// Cross entropy of logits [rows, V] against target ids: -log softmax(logits)[target], without
// storing the softmax. V is a vocabulary (GPT-2: 50257), so the rows are long and each is read once
// per pass.
//
//   double sum = CrossEntropyForward(B * T, V, logits, targets, -100, nullptr, log_sum_exp);
//   float loss = sum / (B * T);
//   CrossEntropyBackward(B * T, V, logits, targets, -100, log_sum_exp, nullptr, dloss / (B * T),
//   logits,
//                        /*accumulate=*/false);  // in place
//
// Targets are in [0, V) or equal `ignore_index`; the caller checks.
#ifndef GOKART_TENSOR_KERNELS_CROSS_ENTROPY_H_
#define GOKART_TENSOR_KERNELS_CROSS_ENTROPY_H_

#include <cstdint>

namespace gokart::kernels {

/// The sum of the losses of all rows whose target is not `ignore_index`.
/// logits: [rows, v]; targets: [rows]; row_loss: [rows], 0 in ignored rows, may be null;
/// log_sum_exp: [rows], log(sum_j exp(logits[r, j])), for the backward pass (0 in ignored rows,
/// which are not read).
double CrossEntropyForward(int64_t rows, int64_t v, const float* logits, const int32_t* targets,
                           int32_t ignore_index, float* row_loss, float* log_sum_exp);

/// dlogits[r, j] = (softmax(logits[r])[j] - [j == targets[r]]) * factor * row_weight[r], or added
/// to dlogits; 0 in ignored rows. row_weight: [rows], or null for 1. `dlogits` may be `logits` (in
/// place) when accumulate is false.
void CrossEntropyBackward(int64_t rows, int64_t v, const float* logits, const int32_t* targets,
                          int32_t ignore_index, const float* log_sum_exp, const float* row_weight,
                          float factor, float* dlogits, bool accumulate);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_CROSS_ENTROPY_H_
