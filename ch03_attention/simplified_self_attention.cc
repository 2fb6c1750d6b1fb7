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
  float sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

Tensor NormalizeBySum(const Tensor& scores) {
  return scores / ops::Sum(scores, -1, /*keep_axis=*/true);
}

Tensor SoftmaxNaive(const Tensor& scores) {
  const Tensor e = ops::Exp(scores);
  return e / ops::Sum(e, -1, /*keep_axis=*/true);
}

Tensor SimplifiedAttentionWeights(const Tensor& x) {
  const Tensor scores = ops::MatMul(x, x, {.transpose_b = true});  // [T, d] x [d, T] -> [T, T]
  return ops::Softmax(scores);                                     // [T, T]
}

Tensor SimplifiedSelfAttention(const Tensor& x) {
  const Tensor weights = SimplifiedAttentionWeights(x);  // [T, T]
  return ops::MatMul(weights, x);                        // [T, T] x [T, d] -> [T, d]
}

}  // namespace gokart
