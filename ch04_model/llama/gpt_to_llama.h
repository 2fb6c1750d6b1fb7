// From GPT-2 to Llama 3.2, one change after the other: what each does to the number of parameters,
// to the work for a token, and to the cache.
//
//   for (const ConversionStep& step : GptToLlama()) Print(step.change, NumParameters(step.sizes));
#ifndef GOKART_CH04_MODEL_LLAMA_GPT_TO_LLAMA_H_
#define GOKART_CH04_MODEL_LLAMA_GPT_TO_LLAMA_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ch04_model/gpt_config.h"
#include "ch04_model/llama/llama_config.h"

namespace gokart {

/// A decoder-only transformer as far as its size goes: GPT-2, Llama and all between.
struct DecoderSizes {
  int64_t vocab_size = 0, context_length = 0;  ///< V
  int64_t emb_dim = 0, n_heads = 0;            ///< C, H
  int64_t n_kv_groups = 0, n_layers = 0;       ///< G, L
  int64_t hidden_dim = 0;                      ///< F
  bool qkv_bias = false;                       ///< of query, key and value
  bool other_biases = false;                   ///< of the output and feed-forward projections
  bool norm_shift = false;                     ///< layer norm (scale and shift), not RMS norm
  bool position_table = false;                 ///< learned positions, not RoPE
  bool gated = false;                          ///< SwiGLU: three matrices in place of two
  bool tie_weights = false;

  bool operator==(const DecoderSizes&) const = default;
};

/// Of a GPT with multi-head or grouped-query attention, or with "rope".
DecoderSizes SizesOf(const GptConfig& config);
DecoderSizes SizesOf(const LlamaConfig& config);

int64_t NumParameters(const DecoderSizes& sizes);
/// Multiply-adds of the linear layers for one token, head included: the weights that it meets.
int64_t LinearMacsPerToken(const DecoderSizes& sizes);
/// Bytes of keys and values of `num_tokens` tokens in all layers, two for each number (bfloat16).
int64_t CacheBytes(const DecoderSizes& sizes, int64_t num_tokens);

struct ConversionStep {
  std::string change;  ///< "LayerNorm -> RMSNorm"
  DecoderSizes sizes;  ///< after it
  std::string model;   ///< what it is now, if it has a name: "Llama 2 7B"
};

/// The steps from GPT-2's architecture, 4096 wide and 32 blocks deep, over Llama 2 7B, Llama 3 8B
/// and Llama 3.1 8B to Llama 3.2 1B.
std::vector<ConversionStep> GptToLlama();

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_LLAMA_GPT_TO_LLAMA_H_
