// Training as a whole: the same bits whatever the number of threads and from run to run, buffers
// that are reused from step to step, and a loss that goes down.
#include <gtest/gtest.h>
#include <omp.h>
#include <sys/resource.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>
#include <xtensor/xview.hpp>

#include "ch04_model/gpt_model.h"
#include "tensor/nn/adamw.h"
#include "tensor/ops/cross_entropy.h"
#include "tensor/random.h"

namespace gokart {
namespace {

constexpr int64_t kB = 8, kT = 256;  // 2048 tokens: products are cut into pieces for the threads

struct NumThreads {
  explicit NumThreads(int n) : before(omp_get_max_threads()) { omp_set_num_threads(n); }
  ~NumThreads() { omp_set_num_threads(before); }
  int before;
};

GptConfig Narrow() {
  return {.vocab_size = 33,
          .context_length = kT,
          .emb_dim = 48,
          .n_heads = 4,
          .n_layers = 2,
          .drop_rate = 0};
}

// Each token is a function of the one before it, mostly: something to learn.
TokenIds Text(int64_t vocab_size, Generator& generator) {
  TokenIds ids = TokenIds::from_shape({kB, kT + 1});
  for (int64_t b = 0; b < kB; ++b) {
    int64_t id = generator.RandomInt(0, vocab_size);
    for (int64_t t = 0; t <= kT; ++t) {
      ids(b, t) = static_cast<int32_t>(id);
      const bool jump = generator.RandomInt(0, 8) == 0;
      id = jump ? generator.RandomInt(0, vocab_size) : (5 * id + 3) % vocab_size;
    }
  }
  return ids;
}

class Training {
 public:
  explicit Training(const GptConfig& config) : data_(7) {
    ManualSeed(123);
    model_ = std::make_unique<GPTModel>(config);
    optimizer_ = std::make_unique<AdamW>(model_->NamedParameters(), AdamWConfig{});
  }

  float Step() {
    const TokenIds text = Text(model_->config.vocab_size, data_);
    const TokenIds inputs = xt::view(text, xt::all(), xt::range(0, kT));
    const TokenIds targets = xt::view(text, xt::all(), xt::range(1, kT + 1));
    const Tensor loss = ops::CrossEntropy(model_->Forward(inputs), Flat(targets));
    loss.Backward();
    optimizer_->Step();
    optimizer_->ClearGrad();
    return loss.item();
  }

  // All weights, one after the other.
  std::vector<float> Weights() const {
    std::vector<float> weights;
    for (const Tensor& parameter : model_->Parameters()) {
      weights.insert(weights.end(), parameter.values().begin(), parameter.values().end());
    }
    return weights;
  }

 private:
  Generator data_;
  std::unique_ptr<GPTModel> model_;
  std::unique_ptr<AdamW> optimizer_;
};

std::vector<float> TrainedWeights(const GptConfig& config, int threads) {
  const NumThreads scope(threads);
  Training training(config);
  for (int step = 0; step < 20; ++step) training.Step();
  return training.Weights();
}

bool SameBits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

void ExpectSameBitsAlways(const GptConfig& config) {
  const std::vector<float> weights = TrainedWeights(config, 1);
  EXPECT_TRUE(SameBits(TrainedWeights(config, 1), weights)) << "a second run differs";
  EXPECT_TRUE(SameBits(TrainedWeights(config, 2), weights)) << "2 threads differ from 1";
  EXPECT_TRUE(SameBits(TrainedWeights(config, 4), weights)) << "4 threads differ from 1";
}

TEST(Training, SameBitsForAnyNumberOfThreads) { ExpectSameBitsAlways(Narrow()); }

TEST(Training, SameBitsWithDropout) {
  GptConfig config = Narrow();
  config.drop_rate = 0.1;
  ExpectSameBitsAlways(config);
}

TEST(Training, SameBitsWithTheDidacticAttentionAndTiedWeights) {
  GptConfig config = Narrow();
  config.n_layers = 1;
  config.qkv_bias = config.tie_weights = true;
  config.attention = "didactic";
  ExpectSameBitsAlways(config);
}

// A test of the test: one weight that differs in its last bit is noticed.
TEST(Training, ASingleBitIsSeen) {
  const std::vector<float> a = {1, 2, 3};
  std::vector<float> b = a;
  EXPECT_TRUE(SameBits(a, b));
  b[1] = std::nextafter(b[1], 3.0f);
  EXPECT_FALSE(SameBits(a, b));
}

TEST(Training, TheLossGoesDown) {
  Training training(Narrow());
  const float first = training.Step();
  float last = 0;
  for (int step = 1; step < 40; ++step) last = training.Step();
  EXPECT_GT(first, 3);  // about log(33) = 3.5
  EXPECT_LT(last, first - 1);
}

// From the third step on (the second is the first with AdamW's moments), no step needs memory that
// an earlier one has not used: nothing new from the system, and no page touched for the first time.
TEST(Training, BuffersAreReusedFromStepToStep) {
  GptConfig config = Narrow();
  config.drop_rate = 0.1;
  Training training(config);
  for (int step = 0; step < 3; ++step) training.Step();

  const PoolStats before = GetPoolStats();
  rusage usage_before, usage_after;
  getrusage(RUSAGE_SELF, &usage_before);
  for (int step = 0; step < 5; ++step) training.Step();
  getrusage(RUSAGE_SELF, &usage_after);
  const PoolStats after = GetPoolStats();

  EXPECT_GT(after.requests, before.requests + 5 * 50);  // buffers were asked for,
  EXPECT_EQ(after.misses, before.misses);               // and all were there
  EXPECT_EQ(after.live_bytes, before.live_bytes);       // and given back
  const int64_t faults = usage_after.ru_minflt - usage_before.ru_minflt;
  const int64_t pages = (after.peak_bytes - after.live_bytes) / 4096;  // of one step
  EXPECT_LT(faults, 5 * pages / 20) << "page faults in 5 steps of " << pages << " pages";
}

}  // namespace
}  // namespace gokart
