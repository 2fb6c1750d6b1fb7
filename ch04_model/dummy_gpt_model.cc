#include "ch04_model/dummy_gpt_model.h"

#include "tensor/ops/arithmetic.h"

namespace gokart {

DummyGPTModel::DummyGPTModel(const GptConfig& c)
    : config(CheckedGptConfig("DummyGPTModel", c)),
      tok_emb(config.vocab_size, config.emb_dim),
      pos_emb(config.context_length, config.emb_dim),
      drop_emb(config.EmbDropRate()),
      out_head(config.emb_dim, config.vocab_size, /*bias=*/false) {
  RegisterModule("tok_emb", &tok_emb);
  RegisterModule("pos_emb", &pos_emb);
  RegisterModule("drop_emb", &drop_emb);
  for (int64_t layer = 0; layer < config.n_layers; ++layer) {
    trf_blocks.push_back(std::make_unique<DummyTransformerBlock>());
  }
  RegisterModule("out_head", &out_head);
}

Tensor DummyGPTModel::Forward(const TokenIds& ids) const {
  const Tensor tokens = tok_emb.Forward(ids);                  // [B, T, C]
  const Tensor positions = pos_emb.FirstRows(ids.shape(1));    // [T, C]
  Tensor x = drop_emb.Forward(tokens + positions);             // [B, T, C]
  for (const auto& block : trf_blocks) x = block->Forward(x);  // [B, T, C]
  x = final_norm.Forward(x);                                   // [B, T, C]
  return out_head.Forward(x);                                  // [B, T, V]
}

}  // namespace gokart
