// The outline of a GPT, with placeholders where the chapter's layers will stand (workshop section
// 4.1): ids go in and logits come out, but no token looks at another.
//
//   ManualSeed(123);
//   DummyGPTModel model(*FindGptConfig("gpt2-small"));
//   Tensor logits = model.Forward(ids);  // [B, T] -> [B, T, V]
#ifndef GOKART_CH04_MODEL_DUMMY_GPT_MODEL_H_
#define GOKART_CH04_MODEL_DUMMY_GPT_MODEL_H_

#include <memory>
#include <vector>

#include "ch04_model/gpt_config.h"
#include "tensor/nn/dropout.h"
#include "tensor/nn/embedding.h"
#include "tensor/nn/linear.h"
#include "tensor/nn/module.h"
#include "tensor/tensor.h"
#include "tensor/token_ids.h"

namespace gokart {

/// Where section 4.5 puts a TransformerBlock: gives back what it gets.
class DummyTransformerBlock : public Module {
 public:
  Tensor Forward(const Tensor& x) const { return x; }
};

/// Where section 4.2 puts a LayerNorm: gives back what it gets.
class DummyLayerNorm : public Module {
 public:
  Tensor Forward(const Tensor& x) const { return x; }
};

class DummyGPTModel : public Module {
 public:
  /// Throws std::invalid_argument for a config that CheckGptConfig refuses.
  explicit DummyGPTModel(const GptConfig& config);

  /// ids [B, T] -> logits [B, T, V].
  Tensor Forward(const TokenIds& ids) const;

  const GptConfig config;
  Embedding tok_emb;
  Embedding pos_emb;
  Dropout drop_emb;
  std::vector<std::unique_ptr<DummyTransformerBlock>> trf_blocks;
  DummyLayerNorm final_norm;
  Linear out_head;
};

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_DUMMY_GPT_MODEL_H_
