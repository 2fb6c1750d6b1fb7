#include "ch03_attention/variants/gated_delta_net.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "ch03_attention/variants/checked_caches.h"
#include "tensor/kernels/delta_rule.h"
#include "tensor/ops/arithmetic.h"
#include "tensor/ops/delta_rule.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/norm.h"
#include "tensor/ops/unary.h"

namespace gokart {
namespace {

// The memories of all heads, [H, D, D].
class DeltaCache : public AttentionCache {
 public:
  DeltaCache(int64_t heads, int64_t head_dim, int64_t max_tokens)
      : max_tokens_(max_tokens), memory_(Tensor::Zeros({heads, head_dim, head_dim})) {}

  int64_t tokens() const override { return tokens_; }
  int64_t bytes() const override { return memory_.size() * static_cast<int64_t>(sizeof(float)); }
  int64_t max_tokens() const { return max_tokens_; }
  const Shape& shape() const { return memory_.shape(); }

  /// For the next tokens to change.
  float* Remember(int64_t tokens) {
    tokens_ += tokens;
    return memory_.mutable_data();
  }

 private:
  int64_t max_tokens_, tokens_ = 0;
  Tensor memory_;
};

// The softplus of head h's bias is its rate of forgetting: 1/10 for the first, 1/1000 for the last,
// in equal ratios between.
Tensor InitialBias(int64_t num_heads) {
  Tensor bias = Tensor::Empty({num_heads});
  for (int64_t h = 0; h < num_heads; ++h) {
    const double share = num_heads > 1 ? static_cast<double>(h) / (num_heads - 1) : 0.5;
    const double rate = std::pow(10, -1 - 2 * share);
    bias.mutable_data()[h] = static_cast<float>(std::log(std::expm1(rate)));
  }
  return bias.RequireGrad();
}

Tensor CutHeads(const Tensor& x, int64_t num_heads) {
  return ops::Reshape(x, {x.dim(0), x.dim(1), num_heads, x.dim(2) / num_heads});
}

// factor * x_h / sqrt(|x_h|^2 + eps) for each head: a root mean square norm is that of length
// sqrt(D).
Tensor NormalizeHeads(const Tensor& x, int64_t num_heads, double factor) {
  const int64_t D = x.dim(2) / num_heads;
  const double root = std::sqrt(static_cast<double>(D));
  const Tensor scale = Tensor::Full({D}, static_cast<float>(factor / root));
  const Tensor heads = CutHeads(x, num_heads);  // [B, T, H, D]
  return ops::Reshape(ops::RmsNorm(heads, scale, GatedDeltaNet::kEps / static_cast<float>(D)),
                      x.shape());
}

}  // namespace

GatedDeltaNet::GatedDeltaNet(const AttentionConfig& c)
    : config(CheckedHeads("GatedDeltaNet", c)),
      W_query(config.d_in, config.d_out, config.qkv_bias),
      W_key(config.d_in, config.d_out, config.qkv_bias),
      W_value(config.d_in, config.d_out, config.qkv_bias),
      W_gate(config.d_in, config.d_out, /*bias=*/false),
      W_beta(config.d_in, config.num_heads, /*bias=*/false),
      W_alpha(config.d_in, config.num_heads, /*bias=*/false),
      dt_bias(InitialBias(config.num_heads)),
      A_log(Tensor::Zeros({config.num_heads}).RequireGrad()),
      norm_scale(Tensor::Ones({config.d_out / config.num_heads}).RequireGrad()),
      out_proj(config.d_out, config.d_out),
      dropout(config.dropout) {
  RegisterModule("W_query", &W_query);
  RegisterModule("W_key", &W_key);
  RegisterModule("W_value", &W_value);
  RegisterModule("W_gate", &W_gate);
  RegisterModule("W_beta", &W_beta);
  RegisterModule("W_alpha", &W_alpha);
  RegisterParameter("dt_bias", &dt_bias);
  RegisterParameter("A_log", &A_log);
  RegisterParameter("norm_scale", &norm_scale);
  RegisterModule("out_proj", &out_proj);
  RegisterModule("dropout", &dropout);
}

GatedDeltaNet::Projected GatedDeltaNet::Project(const Tensor& x) const {
  const int64_t H = config.num_heads;
  const double inverse_root = 1 / std::sqrt(static_cast<double>(config.d_out / H));
  const Tensor rate = ops::Exp(A_log) * ops::Softplus(W_alpha.Forward(x) + dt_bias);  // [B, T, H]
  return {.q = NormalizeHeads(W_query.Forward(x), H, inverse_root),
          .k = NormalizeHeads(W_key.Forward(x), H, 1),
          .v = W_value.Forward(x),
          .log_decay = -rate,
          .beta = ops::Sigmoid(W_beta.Forward(x))};
}

Tensor GatedDeltaNet::GateAndMix(const Tensor& read, const Tensor& x) const {
  const Tensor heads = CutHeads(read, config.num_heads);  // [B, T, H, D]
  const Tensor norm = ops::Reshape(ops::RmsNorm(heads, norm_scale, kEps), read.shape());
  const Tensor gated = norm * ops::Silu(W_gate.Forward(x));  // [B, T, C]
  return out_proj.Forward(dropout.Forward(gated));           // [B, T, C]
}

Tensor GatedDeltaNet::Forward(const Tensor& x) const {
  CheckInput("GatedDeltaNet", config, x);
  const Projected p = Project(x);
  return GateAndMix(ops::GatedDeltaRule(p.q, p.k, p.v, p.log_decay, p.beta), x);
}

std::unique_ptr<AttentionCache> GatedDeltaNet::MakeCache(int64_t max_tokens) const {
  return std::make_unique<DeltaCache>(config.num_heads, config.d_out / config.num_heads,
                                      max_tokens);
}

Tensor GatedDeltaNet::ForwardCached(const Tensor& x,
                                    std::span<AttentionCache* const> caches) const {
  const int64_t T = x.dim(1), H = config.num_heads, C = config.d_out, D = C / H;
  const std::vector<DeltaCache*> own = CheckedCachesOf<DeltaCache>(
      "GatedDeltaNet", x, config.d_in, caches, [&](const DeltaCache& cache) {
        return cache.shape() == Shape{H, D, D};
      });
  const NoGrad no_grad;
  const Projected p = Project(x);
  Tensor read = Tensor::Empty(p.q.shape());
  for (size_t b = 0; b < own.size(); ++b) {
    const int64_t row = static_cast<int64_t>(b) * T;
    const kernels::DeltaRuleInputs in = {p.q.data() + row * C, p.k.data() + row * C,
                                         p.v.data() + row * C, p.log_decay.data() + row * H,
                                         p.beta.data() + row * H};
    const kernels::DeltaRuleShape shape = {1, T, H, D};
    float *const memory = own[b]->Remember(T), *const out = read.mutable_data() + row * C;
    // A few tokens are done before a chunk has been set up.
    constexpr int64_t kFew = 8;
    if (T <= kFew) {
      kernels::DeltaRuleStep(shape, in, memory, out);
    } else {
      kernels::DeltaRuleForward(shape, in, memory, /*states=*/nullptr, out);
    }
  }
  return GateAndMix(read, x);
}

AttentionCosts GatedDeltaNet::Costs(const AttentionConfig& config, int64_t num_tokens) {
  const int64_t c = config.d_out, h = config.num_heads, d = c / h;
  const int64_t weights = config.d_in * (4 * c + 2 * h) + c * c;
  const double t = static_cast<double>(num_tokens);
  const double chunks = static_cast<double>(kernels::DeltaRuleShape{1, num_tokens, h, d}.chunks());
  AttentionCosts costs;
  costs.parameters = weights + c + 2 * h + d + (config.qkv_bias ? 3 * c : 0);
  costs.projection_flops = 2 * t * static_cast<double>(weights);
  // To fade, look up, correct and read: 1, 2, 2 and 2 operations for each number of a memory.
  costs.attention_flops = 7 * t * static_cast<double>(c * d);
  costs.cache_bytes = 4.0 * static_cast<double>(c * d);
  // Queries and keys before and after their normalisation, values, what is read, that normalised,
  // the gate before and after its activation, their product; what each normalisation divides by,
  // and the steps to decay and beta; and the memories at the chunks' beginnings.
  costs.training_bytes = 4 * (t * (10.0 * c + 9.0 * h) + chunks * static_cast<double>(c * d));
  return costs;
}

}  // namespace gokart
