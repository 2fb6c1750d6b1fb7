// The arguments of the workshop's attention classes, and what they demand of their input.
//
//   MultiHeadAttention attention({.d_in = 768, .d_out = 768, .context_length = 1024,
//                                 .dropout = 0.1, .num_heads = 12});
#ifndef GOKART_CH03_ATTENTION_ATTENTION_CONFIG_H_
#define GOKART_CH03_ATTENTION_ATTENTION_CONFIG_H_

#include <cstdint>
#include <string>

#include "tensor/tensor.h"

namespace gokart {

struct AttentionConfig {
  int64_t d_in = 0;            ///< width of the incoming vectors
  int64_t d_out = 0;           ///< width of the outgoing vectors, C in the shape comments
  int64_t context_length = 0;  ///< tokens of the longest sequence
  double dropout = 0;          ///< rate of dropout on the attention weights, 0 <= dropout < 1
  int64_t num_heads = 1;       ///< H; each head has dimension D = d_out / num_heads
  bool qkv_bias = false;       ///< whether the projections to query, key and value have a bias

  // For those variants that have them (ch03_attention/variants); 0: the variant's own choice.
  int64_t num_kv_groups = 0;  ///< G, heads of keys and values (grouped-query attention)
  int64_t window = 0;         ///< W, tokens that a token sees, itself included (sliding window)
  int64_t latent_dim = 0;     ///< numbers kept of each token (latent attention)
  int64_t layer = 0;          ///< which of a model's layers this is, from 0 (alternating layers)
};

/// The config as it is, if it makes sense. Throws std::invalid_argument, starting with the name of
/// the layer, unless all sizes are positive and 0 <= dropout < 1.
AttentionConfig CheckedConfig(const std::string& layer, const AttentionConfig& config);

/// The same for heads that share d_out between them: num_heads must divide it.
AttentionConfig CheckedHeads(const std::string& layer, const AttentionConfig& config);

/// Throws std::invalid_argument unless x is [B, T, d_in] with T <= context_length.
void CheckInput(const std::string& layer, const AttentionConfig& config, const Tensor& x);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_ATTENTION_CONFIG_H_
