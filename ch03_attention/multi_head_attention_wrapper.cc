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
  std::vector<Tensor> contexts;
  for (const auto& head : heads) contexts.push_back(head->Forward(x));  // [B, T, C] each
  return ops::Concat(contexts, -1);                                     // [B, T, H * C]
}

}  // namespace gokart
