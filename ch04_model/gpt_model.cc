#include "ch04_model/gpt_model.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "ch04_model/append_parts.h"
#include "tensor/nn/skip_init.h"
#include "tensor/ops/arithmetic.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/linear.h"
#include "tensor/ops/quantized_linear.h"

namespace gokart {
namespace {

// The spread of GPT-2's initial embeddings. PyTorch's is 1, which suits a table that is only read:
// as a head it would make logits of size sqrt(C), so that an untrained model would be sure of its
// wrong answers.
constexpr float kTiedStd = 0.02f;

void ScaleInPlace(Tensor& x, float factor) {
  if (SkipInit::Active()) return;  // there are no initial values
  float* data = x.mutable_data();
  for (int64_t i = 0; i < x.size(); ++i) data[i] *= factor;
}

// The places of the tokens ids [B, T] in sequences of which the caches have seen the beginning.
TokenIds PositionsAfter(const GptConfig& config, const TokenIds& ids,
                        std::span<KeyValueCache* const> caches) {
  TokenIds positions = ids;
  bool fits = ids.size() > 0 && ids.shape(0) == caches.size();
  for (size_t b = 0; fits && b < caches.size(); ++b) {
    const int64_t seen = caches[b]->tokens(), t = static_cast<int64_t>(ids.shape(1));
    fits = caches[b]->num_layers() == config.n_layers && seen + t <= caches[b]->max_tokens();
    for (int64_t i = 0; i < t; ++i) positions(b, i) = static_cast<int32_t>(seen + i);
  }
  if (fits) return positions;
  std::string seen;
  for (const KeyValueCache* cache : caches) {
    seen += (seen.empty() ? "" : ", ") + std::to_string(cache->tokens()) + " of " +
            std::to_string(cache->max_tokens());
  }
  throw std::invalid_argument("GPTModel: ids " + ShapeOf(ids).ToString() +
                              " with caches that hold [" + seen + "] tokens of a model with " +
                              std::to_string(config.n_layers) + " layers: do not fit");
}

}  // namespace

GPTModel::GPTModel(const GptConfig& c)
    : config(CheckedGptConfig("GPTModel", c)),
      tok_emb(config.vocab_size, config.emb_dim),
      pos_emb(LearnsPositions(config) ? config.context_length : 0, config.emb_dim),
      drop_emb(config.EmbDropRate()),
      final_norm(config.emb_dim) {
  RegisterModule("tok_emb", &tok_emb);
  if (LearnsPositions(config)) RegisterModule("pos_emb", &pos_emb);
  RegisterModule("drop_emb", &drop_emb);
  for (int64_t layer = 0; layer < config.n_layers; ++layer) {
    trf_blocks.push_back(std::make_unique<TransformerBlock>(config, layer));
    RegisterModule("trf_blocks." + std::to_string(layer), trf_blocks.back().get());
  }
  RegisterModule("final_norm", &final_norm);
  if (config.tie_weights) {
    ScaleInPlace(tok_emb.weight, kTiedStd);
    ScaleInPlace(pos_emb.weight, kTiedStd);
  } else {
    out_head = std::make_unique<Linear>(config.emb_dim, config.vocab_size, /*bias=*/false);
    RegisterModule("out_head", out_head.get());
  }
}

Tensor GPTModel::Forward(const TokenIds& ids) const { return Logits(Hidden(ids)); }

Tensor GPTModel::ForwardLast(const TokenIds& ids) const {
  const Tensor hidden = Hidden(ids);                                  // [B, T, C]
  return Logits(ops::Select(hidden, /*axis=*/1, hidden.dim(1) - 1));  // [B, C] -> [B, V]
}

// x = dropout(tok_emb[ids] + pos_emb[0..T)), without the second where attention needs no positions
// x = block(x) for each block
Tensor GPTModel::Hidden(const TokenIds& ids) const {
  const int64_t t = ids.shape(1);
  if (t < 1 || t > config.context_length) {
    throw std::invalid_argument("GPTModel: ids " + ShapeOf(ids).ToString() + ": between 1 and " +
                                std::to_string(config.context_length) +
                                " tokens (the context length) expected");
  }
  // [exercise 4.6] From token ids through the blocks
  // Task: Add token and position embeddings (the latter only if LearnsPositions(config)), drop out,
  //       and apply the blocks in turn: ids [B, T] become [B, T, C].
  // Hint: It is exercise 2.19 with drop_emb and a loop behind it.
  // Hint: pos_emb.FirstRows(t) are the positions [T, C]. trf_blocks holds pointers.
  // Test: //ch04_model:gpt_model_test HiddenVectors.*
  // Read: ch04_model/README.md, "From tokens to logits"

  Tensor x = tok_emb.Forward(ids);                            // [B, T, C]
  if (LearnsPositions(config)) x = x + pos_emb.FirstRows(t);  // [T, C], the same for all sequences
  x = drop_emb.Forward(x);                                    // [B, T, C]
  for (const auto& block : trf_blocks) x = block->Forward(x);
  return x;  // [B, T, C]
  // [end of exercise 4.6]
}

bool GPTModel::CanCache() const {
  return std::all_of(trf_blocks.begin(), trf_blocks.end(),
                     [](const auto& block) { return block->att->CanCache(); });
}

KeyValueCache GPTModel::MakeCache(std::optional<int64_t> max_tokens) const {
  const int64_t n = max_tokens.value_or(config.context_length);
  if (n < 1 || n > config.context_length) {
    throw std::invalid_argument("GPTModel: a cache for " + std::to_string(n) +
                                " tokens: between 1 and " + std::to_string(config.context_length) +
                                " (the context length) expected");
  }
  std::vector<std::unique_ptr<AttentionCache>> layers;
  for (const auto& block : trf_blocks) layers.push_back(block->att->MakeCache(n));
  return KeyValueCache(std::move(layers), n);
}

Tensor GPTModel::ForwardCached(const TokenIds& ids, std::span<KeyValueCache* const> caches) const {
  const NoGrad no_grad;
  const Tensor hidden = HiddenCached(ids, caches);                    // [B, T, C]
  return Logits(ops::Select(hidden, /*axis=*/1, hidden.dim(1) - 1));  // [B, C] -> [B, V]
}

Tensor GPTModel::HiddenCached(const TokenIds& ids, std::span<KeyValueCache* const> caches) const {
  const NoGrad no_grad;
  const TokenIds positions = PositionsAfter(config, ids, caches);  // [B, T]
  Tensor x = tok_emb.Forward(ids);                                 // [B, T, C]
  if (LearnsPositions(config)) x = x + pos_emb.Forward(positions);
  std::vector<AttentionCache*> layer(caches.size());
  for (size_t i = 0; i < trf_blocks.size(); ++i) {
    for (size_t b = 0; b < caches.size(); ++b) layer[b] = caches[b]->layer(i);
    x = trf_blocks[i]->ForwardCached(x, layer);
  }
  return x;  // [B, T, C]
}

void GPTModel::AppendMatrices(std::vector<MatrixSlot>& out) {
  out.push_back(tok_emb.Table());
  Module::AppendMatrices(out);
}

// logits = final_norm(x) W^T
Tensor GPTModel::Logits(const Tensor& hidden) const {
  // [exercise 4.7] Logits
  // Task: Normalise the hidden vectors [..., C] by final_norm and give each a number for every
  //       token of the vocabulary: [..., V], by out_head, or, where the model has none, by the
  //       table of token embeddings.
  // Hint: out_head is null where weights are tied. Then logits are dot products with the rows of
  //       tok_emb: ops::Linear(x, tok_emb.weight, Tensor()).
  // Hint: Where tok_emb.quantized is not empty, it takes the table's place.
  // Test: //ch04_model:gpt_model_test LogitsOf.*
  // Read: ch04_model/README.md, "From tokens to logits"

  const Tensor x = final_norm.Forward(hidden);           // [..., C]
  if (out_head != nullptr) return out_head->Forward(x);  // [..., V]
  if (tok_emb.quantized) return ops::Linear(x, *tok_emb.quantized, /*bias=*/Tensor());
  return ops::Linear(x, tok_emb.weight, /*bias=*/Tensor());  // [..., V]
  // [end of exercise 4.7]
}

std::vector<NamedPart> GPTModel::NamedParts() const {
  std::vector<NamedPart> parts;
  AppendParts("tok_emb.", WholeParts(tok_emb), parts);
  if (LearnsPositions(config)) AppendParts("pos_emb.", WholeParts(pos_emb), parts);
  for (size_t layer = 0; layer < trf_blocks.size(); ++layer) {
    AppendParts("trf_blocks." + std::to_string(layer) + ".", trf_blocks[layer]->NamedParts(),
                parts);
  }
  AppendParts("final_norm.", WholeParts(final_norm), parts);
  if (out_head != nullptr) AppendParts("out_head.", WholeParts(*out_head), parts);
  return parts;
}

}  // namespace gokart
