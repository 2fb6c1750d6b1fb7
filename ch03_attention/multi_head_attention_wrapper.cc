#include "ch03_attention/multi_head_attention_wrapper.h"

#include <string>

#include "tensor/ops/layout.h"

namespace gokart {

MultiHeadAttentionWrapper::MultiHeadAttentionWrapper(const AttentionConfig& config) {
  CheckedConfig("MultiHeadAttentionWrapper", config);
  for (int64_t h = 0; h < config.num_heads; ++h) {
    heads.push_back(std::make_unique<CausalAttention>(config));
    RegisterModule("heads." + std::to_string(h), heads.back().get());
  }
}

Tensor MultiHeadAttentionWrapper::Forward(const Tensor& x) const {
  // [exercise 3.15] Several heads, one after the other
  // Task: Let each head attend by itself and put their outputs [B, T, C] side by side: [B, T, H *
  //       C].
  // Hint: ops::Concat(tensors, axis) joins tensors along an axis; -1 is the last one.
  // Test: //ch03_attention:multi_head_attention_wrapper_test HeadsSideBySide.*
  // Read: ch03_attention/README.md, "Several heads"

  std::vector<Tensor> contexts;
  for (const auto& head : heads) contexts.push_back(head->Forward(x));  // [B, T, C] each
  return ops::Concat(contexts, -1);                                     // [B, T, H * C]
  // [end of exercise 3.15]
}

}  // namespace gokart
