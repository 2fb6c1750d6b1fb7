// Attention with a cache: what Forward gives for the whole sequence, however it is cut into steps
// and whatever other sequences are computed beside it.
#include "ch03_attention/key_value_heads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "ch03_attention/make_attention.h"
#include "ch03_attention/testing/slow_attention.h"
#include "tensor/kernels/parallel.h"
#include "tensor/ops/layout.h"
#include "tensor/random.h"

namespace gokart {
namespace {

Tensor Random(const Shape& shape, uint64_t seed) {
  Tensor x = Tensor::Empty(shape);
  Generator generator(seed);
  generator.Normal(x.mutable_data(), x.size(), 0, 1);
  return x;
}

void ExpectNear(const Tensor& a, const Tensor& b, double tolerance) {
  ASSERT_EQ(a.shape(), b.shape());
  for (int64_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a.data()[i], b.data()[i], tolerance) << i;
}

// Feeds tokens [begin, end) of x [1, T, C].
Tensor Step(const AttentionLayer& layer, const Tensor& x, int64_t begin, int64_t end,
            AttentionCache* cache) {
  AttentionCache* const caches[] = {cache};
  return layer.ForwardCached(ops::Slice(x, 1, begin, end), caches);
}

class CachedAttention : public testing::TestWithParam<std::string> {
 protected:
  static std::unique_ptr<AttentionLayer> Make(const AttentionConfig& config) {
    ManualSeed(123);
    return MakeAttention(GetParam(), config);
  }
};
INSTANTIATE_TEST_SUITE_P(Kinds, CachedAttention, testing::Values("didactic", "fused"),
                         [](const auto& info) { return info.param; });

// Lengths around the vector width, the first capacity of 64 tokens and its doublings; chunks of all
// kinds.
TEST_P(CachedAttention, ComputesTheDefinitionInAnySteps) {
  for (const AttentionConfig& config :
       {AttentionConfig{.d_in = 5, .d_out = 21, .context_length = 17, .num_heads = 3},
        AttentionConfig{
            .d_in = 16, .d_out = 128, .context_length = 150, .num_heads = 2, .qkv_bias = true}}) {
    const auto layer = Make(config);
    const int64_t T = config.context_length;
    const Tensor x = Random({1, T, config.d_in}, 1);
    const std::vector<double> expected = SlowAttention(config, layer->NamedParts(), x);
    const std::vector<std::vector<int64_t>> all_cuts = {
        {T}, {1, T}, {T - 1, T}, {3, 4, 5, 16, T}, {T / 2, T / 2 + 1, T}};
    for (const std::vector<int64_t>& cuts : all_cuts) {
      const auto cache = layer->MakeCache(T);
      int64_t begin = 0;
      for (int64_t end : cuts) {
        const Tensor y = Step(*layer, x, begin, end, cache.get());
        ASSERT_EQ(y.shape(), Shape({1, end - begin, config.d_out}));
        for (int64_t i = 0; i < y.size(); ++i) {
          ASSERT_NEAR(y.data()[i], expected[begin * config.d_out + i], 1e-5)
              << "tokens " << begin << " to " << end << ", " << i;
        }
        begin = end;
        EXPECT_EQ(cache->tokens(), end);
      }
    }
    const auto cache = layer->MakeCache(T);
    for (int64_t t = 0; t < T; ++t) {
      const Tensor y = Step(*layer, x, t, t + 1, cache.get());
      for (int64_t i = 0; i < y.size(); ++i) {
        ASSERT_NEAR(y.data()[i], expected[t * config.d_out + i], 1e-5) << "token " << t;
      }
    }
  }
}

TEST_P(CachedAttention, SequencesOfDifferentLengthsDoNotSeeEachOther) {
  const auto layer = Make({.d_in = 12, .d_out = 24, .context_length = 90, .num_heads = 4});
  const std::vector<int64_t> lengths = {1, 70, 8, 33};
  std::vector<std::unique_ptr<AttentionCache>> alone, together;
  std::vector<AttentionCache*> caches;
  for (size_t b = 0; b < lengths.size(); ++b) {
    const Tensor prompt = Random({1, lengths[b], 12}, 10 + b);
    for (auto* list : {&alone, &together}) {
      list->push_back(layer->MakeCache(90));
      Step(*layer, prompt, 0, lengths[b], list->back().get());
    }
    caches.push_back(together.back().get());
  }
  for (int64_t tokens : {1, 1, 1, 3}) {
    const Tensor x = Random({4, tokens, 12}, 20 + tokens);
    const Tensor y = layer->ForwardCached(x, caches);  // [4, tokens, 24]
    for (int64_t b = 0; b < 4; ++b) {
      const Tensor one = Step(*layer, ops::Slice(x, 0, b, b + 1), 0, tokens, alone[b].get());
      // Up to 8 rows the bits are the same; three times four tokens are more.
      ExpectNear(ops::Slice(y, 0, b, b + 1), one, tokens == 1 ? 0 : 1e-6);
    }
  }
  EXPECT_EQ(caches[1]->tokens(), 76);
}

TEST_P(CachedAttention, GivesTheSameBitsOnAnyNumberOfThreads) {
  const int threads_before = kernels::NumThreads();
  const auto layer = Make({.d_in = 64, .d_out = 256, .context_length = 400, .num_heads = 4});
  const Tensor x = Random({1, 400, 64}, 3);
  std::vector<Tensor> results;
  for (int threads : {1, 2, 4}) {
    kernels::SetNumThreads(threads);
    const auto cache = layer->MakeCache(400);
    Step(*layer, x, 0, 300, cache.get());
    Step(*layer, x, 300, 399, cache.get());
    results.push_back(Step(*layer, x, 399, 400, cache.get()));
  }
  kernels::SetNumThreads(threads_before);
  ExpectNear(results[1], results[0], 0);
  ExpectNear(results[2], results[0], 0);
}

TEST_P(CachedAttention, RefusesWhatDoesNotFit) {
  const auto layer = Make({.d_in = 4, .d_out = 8, .context_length = 16, .num_heads = 2});
  const auto a = layer->MakeCache(3), b = layer->MakeCache(16);
  KeyValueHeads foreign(4, 2, 16);
  using Caches = std::vector<AttentionCache*>;
  const Tensor x = Random({1, 2, 4}, 1);
  EXPECT_THROW(layer->ForwardCached(x, Caches{}), std::invalid_argument);
  EXPECT_THROW(layer->ForwardCached(x, Caches({a.get(), b.get()})), std::invalid_argument);
  EXPECT_THROW(layer->ForwardCached(x, Caches({&foreign})), std::invalid_argument);
  EXPECT_THROW(layer->ForwardCached(x, Caches({nullptr})), std::invalid_argument);
  EXPECT_THROW(layer->ForwardCached(Random({1, 2, 5}, 1), Caches({a.get()})),
               std::invalid_argument);
  EXPECT_THROW(layer->ForwardCached(Random({2, 2, 4}, 1), Caches({a.get(), a.get()})),
               std::invalid_argument);
  layer->ForwardCached(x, Caches({a.get()}));
  EXPECT_THROW(layer->ForwardCached(x, Caches({a.get()})), std::invalid_argument);  // 4 tokens of 3
  EXPECT_EQ(a->tokens(), 2);
  EXPECT_THROW(layer->MakeCache(0), std::invalid_argument);
}

// Attention of grouped queries, with a window, distances and sinks, by its definition in double.
TEST(AttendCachedTest, GroupsWindowDistancesAndSinks) {
  const int64_t H = 6, KVH = 2, D = 5, T = 40, window = 7;
  const Tensor qkv = Random({1, T, (H + 2 * KVH) * D}, 4);
  const int64_t columns = qkv.dim(2);
  const float slopes[] = {0, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f}, sinks[] = {-1, 0, 1, 2, 3, -9};
  KeyValueHeads whole(KVH, D, T), steps(KVH, D, T);
  KeyValueHeads *const whole_list[] = {&whole}, *const steps_list[] = {&steps};
  const AttendOptions options = {
      .num_heads = H, .scale = 0.3f, .window = window, .slopes = slopes, .sinks = sinks};
  const Tensor at_once = AppendAndAttend(qkv, options, whole_list);
  for (int64_t t = 0; t < T; ++t) {
    const Tensor one = AppendAndAttend(ops::Slice(qkv, 1, t, t + 1), options, steps_list);
    for (int64_t h = 0; h < H; ++h) {
      const float* const q = qkv.data() + t * columns + h * D;
      std::vector<double> out(D);
      double total = std::exp(double{sinks[h]});
      for (int64_t s = std::max<int64_t>(0, t - window + 1); s <= t; ++s) {
        const float* const k = qkv.data() + s * columns + (H + h / 3) * D;
        double score = 0;
        for (int64_t d = 0; d < D; ++d) score += double{q[d]} * k[d];
        const double weight = std::exp(double{options.scale} * score - double{slopes[h]} * (t - s));
        total += weight;
        for (int64_t d = 0; d < D; ++d) out[d] += weight * k[KVH * D + d];
      }
      for (int64_t d = 0; d < D; ++d) {
        ASSERT_NEAR(one.data()[h * D + d], out[d] / total, 1e-5) << t << ", " << h;
        ASSERT_NEAR(at_once.data()[(t * H + h) * D + d], out[d] / total, 1e-5) << t << ", " << h;
      }
    }
  }
  EXPECT_EQ(whole.bytes(), 2 * KVH * T * D * 4);
}

class NoCache : public AttentionLayer {
 public:
  Tensor Forward(const Tensor& x) const override { return x; }
};

TEST(AttentionLayerTest, SaysWhichLayerHasNoCache) {
  const NoCache layer;
  EXPECT_FALSE(layer.CanCache());
  try {
    layer.MakeCache(5);
    FAIL();
  } catch (const std::invalid_argument& e) {
    EXPECT_NE(std::string(e.what()).find("NoCache has no cache"), std::string::npos) << e.what();
  }
  EXPECT_THROW(layer.ForwardCached(Tensor::Zeros({1, 1, 1}), {}), std::invalid_argument);
}

// Tokens one at a time, a prompt longer than the window, and tokens again: the last ones are there,
// in order, and memory stays about as large as the window.
TEST(KeyValueHeads, AWindowForgetsWhatIsOutOfSight) {
  constexpr int64_t kWindow = 16, kHeads = 2, kDim = 3, kRow = kHeads * kDim;
  KeyValueHeads cache(kHeads, kDim, /*max_tokens=*/1000, kWindow);
  int64_t next = 0;
  const auto append = [&](int64_t tokens) {
    std::vector<float> k(tokens * kRow), v(k.size());
    for (int64_t i = 0; i < tokens * kRow; ++i) {
      k[i] = static_cast<float>(next * kRow + i);
      v[i] = -k[i];
    }
    cache.Append(k.data(), v.data(), tokens, kRow);
    next += tokens;
    ASSERT_EQ(cache.tokens(), next);
    ASSERT_GE(cache.kept(), std::min(next, kWindow - 1 + tokens));
    for (int64_t h = 0; h < kHeads; ++h) {
      for (int64_t i = 0; i < cache.kept(); ++i) {
        const int64_t token = next - cache.kept() + i, at = h * cache.head_stride() + i * kDim;
        ASSERT_EQ(cache.keys()[at], static_cast<float>(token * kRow + h * kDim));
        ASSERT_EQ(cache.values()[at + 1], -static_cast<float>(token * kRow + h * kDim + 1));
      }
    }
  };
  constexpr int64_t kLargest = 2 * kRow * 4 * (kWindow + kWindow / 8 + 1);
  for (int i = 0; i < 100; ++i) append(1);
  EXPECT_LE(cache.bytes(), kLargest);
  append(70);
  EXPECT_GE(cache.kept(), 70 + kWindow - 1);
  for (int i = 0; i < 100; ++i) append(1);
  EXPECT_LE(cache.bytes(), kLargest);
  EXPECT_THROW(append(1000), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
