// Sizes and costs: the workshop's figures, real models, and counting one product after the other.
#include "ch04_model/model_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <xtensor/xbuilder.hpp>

#include "ch04_model/gpt_model.h"
#include "tensor/buffer.h"
#include "tensor/nn/adamw.h"
#include "tensor/ops/cross_entropy.h"

namespace gokart {
namespace {

GptConfig Named(const std::string& name, bool tied = false) {
  GptConfig config = *FindGptConfig(name);
  config.tie_weights = tied;
  return config;
}

// Section 4.6 and the workshop's exercise 4.2: with the head, without it, and bytes in units of
// 1024 * 1024.
TEST(ParameterCounts, AreTheWorkshops) {
  EXPECT_EQ(NumParameters(Named("gpt2-small")), 163009536);
  EXPECT_EQ(NumParameters(Named("gpt2-small", true)), 124412160);
  EXPECT_EQ(NumParameters(Named("gpt2-medium")), 406212608);
  EXPECT_EQ(NumParameters(Named("gpt2-medium", true)), 354749440);
  EXPECT_EQ(NumParameters(Named("gpt2-large")), 838220800);
  EXPECT_EQ(NumParameters(Named("gpt2-large", true)), 773891840);
  EXPECT_EQ(NumParameters(Named("gpt2-xl")), 1637792000);
  EXPECT_EQ(NumParameters(Named("gpt2-xl", true)), 1557380800);
  EXPECT_NEAR(EstimateTrainingMemory(Named("gpt2-small"), 1, 1).weights / (1 << 20), 621.83, 0.005);
  EXPECT_NEAR(EstimateTrainingMemory(Named("gpt2-xl"), 1, 1).weights / (1 << 20), 6247.68, 0.005);
}

// OpenAI's weights have biases at query, key and value: 124,439,808 is what is published for them.
TEST(ParameterCounts, IncludeBiases) {
  GptConfig config = Named("gpt2-small", true);
  config.qkv_bias = true;
  EXPECT_EQ(NumParameters(config), 124439808);
}

TEST(ParameterCounts, AreWhatTheModelHas) {
  for (const bool bias : {false, true}) {
    for (const bool tied : {false, true}) {
      const GptConfig config = {.vocab_size = 31,
                                .context_length = 7,
                                .emb_dim = 12,
                                .n_heads = 3,
                                .n_layers = 5,
                                .qkv_bias = bias,
                                .tie_weights = tied};
      EXPECT_EQ(NumParameters(config), GPTModel(config).NumParameters()) << bias << tied;
    }
  }
}

TEST(ModelSummary, LaptopModelsAreSmall) {
  EXPECT_NEAR(NumParameters(Named("laptop")), 2.2e6, 0.1e6);
  EXPECT_NEAR(NumParameters(Named("laptop-large")), 11.5e6, 0.1e6);
}

// What a profiler counts: 5.1e11 floating point operations for 2 x 1024 tokens of the small model.
TEST(ModelSummary, TheWorkshopsMultiplyAdds) {
  EXPECT_EQ(LinearMacsPerToken(Named("gpt2-small")), 123532032);
  EXPECT_EQ(LinearMacsPerToken(Named("gpt2-medium")), 353453056);
  EXPECT_EQ(LinearMacsPerToken(Named("gpt2-large")), 772117760);
  EXPECT_EQ(LinearMacsPerToken(Named("gpt2-xl")), 1554971200);
  EXPECT_NEAR(2.0 * 2048 * LinearMacsPerToken(Named("gpt2-small")), 5.1e11, 0.05e11);
}

// Every multiply-add of a forward pass, counted in loops.
TEST(ModelSummary, FlopsAreThoseOfAllProducts) {
  const GptConfig config = {
      .vocab_size = 31, .context_length = 7, .emb_dim = 12, .n_heads = 3, .n_layers = 2};
  constexpr int64_t kT = 7;
  const int64_t c = config.emb_dim, head_dim = c / config.n_heads;
  int64_t macs = 0;
  for (int64_t t = 0; t < kT; ++t) {
    for (int64_t layer = 0; layer < config.n_layers; ++layer) {
      macs += c * 3 * c + c * c + c * 4 * c + 4 * c * c;
      for (int64_t head = 0; head < config.n_heads; ++head) {
        for (int64_t key = 0; key <= t; ++key) macs += head_dim + head_dim;  // score, then sum
      }
    }
    macs += c * config.vocab_size;
  }
  EXPECT_DOUBLE_EQ(kT * ForwardFlopsPerToken(config, kT), 2.0 * macs);
  EXPECT_DOUBLE_EQ(kT * TrainingFlopsPerToken(config, kT), 6.0 * macs);
}

// The bytes that the engine's buffers hold at most during a training step.
double MeasuredPeak(const GptConfig& config, int64_t batch_size, int64_t num_tokens) {
  const int64_t before = GetPoolStats().live_bytes;
  GPTModel model(config);
  AdamW optimizer(model.NamedParameters(), {});
  const TokenIds ids = xt::ones<int32_t>({batch_size, num_tokens});
  for (int step = 0; step < 2; ++step) {  // the first one makes AdamW's moments
    ResetPoolPeak();
    ops::CrossEntropy(model.Forward(ids), Flat(ids)).Backward();
    optimizer.Step();
    optimizer.ClearGrad();
  }
  return static_cast<double>(GetPoolStats().peak_bytes - before);
}

// Buffers round sizes up, by 12% at most, and operations need some for themselves.
void ExpectGoodEstimate(const GptConfig& config, int64_t batch_size, int64_t num_tokens) {
  const double measured = MeasuredPeak(config, batch_size, num_tokens);
  const double estimate = EstimateTrainingMemory(config, batch_size, num_tokens).Peak();
  EXPECT_GT(measured, 0.98 * estimate);
  EXPECT_LT(measured, 1.12 * estimate);
}

TEST(ModelSummary, MemoryIsWhatTrainingUses) {
  GptConfig config = {
      .vocab_size = 512, .context_length = 128, .emb_dim = 64, .n_heads = 4, .n_layers = 4};
  ExpectGoodEstimate(config, 4, 128);  // mostly activations
  config.attention = "didactic";
  ExpectGoodEstimate(config, 4, 128);
  config.drop_rate_attn = 0;
  ExpectGoodEstimate(config, 4, 128);
}

TEST(ModelSummary, MemoryWhereLogitsOrGradientsDecide) {
  GptConfig config = {
      .vocab_size = 8192, .context_length = 64, .emb_dim = 128, .n_heads = 4, .n_layers = 1};
  ExpectGoodEstimate(config, 4, 64);  // the logits and their gradient
  config.vocab_size = 64;
  config.n_layers = 8;
  ExpectGoodEstimate(config, 1, 8);  // all gradients at the end of backward
}

TEST(ModelSummary, SaysWhenMemoryIsShort) {
  EXPECT_TRUE(CheckMemory("Training", 8e9, 8e9).ok());
  EXPECT_EQ(CheckMemory("Training", 12.3e9, 8e9).message(),
            "Training needs about 12.3 GB of memory, and this machine has 8.0 GB");
  EXPECT_GT(MachineMemory(), 1e8);
  EXPECT_LT(MachineMemory(), 1e15);
}

}  // namespace
}  // namespace gokart
