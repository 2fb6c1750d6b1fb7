#include "ch03_attention/variants/masked_attention.h"

namespace gokart {

ops::AttentionOptions MaskedAttention::Options(int64_t num_tokens) const {
  const auto causal = [](int64_t query, int64_t key) { return key <= query; };
  return {.mask =
              masks_.Get(num_tokens, [&] { return ops::BlockMask::Opaque(num_tokens, causal); })};
}

}  // namespace gokart
