// A layer run as decoding runs it: some tokens at a time, with the caches of what came before.
//
//   Tensor y = RunCached(layer, x, {4, 1, 1});   // 6 tokens: must be what layer.Forward(x) gives
#ifndef GOKART_CH03_ATTENTION_TESTING_RUN_CACHED_H_
#define GOKART_CH03_ATTENTION_TESTING_RUN_CACHED_H_

#include <cstdint>
#include <vector>

#include "ch03_attention/attention_layer.h"
#include "tensor/tensor.h"

namespace gokart {

/// x [B, T, d_in] -> [B, T, C], `pieces` tokens at a time, which add up to T. Expects that the
/// caches count along.
Tensor RunCached(const AttentionLayer& layer, const Tensor& x, const std::vector<int64_t>& pieces);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_TESTING_RUN_CACHED_H_
