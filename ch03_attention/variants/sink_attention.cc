#include "ch03_attention/variants/sink_attention.h"

namespace gokart {

SinkAttention::SinkAttention(const AttentionConfig& c)
    : ProjectedAttention("SinkAttention", c, c.num_heads),
      sinks(Tensor::Zeros({c.num_heads}).RequireGrad()) {
  RegisterParameter("sinks", &sinks);
}

ops::AttentionOptions SinkAttention::Options(int64_t) const { return {.sinks = sinks}; }

AttentionCosts SinkAttention::Costs(const AttentionConfig& config, int64_t num_tokens) {
  AttentionCosts costs = ProjectedAttention::Costs(config, num_tokens);
  costs.parameters += config.num_heads;
  return costs;
}

}  // namespace gokart
