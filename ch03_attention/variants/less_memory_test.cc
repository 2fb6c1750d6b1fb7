// Decoding with a cache, and the variants that keep less in it: what each of them promises, by hand
// or by another road to the same numbers.
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "ch03_attention/testing/difference.h"
#include "ch03_attention/testing/run_cached.h"
#include "ch03_attention/variants/grouped_query_attention.h"
#include "ch03_attention/variants/multi_head_latent_attention.h"
#include "ch03_attention/variants/projected_attention.h"
#include "ch03_attention/variants/sliding_window_attention.h"
#include "tensor/ops/attention.h"
#include "tensor/ops/layout.h"
#include "tensor/random.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

AttentionConfig Config() {
  return {.d_in = 5, .d_out = 12, .context_length = 9, .num_heads = 6, .qkv_bias = true};
}

// Attention that writes down which positions Project was told.
class Watched : public ProjectedAttention {
 public:
  using ProjectedAttention::ProjectedAttention;
  mutable std::vector<std::vector<int64_t>> positions;

 protected:
  Projected Project(const Tensor& x, const std::vector<int64_t>& first_position) const override {
    positions.push_back(first_position);
    return ProjectedAttention::Project(x, first_position);
  }
};

TEST(CachedAttention, GivesTokenByTokenWhatForwardGivesAtOnce) {
  ManualSeed(1);
  const ProjectedAttention attention(Config());
  const Tensor x = RandomTensor({2, 9, 5}, 1);
  const Tensor whole = attention.Forward(x);
  EXPECT_EQ(Difference(RunCached(attention, x, {1, 1, 1, 1, 1, 1, 1, 1, 1}), whole), "");
  EXPECT_EQ(Difference(RunCached(attention, x, {9}), whole), "");
  EXPECT_EQ(Difference(RunCached(attention, x, {4, 1, 2, 1, 1}), whole), "");
}

TEST(CachedAttention, GoesOnWhereEachSequenceStopped) {
  ManualSeed(1);
  const Watched attention(Config());
  const Tensor x = RandomTensor({2, 9, 5}, 1);
  const Tensor first = ops::Slice(x, 0, 0, 1), second = ops::Slice(x, 0, 1, 2);
  const auto cache_a = attention.MakeCache(9), cache_b = attention.MakeCache(9);
  AttentionCache* const a[] = {cache_a.get()};
  AttentionCache* const b[] = {cache_b.get()};
  AttentionCache* const both[] = {cache_a.get(), cache_b.get()};
  attention.ForwardCached(ops::Slice(first, 1, 0, 6), a);
  attention.ForwardCached(ops::Slice(second, 1, 0, 2), b);
  const Tensor next = attention.ForwardCached(  // token 6 of one text and token 2 of the other
      ops::Concat({ops::Slice(first, 1, 6, 7), ops::Slice(second, 1, 2, 3)}, 0), both);
  EXPECT_EQ(attention.positions, (std::vector<std::vector<int64_t>>{{0}, {0}, {6, 2}}));
  const Tensor whole_a = ops::Slice(attention.Forward(ops::Slice(first, 1, 0, 7)), 1, 6, 7);
  const Tensor whole_b = ops::Slice(attention.Forward(ops::Slice(second, 1, 0, 3)), 1, 2, 3);
  EXPECT_EQ(Difference(next, ops::Concat({whole_a, whole_b}, 0)), "");
}

// One token with two heads of two channels, (1, 2) and (3, 4).
TEST(GroupedQueries, FindTheHeadOfTheirGroup) {
  const Tensor keys = Tensor::FromValues({1, 1, 4}, {1, 2, 3, 4});
  EXPECT_EQ(Difference(RepeatHeads(keys, 2, 4), {1, 1, 8}, {1, 2, 1, 2, 3, 4, 3, 4}), "");
  EXPECT_EQ(Difference(RepeatHeads(keys, 2, 2), keys), "");  // as many groups as heads
  EXPECT_EQ(Difference(RepeatHeads(keys, 1, 3), {1, 1, 12}, {1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4}),
            "");
}

