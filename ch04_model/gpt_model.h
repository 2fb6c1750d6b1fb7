// A GPT: token ids in, for each position the logits of the token that comes next out (workshop
// section 4.6).
//
//   ManualSeed(123);
//   GPTModel model(*FindGptConfig("gpt2-small"));
//   Tensor logits = model.Forward(ids);                        // [B, T] -> [B, T, V]
//   Tensor loss = ops::CrossEntropy(logits, Flat(target_ids));
//
//   EvalMode eval(model);                                      // without dropout,
//   NoGrad no_grad;                                            // without recording:
//   Tensor next = model.ForwardLast(ids);                      // [B, T] -> [B, V]
//   // ... and token by token, with a cache: see key_value_cache.h and sequence.h.
#ifndef GOKART_CH04_MODEL_GPT_MODEL_H_
#define GOKART_CH04_MODEL_GPT_MODEL_H_

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "ch04_model/gpt_config.h"
#include "ch04_model/key_value_cache.h"
#include "ch04_model/layer_norm.h"
#include "ch04_model/transformer_block.h"
#include "tensor/nn/dropout.h"
#include "tensor/nn/embedding.h"
#include "tensor/nn/linear.h"
#include "tensor/nn/module.h"
#include "tensor/nn/named_part.h"
#include "tensor/tensor.h"
#include "tensor/token_ids.h"

namespace gokart {

/// Embeddings of tokens and positions, L transformer blocks, a last normalisation, and a linear
/// layer onto the vocabulary, the head. The layers are made in the workshop's order, and so draw
/// its initial values.
class GPTModel : public Module {
 public:
  /// Throws std::invalid_argument for a config that CheckGptConfig refuses.
  explicit GPTModel(const GptConfig& config);

  /// ids [B, T] -> logits [B, T, V]. Throws std::invalid_argument for more than context_length
  /// tokens, none, or an id outside of the vocabulary.
  Tensor Forward(const TokenIds& ids) const;

  /// The logits of the last position alone, [B, T] -> [B, V]: all that generation needs, without
  /// V columns for each token that came before.
  Tensor ForwardLast(const TokenIds& ids) const;

  /// The two parts of Forward: what the blocks make of the tokens, ids [B, T] -> [B, T, C], before
  /// the last normalisation; and that normalisation with the head, [..., C] -> [..., V].
  Tensor Hidden(const TokenIds& ids) const;
  Tensor Logits(const Tensor& hidden) const;

  /// Whether there are caches: all kinds of attention but a few have them.
  bool CanCache() const;
  /// An empty cache for one sequence of up to `max_tokens` tokens; the context length if not given,
  /// which is also the most. Throws std::invalid_argument for another number, or without caches.
  KeyValueCache MakeCache(std::optional<int64_t> max_tokens = std::nullopt) const;

  /// The next T tokens of each of B sequences: ids [B, T] -> the logits of the last of them [B, V].
  /// What Forward would give for all tokens of the sequences, which the caches stand for; they may
  /// be of different lengths. No dropout, no gradients. Throws std::invalid_argument for ids that
  /// Forward refuses, another number of caches, or more tokens than a cache may hold.
  Tensor ForwardCached(const TokenIds& ids, std::span<KeyValueCache* const> caches) const;
  /// The same before the last normalisation and the head, for all T positions: [B, T, C].
  Tensor HiddenCached(const TokenIds& ids, std::span<KeyValueCache* const> caches) const;

  /// The parameters under the workshop's names and in its order, for checkpoints: tok_emb.weight,
  /// pos_emb.weight, trf_blocks.0.att.W_query.weight, ..., final_norm.shift, out_head.weight. With
  /// tied weights there is no out_head.weight: it is tok_emb.weight. Quantised weights are not
  /// among them.
  std::vector<NamedPart> NamedParts() const;

  const GptConfig config;
  Embedding tok_emb;  ///< weight [V, C]
  Embedding pos_emb;  ///< weight [context_length, C]; [0, C] unless LearnsPositions(config)
  Dropout drop_emb;
  std::vector<std::unique_ptr<TransformerBlock>> trf_blocks;
  LayerNorm final_norm;
  std::unique_ptr<Linear> out_head;  ///< weight [V, C], no bias; none with tied weights

 protected:
  /// All matrices but the positions', of which every token reads only a row. With tied weights the
  /// head is the table of tokens.
  void AppendMatrices(std::vector<MatrixSlot>& out) override;
};

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_GPT_MODEL_H_
