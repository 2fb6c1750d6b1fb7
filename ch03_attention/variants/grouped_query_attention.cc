#include "ch03_attention/variants/grouped_query_attention.h"

#include <algorithm>

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

AttentionCosts GroupedQueryAttention::Costs(const AttentionConfig& config, int64_t num_tokens) {
  return CountSoftmaxAttention(config, num_tokens, {.kv_heads = Groups(config)});
}

AttentionCosts MultiQueryAttention::Costs(const AttentionConfig& config, int64_t num_tokens) {
  return CountSoftmaxAttention(config, num_tokens, {.kv_heads = 1});
}

}  // namespace gokart
