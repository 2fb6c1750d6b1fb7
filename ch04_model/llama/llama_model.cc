#include "ch04_model/llama/llama_model.h"

#include <stdexcept>
#include <string>
#include <utility>

#include "tensor/ops/layout.h"
#include "tensor/ops/linear.h"

namespace gokart {
namespace {

// The spread of a tied table's initial values, as in GPTModel.
constexpr float kTiedStd = 0.02f;

void Check(bool condition, const std::string& message) {
  if (!condition) throw std::invalid_argument("LlamaModel: " + message);
}

void ScaleInPlace(Tensor& x, float factor) {
  float* data = x.mutable_data();
  for (int64_t i = 0; i < x.size(); ++i) data[i] *= factor;
}

}  // namespace

LlamaModel::LlamaModel(const LlamaConfig& c)
    : config(CheckedLlamaConfig("LlamaModel", c)),
      tok_emb(config.vocab_size, config.emb_dim),
      final_norm(config.emb_dim) {
  RegisterModule("tok_emb", &tok_emb);
  for (int64_t layer = 0; layer < config.n_layers; ++layer) {
    trf_blocks.push_back(std::make_unique<LlamaBlock>(config));
    RegisterModule("trf_blocks." + std::to_string(layer), trf_blocks.back().get());
  }
  RegisterModule("final_norm", &final_norm);
  if (config.tie_weights) {
    ScaleInPlace(tok_emb.weight, kTiedStd);
  } else {
    out_head = std::make_unique<Linear>(config.emb_dim, config.vocab_size, /*bias=*/false);
    RegisterModule("out_head", out_head.get());
  }
}

Tensor LlamaModel::Forward(const TokenIds& ids) const {
  const int64_t t = ids.shape(1);
  Check(t >= 1 && t <= config.context_length,
        "ids " + ShapeOf(ids).ToString() + ": between 1 and " +
            std::to_string(config.context_length) + " tokens (the context length) expected");
  Tensor x = tok_emb.Forward(ids);  // [B, T, C]: attention will see to the positions
  for (const auto& block : trf_blocks) x = block->Forward(x);
  return Logits(x);  // [B, T, V]
}

// final_norm(x) W^T
Tensor LlamaModel::Logits(const Tensor& hidden) const {
  const Tensor x = final_norm.Forward(hidden);
  if (out_head != nullptr) return out_head->Forward(x);
  return ops::Linear(x, tok_emb.weight, /*bias=*/Tensor());
}

KeyValueCache LlamaModel::MakeCache(int64_t max_tokens) const {
  Check(max_tokens >= 1 && max_tokens <= config.context_length,
        "a cache for " + std::to_string(max_tokens) + " tokens: between 1 and " +
            std::to_string(config.context_length) + " (the context length) expected");
  std::vector<std::unique_ptr<AttentionCache>> layers;
  for (const auto& block : trf_blocks) layers.push_back(block->att.MakeCache(max_tokens));
  return KeyValueCache(std::move(layers), max_tokens);
}

Tensor LlamaModel::ForwardCached(const TokenIds& ids,
                                 std::span<KeyValueCache* const> caches) const {
  Check(ids.size() > 0 && ids.shape(0) == caches.size(),
        "ids " + ShapeOf(ids).ToString() + " with " + std::to_string(caches.size()) +
            " caches: at least one token, and a cache for each sequence expected");
  for (const KeyValueCache* cache : caches) {
    Check(cache->num_layers() == config.n_layers, "a cache of another model");
  }
  const NoGrad no_grad;
  Tensor x = tok_emb.Forward(ids);  // [B, T, C]
  std::vector<AttentionCache*> layer(caches.size());
  for (size_t i = 0; i < trf_blocks.size(); ++i) {
    for (size_t b = 0; b < caches.size(); ++b) layer[b] = caches[b]->layer(i);
    x = trf_blocks[i]->ForwardCached(x, layer);
  }
  return Logits(ops::Select(x, /*axis=*/1, x.dim(1) - 1));  // [B, C] -> [B, V]
}

}  // namespace gokart
