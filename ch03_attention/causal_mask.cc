#include "ch03_attention/causal_mask.h"

#include "tensor/ops/arithmetic.h"
#include "tensor/ops/reduce.h"
#include "tensor/ops/softmax.h"

namespace gokart {

Tensor LowerTriangle(int64_t num_tokens) {
  // [exercise 3.10] What each token may see
  // Task: Give a matrix [T, T] with 1 where the column is not beyond the row, and 0 elsewhere.
  // Hint: Token i may see the tokens 0 to i, itself included.
  // Hint: Tensor::Zeros makes the matrix; mutable_data() is its memory, row after row.
  // Test: //ch03_attention:causal_mask_test LowerTriangle.*
  // Read: ch03_attention/README.md, "Not looking ahead"

  Tensor mask = Tensor::Zeros({num_tokens, num_tokens});
  for (int64_t row = 0; row < num_tokens; ++row) {
    for (int64_t column = 0; column <= row; ++column) {
      mask.mutable_data()[row * num_tokens + column] = 1;
    }
  }
  return mask;
  // [end of exercise 3.10]
}

// w_ij / sum_{k <= i} w_ik for j <= i. The sum over the future that softmax had divided by cancels
// out: nothing of it is left.
Tensor MaskAndRenormalize(const Tensor& weights) {
  // [exercise 3.11] Hiding the future after softmax
  // Task: Set the weights [T, T] of later tokens to 0 and divide each row by what is left of its
  //       sum.
  // Hint: Multiplied by LowerTriangle, the future is 0.
  // Hint: The rest is exercise 3.2.
  // Test: //ch03_attention:causal_mask_test MaskAndRenormalize.*
  // Read: ch03_attention/README.md, "Not looking ahead"

  const Tensor past = weights * LowerTriangle(weights.dim(-1));  // [T, T]
  return past / ops::Sum(past, -1, /*keep_axis=*/true);          // [T, T] / [T, 1]
  // [end of exercise 3.11]
}

Tensor MaskedSoftmax(const Tensor& scores) {
  // [exercise 3.12] Hiding the future before softmax
  // Task: Give the same weights in one go: the scores of later tokens become minus infinity, and
  //       softmax does the rest.
  // Hint: e^-infinity is 0, so what is hidden takes no part in the sum either.
  // Hint: ops::CausalMask(scores) puts -infinity above the diagonal.
  // Test: //ch03_attention:causal_mask_test MaskedSoftmax.*
  // Test: //ch03_attention:causal_mask_test CausalMask.*
  // Read: ch03_attention/README.md, "Not looking ahead"

  return ops::Softmax(ops::CausalMask(scores));
  // [end of exercise 3.12]
}

}  // namespace gokart
