#include "ch03_attention/testing/slow_attention.h"

#include <cmath>
#include <cstdint>
#include <string>

namespace gokart {
namespace {

const NamedPart* Find(const std::vector<NamedPart>& parts, const std::string& name) {
  for (const NamedPart& part : parts) {
    if (part.name == name) return &part;
  }
  return nullptr;
}

// y[r, o] = sum_i x[r, i] weight[o, i] + bias[o]
std::vector<double> Project(const std::vector<NamedPart>& parts, const std::string& layer,
                            const std::vector<double>& x) {
  const NamedPart* const weight = Find(parts, layer + ".weight");
  const NamedPart* const bias = Find(parts, layer + ".bias");
  const int64_t out = weight->shape()[0], in = weight->shape()[1];
  const int64_t rows = static_cast<int64_t>(x.size()) / in;
  std::vector<double> y(rows * out);
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t o = 0; o < out; ++o) {
      double sum = bias == nullptr ? 0 : bias->values()[o];
      for (int64_t i = 0; i < in; ++i) sum += x[r * in + i] * weight->values()[o * in + i];
      y[r * out + o] = sum;
    }
  }
  return y;
}

}  // namespace

std::vector<double> SlowAttention(const AttentionConfig& config,
                                  const std::vector<NamedPart>& parts, const Tensor& x,
                                  const std::vector<bool>& keep) {
  const int64_t num_batches = x.dim(0), num_tokens = x.dim(1), c = config.d_out;
  const int64_t num_heads = config.num_heads, head_dim = c / num_heads;
  const std::vector<double> in(x.values().begin(), x.values().end());
  const std::vector<double> q = Project(parts, "W_query", in), k = Project(parts, "W_key", in),
                            v = Project(parts, "W_value", in);
  std::vector<double> context(num_batches * num_tokens * c, 0.0);
  for (int64_t b = 0; b < num_batches; ++b) {
    for (int64_t h = 0; h < num_heads; ++h) {
      for (int64_t t = 0; t < num_tokens; ++t) {
        const int64_t query_at = (b * num_tokens + t) * c + h * head_dim;
        std::vector<double> weight(t + 1);
        double sum = 0;
        for (int64_t s = 0; s <= t; ++s) {
          const int64_t key_at = (b * num_tokens + s) * c + h * head_dim;
          double score = 0;
          for (int64_t d = 0; d < head_dim; ++d) score += q[query_at + d] * k[key_at + d];
          sum += weight[s] = std::exp(score / std::sqrt(static_cast<double>(head_dim)));
        }
        for (int64_t s = 0; s <= t; ++s) {
          const int64_t flat = ((b * num_heads + h) * num_tokens + t) * num_tokens + s;
          if (!keep.empty() && !keep[flat]) continue;
          const double factor = weight[s] / sum / (keep.empty() ? 1 : 1 - config.dropout);
          const int64_t value_at = (b * num_tokens + s) * c + h * head_dim;
          for (int64_t d = 0; d < head_dim; ++d) context[query_at + d] += factor * v[value_at + d];
        }
      }
    }
  }
  return Project(parts, "out_proj", context);
}

}  // namespace gokart