TEST(GroupedQueries, GiveWhatRepeatedKeysAndValuesGive) {
  AttentionConfig config = Config();
  config.num_kv_groups = 2;  // heads 0 to 2 share, and 3 to 5
  ManualSeed(1);
  const GroupedQueryAttention attention(config);
  const Tensor x = RandomTensor({2, 9, 5}, 1);
  const Tensor k = RepeatHeads(attention.W_key.Forward(x), 2, 6);
  const Tensor v = RepeatHeads(attention.W_value.Forward(x), 2, 6);
  const Tensor context = ops::Attention(attention.W_query.Forward(x), k, v, {.num_heads = 6});
  EXPECT_EQ(Difference(attention.Forward(x), attention.out_proj.Forward(context)), "");
}

TEST(GroupedQueries, AddUpTheGradientsOfThoseWhoShare) {
  EXPECT_TRUE(
      GradientsAreRight([](const std::vector<Tensor>& in) { return RepeatHeads(in[0], 2, 6); },
                        {RandomTensor({2, 3, 4}, 1)}));
}

TEST(RepeatHeads, RefusesHeadsThatCannotShareEvenly) {
  EXPECT_THROW(RepeatHeads(Tensor::Zeros({1, 1, 4}), 2, 3), std::invalid_argument);
  EXPECT_THROW(RepeatHeads(Tensor::Zeros({1, 1, 5}), 2, 4), std::invalid_argument);
  EXPECT_THROW(RepeatHeads(Tensor::Zeros({1, 4}), 2, 4), std::invalid_argument);
}

// Which of a layer's outputs a token has something to do with: 1 where changing it changes them.
std::vector<int> SeenBy(const AttentionLayer& layer, int64_t tokens, int64_t changed) {
  Tensor x = RandomTensor({1, tokens, 5}, 1);
  const Tensor before = layer.Forward(x);
  for (int64_t i = changed * 5; i < (changed + 1) * 5; ++i) x.mutable_data()[i] += 1;
  const Tensor after = layer.Forward(x);
  std::vector<int> seen;
  for (int64_t t = 0; t < tokens; ++t) {
    seen.push_back(before.at({0, t, 0}) != after.at({0, t, 0}));
  }
  return seen;
}

TEST(SlidingWindow, ShowsATokenToItselfAndTheNextTwo) {
  AttentionConfig config = Config();
  config.window = 3;
  ManualSeed(1);
  EXPECT_EQ(SeenBy(SlidingWindowAttention(config), 8, 2),
            (std::vector<int>{0, 0, 1, 1, 1, 0, 0, 0}));
}

TEST(SlidingWindow, IsAQuarterOfTheContextUnlessToldOtherwise) {
  AttentionConfig config = Config();
  config.context_length = 8;
  ManualSeed(1);
  EXPECT_EQ(SeenBy(SlidingWindowAttention(config), 6, 1), (std::vector<int>{0, 1, 1, 0, 0, 0}));
  config.context_length = 3;  // a token sees itself at least
  EXPECT_EQ(SeenBy(SlidingWindowAttention(config), 3, 1), (std::vector<int>{0, 1, 0}));
}

TEST(SlidingWindow, IsWhatTheCacheHolds) {
  AttentionConfig config = Config();
  config.context_length = 400, config.window = 80;
  ManualSeed(1);
  const SlidingWindowAttention attention(config);
  const Tensor x = RandomTensor({1, 400, 5}, 1);
  EXPECT_EQ(Difference(RunCached(attention, x, {300, 1, 1, 98}), attention.Forward(x)), "");
  const auto cache = attention.MakeCache(400);
  AttentionCache* const caches[] = {cache.get()};
  for (int64_t t = 0; t < 400; ++t) attention.ForwardCached(ops::Slice(x, 1, t, t + 1), caches);
  const int64_t token = 2 * 12 * 4;  // bytes: a key and a value of 12 floats
  EXPECT_GE(cache->bytes(), 80 * token);
  EXPECT_LE(cache->bytes(), 92 * token) << "up to an eighth more than the window";
}

