// FlashAttention's algorithm, to read (Dao et al. 2022, arXiv 2205.14135): softmax attention in
// tiles, forward and backward, without ever holding a row of weights. The answer to the T x T
// matrix in memory. The model's own operation (tensor/kernels/attention_forward.cc) is this
// algorithm with vector instructions, heads shared out to threads, windows and masks; here is what
// it does.
//
// Forward, for each tile of queries: walk through the tiles of keys that it sees and keep of each
// query i the largest score m_i so far, the sum l_i of e^(score - m_i), and o_i, the same sum of
// e^(score - m_i) v. When a larger score turns up, what was summed before is scaled down to it:
//
//   m' = max(m, largest score of the tile),  l' = e^(m - m') l + sum e^(s - m'),
//   o' = e^(m - m') o + sum e^(s - m') v;    in the end  out = o / l,  L = m + log l
//
// Backward: L is all that is kept. Weights come again as P = e^(S - L), tile by tile, and
//
//   dV += P^T dO,  dP = dO V^T,  dS = P (dP - delta) with delta_i = out_i . dO_i,
//   dQ += dS K / sqrt(D),  dK += dS^T Q / sqrt(D)
//
//   TiledAttention attention({.d_in = 768, .d_out = 768, .context_length = 1024,
//                             .num_heads = 12});
//
// Costs for T tokens: those of ProjectedAttention: 8 T C^2 + 2 C T (T + 1) FLOPs forward (backward
// 2.5 times that among the tokens, since scores are computed twice), 4 C^2 + C parameters, a cache
// of 2 C and 4 C + H numbers for training for each token.
#ifndef GOKART_CH03_ATTENTION_VARIANTS_TILED_ATTENTION_H_
#define GOKART_CH03_ATTENTION_VARIANTS_TILED_ATTENTION_H_

#include <cstdint>

#include "ch03_attention/variants/projected_attention.h"
#include "tensor/tensor.h"

namespace gokart {

class TiledAttention : public ProjectedAttention {
 public:
  /// Tiles of `tile` x `tile` scores.
  explicit TiledAttention(const AttentionConfig& config, int64_t tile = 128)
      : ProjectedAttention("TiledAttention", config, config.num_heads), tile_(tile) {}

  static AttentionCosts Costs(const AttentionConfig& config, int64_t num_tokens);

 protected:
  Tensor Attend(const Projected& p) const override;

 private:
  const int64_t tile_;
};

/// Causal softmax(q k^T / sqrt(D)) v for each head as above: q, k, v [N, T, D] -> [N, T, D], where
/// N counts the heads of all sequences. Throws std::invalid_argument for shapes that differ.
Tensor OnlineSoftmaxAttention(const Tensor& q, const Tensor& k, const Tensor& v, int64_t tile);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_TILED_ATTENTION_H_
