// Llama's attention: grouped queries (Ainslie et al. 2023, arXiv 2305.13245), turned by their
// positions (RoPE; Su et al. 2021, arXiv 2104.09864), without biases or dropout. Chapter 3 has each
// of the two by itself: variants/grouped_query_attention.h and variants/rope_attention.h.
//
//   LlamaAttention attention({.d_in = 4096, .d_out = 4096, .context_length = 8192,
//                             .num_heads = 32, .num_kv_groups = 8},
//                            RopeFrequencies(128, 500000));
#ifndef GOKART_CH04_MODEL_LLAMA_LLAMA_ATTENTION_H_
#define GOKART_CH04_MODEL_LLAMA_LLAMA_ATTENTION_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ch03_attention/attention_config.h"
#include "ch03_attention/attention_layer.h"
#include "tensor/nn/linear.h"
#include "tensor/tensor.h"

namespace gokart {

/// head h: softmax(mask(rope(q_h) rope(k_g)^T / sqrt(D))) v_g, with g = h / (H / G).
class LlamaAttention : public AttentionLayer {
 public:
  /// Of the config, sizes and num_kv_groups (0: as many as heads) matter. Throws
  /// std::invalid_argument for sizes that do not fit each other, or unless there is a frequency for
  /// each of the D / 2 pairs of a head.
  LlamaAttention(const AttentionConfig& config, std::vector<double> frequencies);

  Tensor Forward(const Tensor& x) const override;

  bool CanCache() const override { return true; }
  /// Keys are kept as they are after turning: a token's position does not change.
  std::unique_ptr<AttentionCache> MakeCache(int64_t max_tokens) const override;
  Tensor ForwardCached(const Tensor& x, std::span<AttentionCache* const> caches) const override;

  const AttentionConfig config;
  const int64_t head_dim;                 ///< D
  const std::vector<double> frequencies;  ///< [D / 2]
  Linear W_query, W_key, W_value;         ///< weight [C, C], [G D, C], [G D, C]
  Linear out_proj;                        ///< weight [C, C]

 private:
  /// x W^T, each of its heads turned; the first token of sequence b is at first_position[b], or 0.
  Tensor Turned(const Linear& projection, const Tensor& x,
                const std::vector<int64_t>& first_position) const;
};

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_LLAMA_LLAMA_ATTENTION_H_