TEST(SlidingWindow, IsOpenInEveryFourthLayer) {
  AttentionConfig config = Config();
  config.window = 2;
  for (const int64_t layer : {0, 1, 2, 3, 4, 7}) {
    config.layer = layer;
    ManualSeed(1);
    const bool open = layer == 3 || layer == 7;
    EXPECT_EQ(SeenBy(AlternatingAttention(config), 5, 0),
              (std::vector<int>{1, 1, open, open, open}))
        << "layer " << layer;
  }
}

// up (down x + b_down) + b_up is one layer: up down x + (up b_down + b_up).
void SetProduct(const Linear& down, const Linear& up, Linear& both) {
  const int64_t rows = up.weight.dim(0), middle = up.weight.dim(1), columns = down.weight.dim(1);
  for (int64_t i = 0; i < rows; ++i) {
    double bias = up.bias.at({i});
    for (int64_t r = 0; r < middle; ++r) bias += double{up.weight.at({i, r})} * down.bias.at({r});
    both.bias.mutable_data()[i] = static_cast<float>(bias);
    for (int64_t j = 0; j < columns; ++j) {
      double sum = 0;
      for (int64_t r = 0; r < middle; ++r) {
        sum += double{up.weight.at({i, r})} * down.weight.at({r, j});
      }
      both.weight.mutable_data()[i * columns + j] = static_cast<float>(sum);
    }
  }
}

void CopyLinear(const Linear& from, Linear& to) {
  to.weight = from.weight.Clone();
  to.bias = from.bias.Clone();
}

MultiHeadLatentAttention MakeLatent() {
  AttentionConfig config = Config();
  config.latent_dim = 3;
  ManualSeed(1);
  return MultiHeadLatentAttention(config);
}

TEST(LatentAttention, IsAttentionWhoseKeysAndValuesAreMadeInTwoSteps) {
  const MultiHeadLatentAttention latent = MakeLatent();
  ProjectedAttention same(Config());
  CopyLinear(latent.W_query, same.W_query);
  CopyLinear(latent.out_proj, same.out_proj);
  SetProduct(latent.W_DKV, latent.W_UK, same.W_key);
  SetProduct(latent.W_DKV, latent.W_UV, same.W_value);
  const Tensor x = RandomTensor({2, 9, 5}, 1);
  EXPECT_EQ(Difference(latent.Forward(x), same.Forward(x)), "");
}

TEST(LatentAttention, DropsWeightsInTraining) {
  AttentionConfig config = Config();
  config.latent_dim = 3, config.dropout = 0.5;
  ManualSeed(1);
  MultiHeadLatentAttention latent(config);
  const Tensor x = RandomTensor({1, 9, 5}, 1);
  const Tensor training = latent.Forward(x);
  latent.Eval();
  EXPECT_NE(Difference(latent.Forward(x), training), "") << "as if there were no dropout";
}

TEST(AbsorbedWeights, GiveTokenByTokenWhatForwardGives) {
  const MultiHeadLatentAttention latent = MakeLatent();
  const Tensor x = RandomTensor({2, 9, 5}, 1);
  EXPECT_EQ(Difference(RunCached(latent, x, {1, 1, 1, 1, 1, 1, 1, 1, 1}), latent.Forward(x)), "");
  EXPECT_EQ(Difference(RunCached(latent, x, {6, 1, 1, 1}), latent.Forward(x)), "");
}

TEST(AbsorbedWeights, NeedNoMoreThanTheShortVectors) {
  const MultiHeadLatentAttention latent = MakeLatent();
  const auto cache = latent.MakeCache(9);
  AttentionCache* const caches[] = {cache.get()};
  const Tensor x = RandomTensor({1, 9, 5}, 1);
  for (int64_t t = 0; t < 9; ++t) latent.ForwardCached(ops::Slice(x, 1, t, t + 1), caches);
  EXPECT_EQ(cache->bytes(), 9 * 3 * 4);  // 9 tokens of 3 floats
}

}  // namespace
}  // namespace gokart
