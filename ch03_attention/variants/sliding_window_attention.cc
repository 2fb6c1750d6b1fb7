#include "ch03_attention/variants/sliding_window_attention.h"

#include <algorithm>

namespace gokart {
namespace {

int64_t Window(const AttentionConfig& config) {
  return config.window > 0 ? config.window : std::max<int64_t>(1, config.context_length / 4);
}

// 0 is no window.
int64_t AlternatingWindow(const AttentionConfig& config) {
  return IsSlidingLayer(config.layer, AlternatingAttention::kSlidingPerFull) ? Window(config) : 0;
}

}  // namespace

SlidingWindowAttention::SlidingWindowAttention(const AttentionConfig& c)
    : ProjectedAttention("SlidingWindowAttention", c, c.num_heads) {}

ops::AttentionOptions SlidingWindowAttention::Options(int64_t) const {
  return {.window = Window(config)};
}

AttentionCosts SlidingWindowAttention::Costs(const AttentionConfig& config, int64_t num_tokens) {
  return CountSoftmaxAttention(config, num_tokens, {.window = Window(config)});
}

AlternatingAttention::AlternatingAttention(const AttentionConfig& c)
    : ProjectedAttention("AlternatingAttention", c, c.num_heads) {}

ops::AttentionOptions AlternatingAttention::Options(int64_t) const {
  return {.window = AlternatingWindow(config)};
}

AttentionCosts AlternatingAttention::Costs(const AttentionConfig& config, int64_t num_tokens) {
  return CountSoftmaxAttention(config, num_tokens, {.window = AlternatingWindow(config)});
}

}  // namespace gokart
