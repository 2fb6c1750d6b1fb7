// A Llama 2, 3, 3.1 or 3.2 (Touvron et al. 2023, arXiv 2307.09288; Grattafiori et al. 2024, arXiv
// 2407.21783; the workshop's ch05/07): what became of chapter 4's GPT. docs/from_gpt2_to_llama3.md
// goes through the changes one by one.
//
//   LlamaModel model({.vocab_size = 128, .context_length = 256, .emb_dim = 64, .n_heads = 8,
//                     .n_kv_groups = 2, .n_layers = 4, .hidden_dim = 224, .rope_base = 500000});
//   Tensor logits = model.Forward(ids);                        // [B, T] -> [B, T, V]
//   Tensor loss = ops::CrossEntropy(logits, Flat(target_ids));
#ifndef GOKART_CH04_MODEL_LLAMA_LLAMA_MODEL_H_
#define GOKART_CH04_MODEL_LLAMA_LLAMA_MODEL_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ch04_model/key_value_cache.h"
#include "ch04_model/llama/llama_block.h"
#include "ch04_model/llama/llama_config.h"
#include "ch04_model/llama/rms_norm.h"
#include "tensor/nn/embedding.h"
#include "tensor/nn/linear.h"
#include "tensor/nn/module.h"
#include "tensor/tensor.h"
#include "tensor/token_ids.h"

namespace gokart {

/// Token embeddings (and none of positions), L blocks, a last normalisation, the head. There is no
/// dropout, so training and evaluation mode are the same.
class LlamaModel : public Module {
 public:
  /// Throws std::invalid_argument for a config that CheckedLlamaConfig refuses.
  explicit LlamaModel(const LlamaConfig& config);

  /// ids [B, T] -> logits [B, T, V]. Throws std::invalid_argument for more than context_length
  /// tokens, none, or an id outside of the vocabulary.
  Tensor Forward(const TokenIds& ids) const;

  /// An empty cache for one sequence of up to `max_tokens` tokens. Throws std::invalid_argument
  /// unless that is between 1 and the context length.
  KeyValueCache MakeCache(int64_t max_tokens) const;

  /// The next T tokens of each of B sequences: ids [B, T] -> the logits of the last of them [B, V],
  /// as GPTModel::ForwardCached.
  Tensor ForwardCached(const TokenIds& ids, std::span<KeyValueCache* const> caches) const;

  const LlamaConfig config;
  Embedding tok_emb;  ///< weight [V, C]
  std::vector<std::unique_ptr<LlamaBlock>> trf_blocks;
  RmsNorm final_norm;
  std::unique_ptr<Linear> out_head;  ///< weight [V, C], no bias; none with tied weights

 private:
  Tensor Logits(const Tensor& hidden) const;
};

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_LLAMA_LLAMA_MODEL_H_
