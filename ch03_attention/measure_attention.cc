#include "ch03_attention/measure_attention.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "tensor/buffer.h"
#include "tensor/ops/layout.h"
#include "tensor/random.h"

namespace gokart {
namespace {

constexpr int64_t kDecodedAtMost = 32;  // before sequences begin anew

Tensor Random(const Shape& shape, uint64_t seed) {
  Tensor x = Tensor::Empty(shape);
  Generator(seed).Normal(x.mutable_data(), x.size());
  return x;
}

const AttentionKind& Kind(const std::string& name) {
  const AttentionKind* const kind = FindAttention(name);
  if (kind != nullptr) return *kind;
  throw std::invalid_argument(std::string(CheckAttentionName(name).message()));
}

double FlopsOf(const AttentionProblem& p, AttentionPass pass) {
  const AttentionKind& kind = Kind(p.attention);
  const double all = MeanCosts(kind, p.config, p.tokens).ForwardFlops();
  const double batch = static_cast<double>(p.batch);
  if (pass == AttentionPass::kForward) return batch * all;
  if (pass == AttentionPass::kTraining) return 3 * batch * all;
  return batch * (all - MeanCosts(kind, p.config, p.tokens - 1).ForwardFlops());
}

}  // namespace

AttentionCosts MeanCosts(const AttentionKind& kind, AttentionConfig config, int64_t num_tokens) {
  AttentionCosts sum;
  for (int64_t layer = 0; layer < kind.period; ++layer) {
    config.layer = layer;
    const AttentionCosts one = kind.costs(config, num_tokens);
    sum.parameters += one.parameters;
    sum.projection_flops += one.projection_flops;
    sum.attention_flops += one.attention_flops;
    sum.cache_bytes += one.cache_bytes;
    sum.training_bytes += one.training_bytes;
  }
  const double n = static_cast<double>(kind.period);
  return {.parameters = sum.parameters / kind.period,
          .projection_flops = sum.projection_flops / n,
          .attention_flops = sum.attention_flops / n,
          .cache_bytes = sum.cache_bytes / n,
          .training_bytes = sum.training_bytes / n};
}

AttentionWork::AttentionWork(const AttentionProblem& problem, AttentionPass pass)
    : problem_(problem), pass_(pass) {
  AttentionConfig& config = problem_.config;
  config.context_length = problem.tokens + kDecodedAtMost;
  x_ = Random({problem.batch, problem.tokens, config.d_in}, 1);
  for (int64_t layer = 0; layer < Kind(problem.attention).period; ++layer) {
    config.layer = layer;
    ManualSeed(1);
    layers_.push_back({MakeAttention(problem.attention, config), {}});
    if (pass != AttentionPass::kTraining) layers_.back().attention->Eval();
  }
  if (pass == AttentionPass::kTraining) {
    x_.RequireGrad();
    seed_ = Random({problem.batch, problem.tokens, config.d_out}, 2);
  }
  if (pass == AttentionPass::kDecode) token_ = Random({problem.batch, 1, config.d_in}, 3);
  flops_ = FlopsOf(problem_, pass);
  cache_bytes_ = MeanCosts(Kind(problem.attention), config, problem.tokens).cache_bytes;
}

double AttentionWork::Run() {
  double seconds = 0;
  peak_bytes_ = 0;
  for (Layer& layer : layers_) seconds += RunLayer(layer);
  return seconds / static_cast<double>(layers_.size());
}

double AttentionWork::RunLayer(Layer& layer) {
  std::vector<AttentionCache*> caches;
  if (pass_ == AttentionPass::kDecode) {
    if (layer.caches.empty() || layer.caches[0]->tokens() >= problem_.tokens - 1 + kDecodedAtMost) {
      FillCaches(layer);
    }
    for (const auto& cache : layer.caches) caches.push_back(cache.get());
  }
  layer.attention->ClearGrad();
  x_.ClearGrad();
  const int64_t before = GetPoolStats().live_bytes;
  ResetPoolPeak();
  const auto start = std::chrono::steady_clock::now();
  if (pass_ == AttentionPass::kTraining) {
    layer.attention->Forward(x_).Backward(seed_);
  } else {
    const NoGrad no_grad;
    const Tensor y = pass_ == AttentionPass::kDecode
                         ? layer.attention->ForwardCached(token_, caches)
                         : layer.attention->Forward(x_);
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  peak_bytes_ = std::max(peak_bytes_, GetPoolStats().peak_bytes - before);
  return seconds.count();
}

// All tokens but the last of each sequence.
void AttentionWork::FillCaches(Layer& layer) {
  layer.caches.clear();
  std::vector<AttentionCache*> caches;
  for (int64_t b = 0; b < problem_.batch; ++b) {
    layer.caches.push_back(layer.attention->MakeCache(problem_.config.context_length));
    caches.push_back(layer.caches.back().get());
  }
  if (problem_.tokens == 1) return;
  const NoGrad no_grad;
  layer.attention->ForwardCached(ops::Slice(x_, 1, 0, problem_.tokens - 1), caches);
}

}  // namespace gokart
