// Self-attention without anything to learn (workshop section 3.3): each token becomes a weighted
// mean of all tokens, and the weights say how similar they are to it.
//
//   Tensor weights = SimplifiedAttentionWeights(x);  // [T, d] -> [T, T], rows sum to 1
//   Tensor context = SimplifiedSelfAttention(x);     // [T, d] -> [T, d]
#ifndef GOKART_CH03_ATTENTION_SIMPLIFIED_SELF_ATTENTION_H_
#define GOKART_CH03_ATTENTION_SIMPLIFIED_SELF_ATTENTION_H_

#include <span>

#include "tensor/tensor.h"

namespace gokart {

/// a . b = sum_i a_i b_i: large when two vectors point the same way, which makes it the measure of
/// similarity in all of attention. Throws std::invalid_argument for different lengths.
float DotProduct(std::span<const float> a, std::span<const float> b);

/// Scores to weights, the plain way: x_i / sum_j x_j over the last axis. Weights sum to 1, but may
/// be negative or, with a sum near 0, huge.
Tensor NormalizeBySum(const Tensor& scores);

/// Scores to weights by the definition of softmax: e^x_i / sum_j e^x_j over the last axis. All
/// weights are positive, but e^x overflows from x = 89 on and the result is NaN: ops::Softmax is
/// what the rest of this project uses.
Tensor SoftmaxNaive(const Tensor& scores);

/// How much each token attends to each other: softmax(X X^T). x [T, d] -> [T, T].
Tensor SimplifiedAttentionWeights(const Tensor& x);

/// The context vectors softmax(X X^T) X: x [T, d] -> [T, d].
Tensor SimplifiedSelfAttention(const Tensor& x);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_SIMPLIFIED_SELF_ATTENTION_H_
