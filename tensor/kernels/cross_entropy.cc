#include "tensor/kernels/cross_entropy.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/row_blocks.h"
#include "tensor/kernels/softmax.h"
#include "tensor/kernels/vector_math.h"

namespace gokart::kernels {
namespace {

/// d[j] = exp(x[j] - log_sum_exp) * weight, or added to d.
void AddWeightedSoftmax(int64_t v, const float* x, float log_sum_exp, float weight, float* d,
                        bool accumulate) {
  if (accumulate) {
#pragma omp simd
    for (int64_t j = 0; j < v; ++j) d[j] += ExpFlushed(x[j] - log_sum_exp) * weight;
  } else {
#pragma omp simd
    for (int64_t j = 0; j < v; ++j) d[j] = ExpFlushed(x[j] - log_sum_exp) * weight;
  }
}

}  // namespace

double CrossEntropyForward(int64_t rows, int64_t v, const float* logits, const int32_t* targets,
                           int32_t ignore_index, float* row_loss, float* log_sum_exp) {
  static thread_local std::vector<double> scratch;
  scratch.assign(rows, 0.0);
  double* losses = scratch.data();
  ParallelFor(rows, RowsPerRange(v), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      log_sum_exp[r] = 0;
      if (targets[r] == ignore_index) continue;
      const double row_log_sum_exp = RowLogSumExp(v, logits + r * v);
      log_sum_exp[r] = static_cast<float>(row_log_sum_exp);
      losses[r] = row_log_sum_exp - logits[r * v + targets[r]];
    }
  });
  double sum = 0;
  for (int64_t r = 0; r < rows; ++r) {
    sum += losses[r];
    if (row_loss != nullptr) row_loss[r] = static_cast<float>(losses[r]);
  }
  return sum;
}

void CrossEntropyBackward(int64_t rows, int64_t v, const float* logits, const int32_t* targets,
                          int32_t ignore_index, const float* log_sum_exp, const float* row_weight,
                          float factor, float* dlogits, bool accumulate) {
  ParallelFor(rows, RowsPerRange(v), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      float* d = dlogits + r * v;
      const int32_t target = targets[r];
      if (target == ignore_index) {
        if (!accumulate) std::fill(d, d + v, 0.0f);
        continue;
      }
      const float weight = row_weight == nullptr ? factor : factor * row_weight[r];
      // softmax - 1 before it is scaled: exact where the softmax is nearly 1.
      const float p = ExpFlushed(logits[r * v + target] - log_sum_exp[r]);
      const float before = accumulate ? d[target] : 0.0f;
      AddWeightedSoftmax(v, logits + r * v, log_sum_exp[r], weight, d, accumulate);
      d[target] = before + (p - 1.0f) * weight;
    }
  });
}

}  // namespace gokart::kernels
