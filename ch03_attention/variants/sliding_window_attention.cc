#include "ch03_attention/variants/sliding_window_attention.h"

#include <algorithm>

namespace gokart {
namespace {

int64_t Window(const AttentionConfig& config) {
  // [exercise 3.22] A window over the past
  // Task: Give the number of tokens that a token sees, itself among them: config.window, or a
  //       quarter of the context if that is 0, but at least 1. In AlternatingWindow below give that
  //       window for layers that slide, and 0 for those that see everything; in Options tell the
  //       kernel.
  // Hint: IsSlidingLayer says which layers slide; kSlidingPerFull of them come before a full one.
  // Hint: ops::AttentionOptions has a field for the window, in which 0 is none.
  // Test: //ch03_attention/variants:less_memory_test SlidingWindow.*
  // Read: ch03_attention/variants/sliding_window_attention.h

  return config.window > 0 ? config.window : std::max<int64_t>(1, config.context_length / 4);
  // [end of exercise 3.22]
}

// 0 is no window.
int64_t AlternatingWindow(const AttentionConfig& config) {
  // [exercise 3.22, continued]
  return IsSlidingLayer(config.layer, AlternatingAttention::kSlidingPerFull) ? Window(config) : 0;
  // [end of exercise 3.22]
}

}  // namespace

SlidingWindowAttention::SlidingWindowAttention(const AttentionConfig& c)
    : ProjectedAttention("SlidingWindowAttention", c, c.num_heads) {}

ops::AttentionOptions SlidingWindowAttention::Options(int64_t) const {
  // [exercise 3.22, continued]
  return {.window = Window(config)};
  // [end of exercise 3.22]
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
