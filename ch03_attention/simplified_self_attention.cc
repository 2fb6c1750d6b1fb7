#include "ch03_attention/simplified_self_attention.h"

#include <stdexcept>
#include <string>

#include "tensor/ops/arithmetic.h"
#include "tensor/ops/matmul.h"
#include "tensor/ops/reduce.h"
#include "tensor/ops/softmax.h"
#include "tensor/ops/unary.h"

namespace gokart {

float DotProduct(std::span<const float> a, std::span<const float> b) {
  if (a.size() != b.size()) {
    throw std::invalid_argument("DotProduct: lengths " + std::to_string(a.size()) + " and " +
                                std::to_string(b.size()) + " differ");
  }
  // [exercise 3.1] The dot product
  // Task: Give a_0 b_0 + a_1 b_1 + ...
  // Hint: One loop over both vectors, which are equally long here.
  // Test: //ch03_attention:simplified_self_attention_test DotProduct.*
  // Read: ch03_attention/README.md, "Attention without weights"

  float sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
  // [end of exercise 3.1]
}

Tensor NormalizeBySum(const Tensor& scores) {
  // [exercise 3.2] Scores to weights by their sum
  // Task: Divide each score by the sum of its row, so that each row of [..., T] sums to 1.
  // Hint: ops::Sum(x, axis, keep_axis) adds along one axis; -1 is the last one.
  // Hint: With keep_axis the sum of [T, T] is [T, 1], and / repeats it along the row.
  // Test: //ch03_attention:simplified_self_attention_test NormalizeBySum.*
  // Read: ch03_attention/README.md, "Attention without weights"

  return scores / ops::Sum(scores, -1, /*keep_axis=*/true);
  // [end of exercise 3.2]
}

Tensor SoftmaxNaive(const Tensor& scores) {
  // [exercise 3.3] Softmax by its definition
  // Task: Give e^x / sum of e^x over the last axis. (Large numbers overflow: that is why the
  //       project uses ops::Softmax everywhere else.)
  // Hint: It is exercise 3.2 for e^x in place of x.
  // Hint: ops::Exp works on every number.
  // Test: //ch03_attention:simplified_self_attention_test SoftmaxNaive.*
  // Read: ch03_attention/README.md, "Attention without weights"

  const Tensor e = ops::Exp(scores);
  return e / ops::Sum(e, -1, /*keep_axis=*/true);
  // [end of exercise 3.3]
}

Tensor SimplifiedAttentionWeights(const Tensor& x) {
  // [exercise 3.4] How much each token attends to each other
  // Task: For x [T, d] give the weights softmax(X X^T) [T, T]: row i holds the dot products of
  //       token i with all tokens, made weights that sum to 1.
  // Hint: All dot products at once are a matrix product of x with its own transpose.
  // Hint: ops::MatMul(a, b, {.transpose_b = true}) multiplies with the transpose of b; ops::Softmax
  //       works along the last axis.
  // Test: //ch03_attention:simplified_self_attention_test SimplifiedAttentionWeights.*
  // Read: ch03_attention/README.md, "Attention without weights"

  const Tensor scores = ops::MatMul(x, x, {.transpose_b = true});  // [T, d] x [d, T] -> [T, T]
  return ops::Softmax(scores);                                     // [T, T]
  // [end of exercise 3.4]
}

Tensor SimplifiedSelfAttention(const Tensor& x) {
  // [exercise 3.5] Context vectors
  // Task: Give each token the mean of all tokens, weighted as in exercise 3.4: [T, d].
  // Hint: A row of weights times the matrix of tokens is their weighted mean.
  // Test: //ch03_attention:simplified_self_attention_test SimplifiedSelfAttention.*
  // Read: ch03_attention/README.md, "Attention without weights"

  const Tensor weights = SimplifiedAttentionWeights(x);  // [T, T]
  return ops::MatMul(weights, x);                        // [T, T] x [T, d] -> [T, d]
  // [end of exercise 3.5]
}

}  // namespace gokart
