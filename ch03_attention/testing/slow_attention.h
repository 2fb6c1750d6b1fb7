// Multi-head causal attention by its definition: plain loops in double precision, for tests to
// compare with. Shares no code with the layers.
#ifndef GOKART_CH03_ATTENTION_TESTING_SLOW_ATTENTION_H_
#define GOKART_CH03_ATTENTION_TESTING_SLOW_ATTENTION_H_

#include <vector>

#include "ch03_attention/attention_config.h"
#include "tensor/nn/named_part.h"
#include "tensor/tensor.h"

namespace gokart {

/// The output [B, T, C] for x [B, T, d_in] with the parameters `parts` (W_query.weight, ...,
/// out_proj.bias). `keep` says for each attention weight [B, H, T, T] whether dropout leaves it;
/// empty: all stay.
std::vector<double> SlowAttention(const AttentionConfig& config,
                                  const std::vector<NamedPart>& parts, const Tensor& x,
                                  const std::vector<bool>& keep = {});

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_TESTING_SLOW_ATTENTION_H_
