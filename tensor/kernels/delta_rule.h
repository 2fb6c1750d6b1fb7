// The gated delta rule (Yang et al. 2024, arXiv 2412.06464): attention with a memory of fixed size.
// Each head keeps a matrix S [D, D] that answers a key with a value. Token t lets it fade, looks up
// what it answers to its key, corrects that towards its value, and reads it with its query:
//
//   S <- a_t S                        0 < a_t <= 1, given as log_decay = log a_t
//   delta_t = b_t (v_t - S^T k_t)     0 <= b_t <= 1: how much of the error is corrected
//   S <- S + k_t delta_t^T
//   o_t = S^T q_t
//
// Token by token this is a chain of small steps. DeltaRuleForward computes chunks of 64 tokens at
// once: the deltas of a chunk solve a triangular system, and everything else is matrix products.
#ifndef GOKART_TENSOR_KERNELS_DELTA_RULE_H_
#define GOKART_TENSOR_KERNELS_DELTA_RULE_H_

#include <cstdint>

namespace gokart::kernels {

/// q, k, v and out are [B, T, H, D]; log_decay and beta [B, T, H].
struct DeltaRuleShape {
  int64_t batch, tokens, heads, head_dim;

  static constexpr int64_t kChunk = 64;  ///< tokens of a chunk
  int64_t chunks() const { return (tokens + kChunk - 1) / kChunk; }
  /// Floats of the memories at the beginning of every chunk, [B, H, chunks, D, D].
  int64_t StatesSize() const { return batch * heads * chunks() * head_dim * head_dim; }
};

struct DeltaRuleInputs {
  const float *q, *k, *v, *log_decay, *beta;
};

/// In chunks. `memory` [B, H, D, D] is where S starts and what is left of it in the end; null: it
/// starts at zero. `states` [StatesSize()] receives what the backward pass needs; may be null.
void DeltaRuleForward(const DeltaRuleShape& shape, const DeltaRuleInputs& in, float* memory,
                      float* states, float* out);

/// Token by token, as the formulas above have it: for decoding.
void DeltaRuleStep(const DeltaRuleShape& shape, const DeltaRuleInputs& in, float* memory,
                   float* out);

/// Where the gradients go; all are written.
struct DeltaRuleGradients {
  float *dq, *dk, *dv, *dlog_decay, *dbeta;
};

/// For a memory that started at zero, with the states that the forward pass left.
void DeltaRuleBackward(const DeltaRuleShape& shape, const DeltaRuleInputs& in, const float* states,
                       const float* dout, const DeltaRuleGradients& gradients);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_DELTA_RULE_H_
