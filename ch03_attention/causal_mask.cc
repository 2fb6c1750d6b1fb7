#include "ch03_attention/causal_mask.h"

#include "tensor/ops/arithmetic.h"
#include "tensor/ops/reduce.h"
#include "tensor/ops/softmax.h"

namespace gokart {

Tensor LowerTriangle(int64_t num_tokens) {
  Tensor mask = Tensor::Zeros({num_tokens, num_tokens});
  for (int64_t row = 0; row < num_tokens; ++row) {
    for (int64_t column = 0; column <= row; ++column) {
      mask.mutable_data()[row * num_tokens + column] = 1;
    }
  }
  return mask;
}

// w_ij / sum_{k <= i} w_ik for j <= i. The sum over the future that softmax had divided by cancels
// out: nothing of it is left.
Tensor MaskAndRenormalize(const Tensor& weights) {
  const Tensor past = weights * LowerTriangle(weights.dim(-1));  // [T, T]
  return past / ops::Sum(past, -1, /*keep_axis=*/true);          // [T, T] / [T, 1]
}

Tensor MaskedSoftmax(const Tensor& scores) { return ops::Softmax(ops::CausalMask(scores)); }

}  // namespace gokart
