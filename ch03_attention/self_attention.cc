#include "ch03_attention/self_attention.h"

#include <cmath>

#include "tensor/ops/arithmetic.h"
#include "tensor/ops/matmul.h"
#include "tensor/ops/softmax.h"
#include "tensor/random.h"

namespace gokart {
namespace {

// torch.nn.Parameter(torch.rand(rows, columns))
Tensor RandomParameter(int64_t rows, int64_t columns) {
  Tensor parameter = Tensor::Empty({rows, columns});
  GlobalGenerator().Uniform(parameter.mutable_data(), parameter.size());
  return parameter.RequireGrad();
}

}  // namespace

SelfAttentionV1::SelfAttentionV1(int64_t d_in, int64_t d_out)
    : W_query(RandomParameter(d_in, d_out)),
      W_key(RandomParameter(d_in, d_out)),
      W_value(RandomParameter(d_in, d_out)) {
  RegisterParameter("W_query", &W_query);
  RegisterParameter("W_key", &W_key);
  RegisterParameter("W_value", &W_value);
}

// softmax(Q K^T / sqrt(C)) V. The dot product of two random vectors grows with the square root of
// their length C; without the division, long ones would drive softmax to where it is almost 0 or 1
// and its gradient vanishes.
Tensor SelfAttentionV1::Forward(const Tensor& x) const {
  // [exercise 3.6] Attention with weights to learn
  // Task: Give softmax(Q K^T / sqrt(C)) V for x [T, d_in], with Q = X W_query, K = X W_key, V = X
  //       W_value, all [T, C].
  // Hint: The scores [T, T] are products of queries with keys; the weights mix the values.
  // Hint: C is the number of columns of the keys: keys.dim(-1). A tensor times a number scales it.
  // Test: //ch03_attention:self_attention_test SelfAttentionV1.GivesThePublishedContextVectors
  // Read: ch03_attention/README.md, "Trainable weights"

  const Tensor queries = ops::MatMul(x, W_query);  // [T, d_in] x [d_in, C] -> [T, C]
  const Tensor keys = ops::MatMul(x, W_key);       // [T, C]
  const Tensor values = ops::MatMul(x, W_value);   // [T, C]
  const Tensor scores = ops::MatMul(queries, keys, {.transpose_b = true});  // [T, T]
  const float scale = 1 / std::sqrt(static_cast<float>(keys.dim(-1)));
  const Tensor weights = ops::Softmax(scores * scale);  // [T, T]
  return ops::MatMul(weights, values);                  // [T, T] x [T, C] -> [T, C]
  // [end of exercise 3.6]
}

SelfAttentionV2::SelfAttentionV2(int64_t d_in, int64_t d_out, bool qkv_bias)
    : W_query(d_in, d_out, qkv_bias), W_key(d_in, d_out, qkv_bias), W_value(d_in, d_out, qkv_bias) {
  RegisterModule("W_query", &W_query);
  RegisterModule("W_key", &W_key);
  RegisterModule("W_value", &W_value);
}

// Q K^T
Tensor SelfAttentionV2::AttentionScores(const Tensor& x) const {
  // [exercise 3.7] Scores from linear layers
  // Task: Give Q K^T [T, T] for x [T, d_in], where W_query and W_key are linear layers.
  // Hint: A layer is applied by Forward; its matrix is stored transposed, which is its own
  //       business.
  // Test: //ch03_attention:self_attention_test SelfAttentionV2.GivesThePublishedScores
  // Read: ch03_attention/README.md, "Trainable weights"

  const Tensor queries = W_query.Forward(x);                 // [T, C]
  const Tensor keys = W_key.Forward(x);                      // [T, C]
  return ops::MatMul(queries, keys, {.transpose_b = true});  // [T, C] x [C, T] -> [T, T]
  // [end of exercise 3.7]
}

// softmax(Q K^T / sqrt(C))
Tensor SelfAttentionV2::AttentionWeights(const Tensor& x) const {
  // [exercise 3.8] Scores to weights, scaled
  // Task: Give softmax(scores / sqrt(C)) [T, T], with C numbers in each key.
  // Hint: W_key.weight is [C, d_in].
  // Hint: Divide before softmax: afterwards the weights would no longer sum to 1.
  // Test: //ch03_attention:self_attention_test SelfAttentionV2.GivesThePublishedWeights
  // Read: ch03_attention/README.md, "Trainable weights"

  const float scale = 1 / std::sqrt(static_cast<float>(W_key.weight.dim(0)));
  return ops::Softmax(AttentionScores(x) * scale);  // [T, T]
  // [end of exercise 3.8]
}

// softmax(Q K^T / sqrt(C)) V
Tensor SelfAttentionV2::Forward(const Tensor& x) const {
  // [exercise 3.9] Context vectors from linear layers
  // Task: Give weights V [T, C], with the weights of exercise 3.8. With equal weights this class
  //       equals SelfAttentionV1 (the workshop's exercise 3.1).
  // Hint: The values come from W_value, and are mixed by the rows of the weights.
  // Test: //ch03_attention:self_attention_test SelfAttentionContext.*
  // Read: ch03_attention/README.md, "Trainable weights"

  const Tensor weights = AttentionWeights(x);  // [T, T]
  const Tensor values = W_value.Forward(x);    // [T, C]
  return ops::MatMul(weights, values);         // [T, T] x [T, C] -> [T, C]
  // [end of exercise 3.9]
}

}  // namespace gokart
