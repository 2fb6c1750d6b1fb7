// Every variant by its formula in double precision, and what all of them promise: gradients, cached
// decoding, causality, costs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "ch03_attention/make_attention.h"
#include "ch03_attention/testing/reference_attention.h"
#include "ch03_attention/testing/run_cached.h"
#include "tensor/buffer.h"
#include "tensor/ops/layout.h"
#include "tensor/random.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

// Many heads and biases; heads of 6 channels and more tokens than a chunk or a tile of queries.
AttentionConfig SmallConfig() {
  return {.d_in = 5,
          .d_out = 12,
          .context_length = 9,
          .num_heads = 6,
          .qkv_bias = true,
          .num_kv_groups = 2,
          .window = 3,
          .latent_dim = 3};
}
AttentionConfig LongConfig() {
  return {.d_in = 4,
          .d_out = 12,
          .context_length = 80,
          .num_heads = 2,
          .num_kv_groups = 1,
          .window = 20,
          .latent_dim = 5,
          .layer = 2};
}

Doubles ToDoubles(const Tensor& x) { return Doubles(x.values().begin(), x.values().end()); }

double LargestDifference(const Tensor& a, const Doubles& b) {
  double largest = a.size() == static_cast<int64_t>(b.size()) ? 0 : INFINITY;
  for (int64_t i = 0; i < a.size() && std::isfinite(largest); ++i) {
    const double difference = std::abs(a.data()[i] - b[i]);
    largest = difference <= largest ? largest : difference;  // NaN counts
  }
  return largest;
}

class EveryVariant : public ::testing::TestWithParam<std::string> {
 protected:
  // Parameters away from their initial zeros and ones.
  static std::unique_ptr<AttentionLayer> Make(const AttentionConfig& config) {
    ManualSeed(123);
    auto layer = MakeAttention(GetParam(), config);
    uint64_t seed = 50;
    for (NamedTensor& parameter : layer->NamedParameters()) {
      const Tensor noise = RandomTensor(parameter.tensor.shape(), seed++);
      for (int64_t i = 0; i < noise.size(); ++i) {
        parameter.tensor.mutable_data()[i] += 0.3f * noise.data()[i];
      }
    }
    return layer;
  }
};

