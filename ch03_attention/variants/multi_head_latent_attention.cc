#include "ch03_attention/variants/multi_head_latent_attention.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "ch03_attention/multi_head_attention.h"
#include "ch03_attention/variants/checked_caches.h"
#include "ch03_attention/variants/latent_cache.h"
#include "tensor/kernels/attention.h"
#include "tensor/kernels/decode_attention.h"
#include "tensor/ops/arithmetic.h"
#include "tensor/ops/attention.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/matmul.h"
#include "tensor/random.h"

namespace gokart {
namespace {

int64_t LatentDim(const AttentionConfig& config) {
  return config.latent_dim > 0 ? config.latent_dim : std::max<int64_t>(16, config.d_out / 8);
}

// Whether a layer is its weight and bias, and nothing else: not quantised, without an adapter.
bool IsPlain(const Linear& layer) { return layer.weight.defined() && !layer.adapter.active(); }

}  // namespace

MultiHeadLatentAttention::MultiHeadLatentAttention(const AttentionConfig& c)
    : config(CheckedHeads("MultiHeadLatentAttention", c)),
      latent_dim(LatentDim(config)),
      W_query(config.d_in, config.d_out, config.qkv_bias),
      W_DKV(config.d_in, latent_dim, config.qkv_bias),
      W_UK(latent_dim, config.d_out, config.qkv_bias),
      W_UV(latent_dim, config.d_out, config.qkv_bias),
      out_proj(config.d_out, config.d_out),
      dropout(config.dropout) {
  RegisterModule("W_query", &W_query);
  RegisterModule("W_DKV", &W_DKV);
  RegisterModule("W_UK", &W_UK);
  RegisterModule("W_UV", &W_UV);
  RegisterModule("out_proj", &out_proj);
  RegisterModule("dropout", &dropout);
}

Tensor MultiHeadLatentAttention::Forward(const Tensor& x) const {
  CheckInput("MultiHeadLatentAttention", config, x);
  // [exercise 3.29] Keys and values from a short vector
  // Task: Give the output [B, T, C]: each token's x is taken down to R numbers, from which the keys
  //       and values of all heads are made; queries come from x itself.
  // Hint: W_DKV goes down to [B, T, R]; W_UK and W_UV go up from there.
  // Hint: ops::Attention(q, k, v, options) is causal; it needs num_heads, and active_rate() of the
  //       dropout with &GlobalGenerator().
  // Test: //ch03_attention/variants:less_memory_test LatentAttention.*
  // Read: ch03_attention/variants/multi_head_latent_attention.h

  const Tensor q = W_query.Forward(x);     // [B, T, C]
  const Tensor latent = W_DKV.Forward(x);  // [B, T, R]
  const Tensor k = W_UK.Forward(latent);   // [B, T, C]
  const Tensor v = W_UV.Forward(latent);   // [B, T, C]
  const Tensor context = ops::Attention(q, k, v,
                                        {.num_heads = config.num_heads,
                                         .drop_rate = dropout.active_rate(),
                                         .generator = &GlobalGenerator()});
  return out_proj.Forward(context);  // [B, T, C]
  // [end of exercise 3.29]
}

std::unique_ptr<AttentionCache> MultiHeadLatentAttention::MakeCache(int64_t max_tokens) const {
  return std::make_unique<LatentCache>(latent_dim, max_tokens);
}

Tensor MultiHeadLatentAttention::ForwardCached(const Tensor& x,
                                               std::span<AttentionCache* const> caches) const {
  const std::vector<LatentCache*> own = CheckedCachesOf<LatentCache>(
      "MultiHeadLatentAttention", x, config.d_in, caches,
      [&](const LatentCache& cache) { return cache.width() == latent_dim; });
  const NoGrad no_grad;
  const Tensor q = W_query.Forward(x), latent = W_DKV.Forward(x);  // [B, T, C], [B, T, R]
  const int64_t T = x.dim(1);
  const bool absorb = T == 1 && IsPlain(W_UK) && IsPlain(W_UV);
  std::vector<Tensor> contexts;
  for (size_t b = 0; b < own.size(); ++b) {
    own[b]->Append(latent.data() + static_cast<int64_t>(b) * T * latent_dim, T);
    const Tensor q_b = ops::Select(q, 0, static_cast<int64_t>(b));  // [T, C]
    contexts.push_back(absorb ? AttendAbsorbed(q_b, *own[b]) : AttendExpanded(q_b, *own[b]));
  }
  const Tensor context = ops::Reshape(ops::Concat(contexts, 0), q.shape());  // [B, T, C]
  return out_proj.Forward(context);
}

// A bias of W_UK adds the same to all scores of a query, which softmax takes off again; one of W_UV
// comes through as it is, since the weights sum to 1.
Tensor MultiHeadLatentAttention::AttendAbsorbed(const Tensor& q, const LatentCache& cache) const {
  // [exercise 3.30] Queries that look at the short vectors
  // Task: Give the heads' outputs [1, C] for the one query q [1, C] without making keys and values:
  //       take each head's query down to R numbers, attend to cache.rows() [tokens, R] as keys and
  //       values at once, and take what is found up again.
  // Hint: With U_h the D rows of W_UK that belong to head h: q_h . (U_h c) = (U_h^T q_h) . c, and
  //       likewise W_UV's rows make a head's D outputs of the R that were found.
  // Hint: The scores are still those of heads of D channels: the scale is 1 / sqrt(D).
  // Hint: One head of keys serves all (kv_heads 1, head_stride 0). W_UK's bias changes no weight,
  //       but W_UV's comes through, since weights sum to 1.
  // Test: //ch03_attention/variants:less_memory_test AbsorbedWeights.*
  // Read: ch03_attention/variants/multi_head_latent_attention.h

  const int64_t H = config.num_heads, C = config.d_out, D = C / H, R = latent_dim;
  const Tensor q_heads = ops::Reshape(q, {H, 1, D});
  const Tensor up_keys = ops::Reshape(W_UK.weight, {H, D, R});
  const Tensor q_latent = ops::MatMul(q_heads, up_keys);  // [H, 1, D] x [H, D, R] -> [H, 1, R]
  Tensor found = Tensor::Empty({H, 1, R});
  const kernels::DecodeQuery query = {.q = q_latent.data(),
                                      .k = cache.rows(),
                                      .v = cache.rows(),
                                      .head_stride = 0,
                                      .begin = 0,
                                      .end = cache.tokens(),
                                      .out = found.mutable_data()};
  kernels::DecodeAttention(
      {.heads = H, .kv_heads = 1, .head_dim = R, .scale = 1 / std::sqrt(static_cast<float>(D))},
      {&query, 1});
  const Tensor up_values = ops::Reshape(W_UV.weight, {H, D, R});
  const Tensor context = ops::Reshape(ops::MatMul(found, up_values, {.transpose_b = true}),
                                      {1, C});  // [H, 1, D] -> [1, C]
  return W_UV.bias.defined() ? context + W_UV.bias : context;
  // [end of exercise 3.30]
}

Tensor MultiHeadLatentAttention::AttendExpanded(const Tensor& q, const LatentCache& cache) const {
  const int64_t T = q.dim(0), S = cache.tokens(), C = config.d_out;
  const Tensor latent =
      Tensor::FromValues({S, latent_dim}, {cache.rows(), static_cast<size_t>(S * latent_dim)});
  const Tensor k = W_UK.Forward(latent), v = W_UV.Forward(latent);  // [S, C]
  Tensor context = Tensor::Empty({T, C});
  kernels::AttentionForward({.batch = 1,
                             .tokens = T,
                             .heads = config.num_heads,
                             .head_dim = C / config.num_heads,
                             .past = S - T},
                            {}, q.data(), k.data(), v.data(), context.mutable_data(), nullptr);
  return context;
}

AttentionCosts MultiHeadLatentAttention::Costs(const AttentionConfig& config, int64_t num_tokens) {
  const int64_t c = config.d_out, r = LatentDim(config);
  const int64_t weights = config.d_in * (c + r) + 2 * r * c + c * c;
  const double t = static_cast<double>(num_tokens);
  AttentionCosts costs = CountSoftmaxAttention(config, num_tokens, {});
  costs.parameters = weights + c + (config.qkv_bias ? 3 * c + r : 0);
  costs.projection_flops = 2 * t * static_cast<double>(weights);
  costs.cache_bytes = 4 * t * static_cast<double>(r);
  costs.training_bytes += 4 * t * static_cast<double>(r);
  return costs;
}

}  // namespace gokart
