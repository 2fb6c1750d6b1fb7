#include "ch03_attention/variants/grouped_query_attention.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensor/ops/layout.h"

namespace gokart {
namespace {

int64_t Groups(const AttentionConfig& config) {
  return config.num_kv_groups > 0 ? config.num_kv_groups
                                  : GroupedQueryAttention::DefaultGroups(config.num_heads);
}

}  // namespace

int64_t GroupedQueryAttention::DefaultGroups(int64_t num_heads) {
  int64_t groups = std::max<int64_t>(1, (num_heads + 2) / 4);
  while (num_heads % groups != 0) --groups;
  return groups;
}

GroupedQueryAttention::GroupedQueryAttention(const AttentionConfig& c)
    : ProjectedAttention("GroupedQueryAttention", c, Groups(c)) {}

Tensor RepeatHeads(const Tensor& x, int64_t num_kv_heads, int64_t num_heads) {
  if (x.rank() != 3 || num_kv_heads < 1 || num_heads < 1 || num_heads % num_kv_heads != 0 ||
      x.dim(2) % num_kv_heads != 0) {
    throw std::invalid_argument("RepeatHeads: x " + x.shape().ToString() + " with " +
                                std::to_string(num_kv_heads) + " heads cannot serve " +
                                std::to_string(num_heads) + " heads of queries");
  }
  // [exercise 3.21] Heads that share keys and values
  // Task: Give x [B, T, G D] as H = num_heads heads of queries find it, [B, T, H D]: the first H /
  //       G of them share head 0, the next ones head 1, and so on.
  // Hint: Head g lies at channels g D to (g + 1) D of the last axis: ops::Slice.
  // Hint: ops::Concat along the last axis takes a list of tensors, in which one may be several
  //       times.
  // Test: //ch03_attention/variants:less_memory_test GroupedQueries.*
  // Read: ch03_attention/variants/grouped_query_attention.h

  const int64_t head_dim = x.dim(2) / num_kv_heads, shared_by = num_heads / num_kv_heads;
  std::vector<Tensor> heads;
  for (int64_t h = 0; h < num_heads; ++h) {
    const int64_t begin = h / shared_by * head_dim;
    heads.push_back(ops::Slice(x, -1, begin, begin + head_dim));  // [B, T, D]
  }
  return ops::Concat(heads, -1);
  // [end of exercise 3.21]
}

AttentionCosts GroupedQueryAttention::Costs(const AttentionConfig& config, int64_t num_tokens) {
  return CountSoftmaxAttention(config, num_tokens, {.kv_heads = Groups(config)});
}

AttentionCosts MultiQueryAttention::Costs(const AttentionConfig& config, int64_t num_tokens) {
  return CountSoftmaxAttention(config, num_tokens, {.kv_heads = 1});
}

}  // namespace gokart