std::vector<std::string> AllNames() {
  std::vector<std::string> names;
  for (const AttentionKind& kind : AttentionKinds()) names.push_back(kind.name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(All, EveryVariant, ::testing::ValuesIn(AllNames()),
                         [](const auto& info) { return info.param; });

TEST_P(EveryVariant, ComputesItsFormula) {
  AttentionConfig third = {.d_in = 3,
                           .d_out = 14,
                           .context_length = 530,
                           .num_heads = 1,
                           .num_kv_groups = 1,
                           .window = 100,
                           .latent_dim = 4,
                           .layer = 3};
  for (const auto& [config, batch, tokens] :
       {std::tuple(SmallConfig(), 2, 7), std::tuple(SmallConfig(), 1, 1),
        std::tuple(LongConfig(), 2, 70), std::tuple(third, 1, 530)}) {
    const auto layer = Make(config);
    const Tensor x = RandomTensor({batch, tokens, config.d_in}, 1);
    const Tensor y = layer->Forward(x);
    ASSERT_EQ(y.shape(), Shape({batch, tokens, config.d_out}));
    const Doubles expected =
        ReferenceAttention(GetParam(), config, ParametersOf(*layer), ToDoubles(x), batch);
    EXPECT_LT(LargestDifference(y, expected), 2e-5) << tokens << " tokens";
  }
}

// sum of y * seed, in double precision.
struct Loss {
  std::string kind;
  AttentionConfig config;
  Doubles seed;
  int64_t batch;

  double operator()(const Parameters& p, const Doubles& x) const {
    const Doubles y = ReferenceAttention(kind, config, p, x, batch);
    double sum = 0;
    for (size_t i = 0; i < y.size(); ++i) sum += y[i] * seed[i];
    return sum;
  }
};

// The gradient of every single number against a central difference of the formula.
TEST_P(EveryVariant, HasTheGradientsOfItsFormula) {
  const AttentionConfig config = SmallConfig();
  const auto layer = Make(config);
  Tensor x = RandomTensor({2, 7, config.d_in}, 1);
  x.RequireGrad();
  const Tensor seed = RandomTensor({2, 7, config.d_out}, 2);
  layer->Forward(x).Backward(seed);

  const Loss loss = {GetParam(), config, ToDoubles(seed), 2};
  Parameters p = ParametersOf(*layer);
  Doubles input = ToDoubles(x);
  const auto check = [&](const std::string& name, Doubles& values, const Tensor& gradient) {
    ASSERT_TRUE(gradient.defined()) << name;
    Doubles numeric;
    for (double& value : values) {
      constexpr double kStep = 1e-5;
      const double before = value;
      value = before + kStep;
      const double above = loss(p, input);
      value = before - kStep;
      const double below = loss(p, input);
      value = before;
      numeric.push_back((above - below) / (2 * kStep));
    }
    double largest = 0;
    for (const double g : numeric) largest = std::max(largest, std::abs(g));
    // A bias of the keys adds the same to all scores of a query: no gradient but rounding.
    const bool zero = largest < 1e-8;
    EXPECT_LT(LargestDifference(gradient, numeric), zero ? 2e-5 : 2e-5 * (1 + largest)) << name;
    const bool shifts_scores = name == "W_key.bias" || name == "bias_k" || name == "W_UK.bias" ||
                               name.ends_with("W_key.bias");
    if (!shifts_scores) {
      EXPECT_GT(largest, 1e-3) << name << ": nothing depends on it";
    }
  };
  check("x", input, x.grad());
  for (const NamedTensor& parameter : layer->NamedParameters()) {
    check(parameter.name, p[parameter.name], parameter.tensor.grad());
  }
}

// Over many tiles and chunks: derivatives along random directions.
TEST_P(EveryVariant, HasTheGradientsOfItsFormulaForManyTokens) {
  const AttentionConfig config = LongConfig();
  const auto layer = Make(config);
  Tensor x = RandomTensor({1, 70, config.d_in}, 1);
  x.RequireGrad();
  const Tensor seed = RandomTensor({1, 70, config.d_out}, 2);
  layer->Forward(x).Backward(seed);

  const Loss loss = {GetParam(), config, ToDoubles(seed), 1};
  Parameters p = ParametersOf(*layer);
  Doubles input = ToDoubles(x);
  std::mt19937 generator(3);
  std::normal_distribution<double> normal;
  const auto check = [&](const std::string& name, Doubles& values, const Tensor& gradient) {
    for (int repeat = 0; repeat < 2; ++repeat) {
      constexpr double kStep = 1e-5;
      const Doubles before = values;
      Doubles direction(values.size());
      double expected = 0, size = 0;
      for (size_t i = 0; i < values.size(); ++i) {
        direction[i] = normal(generator);
        expected += gradient.data()[i] * direction[i];
        size += std::abs(gradient.data()[i] * direction[i]);
        values[i] = before[i] + kStep * direction[i];
      }
      const double above = loss(p, input);
      for (size_t i = 0; i < values.size(); ++i) values[i] = before[i] - kStep * direction[i];
      const double below = loss(p, input);
      values = before;
      EXPECT_NEAR((above - below) / (2 * kStep), expected, 2e-5 * size + 1e-4) << name;
    }
  };
  check("x", input, x.grad());
  for (const NamedTensor& parameter : layer->NamedParameters()) {
    check(parameter.name, p[parameter.name], parameter.tensor.grad());
  }
}

TEST_P(EveryVariant, DoesNotSeeTheFuture) {
  for (const auto& [config, tokens, changed] :
       {std::tuple(SmallConfig(), 7, 4), std::tuple(LongConfig(), 80, 67)}) {
    const auto layer = Make(config);
    Tensor x = RandomTensor({1, tokens, config.d_in}, 1);
    const Tensor before = layer->Forward(x);
    for (int64_t i = changed * config.d_in; i < x.size(); ++i) x.mutable_data()[i] += 10;
    const Tensor after = layer->Forward(x);
    const int64_t same = changed * config.d_out;
    for (int64_t i = 0; i < same; ++i) ASSERT_EQ(before.data()[i], after.data()[i]) << i;
    for (int64_t i = same; i < same + config.d_out; ++i) {
      EXPECT_NE(before.data()[i], after.data()[i]) << i;
    }
  }
}

TEST_P(EveryVariant, DecodesWithACacheWhatItComputesWithout) {
  for (const AttentionConfig& config : {SmallConfig(), LongConfig()}) {
    const auto layer = Make(config);
    layer->Eval();
    const NoGrad no_grad;
    const int64_t tokens = config.context_length;
    const Tensor x = RandomTensor({2, tokens, config.d_in}, 1);
    const Doubles whole = ToDoubles(layer->Forward(x));
    const std::vector<int64_t> one_by_one(tokens, 1);
    EXPECT_LT(LargestDifference(RunCached(*layer, x, one_by_one), whole), 1e-5);
    EXPECT_LT(LargestDifference(RunCached(*layer, x, {tokens}), whole), 1e-5);
    std::vector<int64_t> mixed = {5, 1, tokens - 8, 1, 1};
    if (tokens < 10) mixed = {4, 1, 2, 1, 1};
    EXPECT_LT(LargestDifference(RunCached(*layer, x, mixed), whole), 1e-5);
  }
}

// Sequences of different lengths side by side, each at its own position.
TEST_P(EveryVariant, DecodesSequencesOfDifferentLengths) {
  const AttentionConfig config = LongConfig();
  const auto layer = Make(config);
  layer->Eval();
  const NoGrad no_grad;
  const Tensor x = RandomTensor({2, 40, config.d_in}, 1);
  const Tensor first = ops::Slice(x, 0, 0, 1), second = ops::Slice(x, 0, 1, 2);
  const auto cache_a = layer->MakeCache(40), cache_b = layer->MakeCache(40);
  AttentionCache* const a[] = {cache_a.get()};
  AttentionCache* const b[] = {cache_b.get()};
  AttentionCache* const both[] = {cache_a.get(), cache_b.get()};
  layer->ForwardCached(ops::Slice(first, 1, 0, 33), a);
  layer->ForwardCached(ops::Slice(second, 1, 0, 4), b);
  const Tensor next = layer->ForwardCached(
      ops::Concat({ops::Slice(first, 1, 33, 34), ops::Slice(second, 1, 4, 5)}, 0), both);
  const Tensor whole_a = ops::Select(layer->Forward(ops::Slice(first, 1, 0, 34)), 1, 33);
  const Tensor whole_b = ops::Select(layer->Forward(ops::Slice(second, 1, 0, 5)), 1, 4);
  const Doubles expected = ToDoubles(ops::Concat({whole_a, whole_b}, 0));
  EXPECT_LT(LargestDifference(next, expected), 1e-5);
}

TEST_P(EveryVariant, RefusesWhatDoesNotFit) {
  const AttentionConfig config = SmallConfig();
  const auto layer = Make(config);
  EXPECT_THROW(layer->Forward(Tensor::Zeros({1, 10, 5})), std::invalid_argument);
  EXPECT_THROW(layer->Forward(Tensor::Zeros({1, 9, 4})), std::invalid_argument);
  EXPECT_THROW(layer->Forward(Tensor::Zeros({9, 5})), std::invalid_argument);
  EXPECT_NO_THROW(layer->Forward(Tensor::Zeros({1, 9, 5})));
  const auto cache = layer->MakeCache(2), other = Make(LongConfig())->MakeCache(9);
  AttentionCache* const own[] = {cache.get()};
  AttentionCache* const twice[] = {cache.get(), cache.get()};
  AttentionCache* const foreign[] = {other.get()};
  EXPECT_THROW(layer->ForwardCached(Tensor::Zeros({1, 3, 5}), own), std::invalid_argument);
  EXPECT_THROW(layer->ForwardCached(Tensor::Zeros({2, 1, 5}), own), std::invalid_argument);
  EXPECT_THROW(layer->ForwardCached(Tensor::Zeros({2, 1, 5}), twice), std::invalid_argument);
  EXPECT_THROW(layer->ForwardCached(Tensor::Zeros({1, 1, 4}), own), std::invalid_argument);
  EXPECT_THROW(layer->ForwardCached(Tensor::Zeros({1, 1, 5}), foreign), std::invalid_argument);
  EXPECT_NO_THROW(layer->ForwardCached(Tensor::Zeros({1, 2, 5}), own));
  AttentionConfig bad = config;
  bad.num_heads = 5;
  EXPECT_THROW(MakeAttention(GetParam(), bad), std::invalid_argument);
  bad = config;
  bad.window = bad.latent_dim = bad.num_kv_groups = -1;
  EXPECT_THROW(MakeAttention(GetParam(), bad), std::invalid_argument);
}

TEST_P(EveryVariant, CountsItsParameters) {
  AttentionConfig without_choices = SmallConfig();
  without_choices.num_kv_groups = without_choices.window = without_choices.latent_dim = 0;
  for (const AttentionConfig& config : {SmallConfig(), LongConfig(), without_choices}) {
    EXPECT_EQ(FindAttention(GetParam())->costs(config, 7).parameters,
              MakeAttention(GetParam(), config)->NumParameters());
  }
}

// What the costs say of memory, against what the pool and the cache hold.
TEST_P(EveryVariant, TakesTheMemoryThatItsCostsSay) {
  const AttentionConfig config = {.d_in = 96,
                                  .d_out = 96,
                                  .context_length = 512,
                                  .num_heads = 6,
                                  .num_kv_groups = 2,
                                  .window = 128,
                                  .latent_dim = 24};
  const auto layer = Make(config);
  const int64_t tokens = 512;
  const AttentionCosts costs = FindAttention(GetParam())->costs(config, tokens);
  Tensor x = RandomTensor({1, tokens, 96}, 1);
  x.RequireGrad();
  { layer->Forward(x); }  // masks are made once
  ReleasePoolCache();     // or larger blocks might be used again
  const int64_t before = GetPoolStats().live_bytes;
  const Tensor y = layer->Forward(x);
  const double kept = static_cast<double>(GetPoolStats().live_bytes - before) - 4.0 * y.size();
  EXPECT_NEAR(kept / costs.training_bytes, 1, 0.03);

  const auto cache = layer->MakeCache(tokens);
  AttentionCache* const caches[] = {cache.get()};
  const NoGrad no_grad;
  layer->Eval();
  for (int64_t t = 0; t < tokens; ++t) {
    layer->ForwardCached(ops::Slice(x, 1, t, t + 1), caches);
  }
  // A window's cache has an eighth more room.
  const double share = static_cast<double>(cache->bytes()) / costs.cache_bytes;
  EXPECT_GE(share, 1);
  EXPECT_LE(share, 1.14);
}

}  // namespace
}  // namespace gokart
