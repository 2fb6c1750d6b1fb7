// Multi-head attention as models run it. It computes what MultiHeadAttention computes, from the
// same seed and within rounding, in two operations instead of ten:
//   - one projection makes the queries, keys and values: one large matrix product is faster than
//     three small ones;
//   - one attention operation reads all heads where the projection left them and works in tiles
//     that fit the processor's cache, so that no [B, H, T, T] scores lie in memory
//     (FlashAttention; Dao et al. 2022, arXiv 2205.14135).
#ifndef GOKART_CH03_ATTENTION_FUSED_MULTI_HEAD_ATTENTION_H_
#define GOKART_CH03_ATTENTION_FUSED_MULTI_HEAD_ATTENTION_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ch03_attention/attention_config.h"
#include "ch03_attention/attention_layer.h"
#include "ch03_attention/packed_linear.h"
#include "tensor/nn/dropout.h"
#include "tensor/nn/linear.h"

namespace gokart {

class FusedMultiHeadAttention : public AttentionLayer {
 public:
  /// Throws std::invalid_argument for sizes that are not positive, or unless num_heads divides
  /// d_out.
  explicit FusedMultiHeadAttention(const AttentionConfig& config);

  Tensor Forward(const Tensor& x) const override;

  bool CanCache() const override { return true; }
  std::unique_ptr<AttentionCache> MakeCache(int64_t max_tokens) const override;
  Tensor ForwardCached(const Tensor& x, std::span<AttentionCache* const> caches) const override;

  /// Those of MultiHeadAttention: W_query.weight is rows [0, C) of qkv.weight, W_key.weight rows
  /// [C, 2C), W_value.weight rows [2C, 3C), and so are the biases.
  std::vector<NamedPart> NamedParts() const override;

  const AttentionConfig config;
  PackedLinear qkv;  ///< weight [3C, d_in]
  Linear out_proj;   ///< weight [C, C], bias [C]
  Dropout dropout;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_FUSED_MULTI_HEAD_ATTENTION_H_
