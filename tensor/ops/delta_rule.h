// Attention with a memory of fixed size, for gated DeltaNet layers.
#ifndef GOKART_TENSOR_OPS_DELTA_RULE_H_
#define GOKART_TENSOR_OPS_DELTA_RULE_H_

#include <cstdint>

#include "tensor/tensor.h"

namespace gokart::ops {

/// The gated delta rule (Yang et al. 2024, arXiv 2412.06464), computed in chunks: for each head,
/// with a memory S [D, D] that starts at zero, token by token
///
///   S <- e^log_decay_t S;  S <- S + beta_t k_t (v_t - S^T k_t)^T;  out_t = S^T q_t
///
/// q, k, v [B, T, H * D]; log_decay (at most 0) and beta (0 to 1) [B, T, H] -> [B, T, H * D]. The
/// memory stays bounded where the keys have length 1 at most. Throws std::invalid_argument for
/// shapes that do not fit.
Tensor GatedDeltaRule(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& log_decay,
                      const Tensor& beta);

}  // namespace gokart::ops

#endif  // GOKART_TENSOR_OPS_DELTA_RULE_H_
