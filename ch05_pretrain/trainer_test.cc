#include "ch05_pretrain/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <numeric>
#include <vector>

#include "ch02_data/sliding_window_dataset.h"
#include "ch05_pretrain/loss.h"
#include "tensor/kernels/parallel.h"
#include "tensor/random.h"

namespace gokart {
namespace {

// A text that repeats 0 1 2 ... 10, on a small model with dropout.
struct Task {
  explicit Task(GptConfig c = Config(), int64_t batch_size = 3) {
    std::vector<int32_t> ids(401);
    for (size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<int32_t>(i % 11);
    tokens = std::make_shared<TokenVector>(ids);
    train_data = std::make_unique<SlidingWindowDataset>(tokens, c.context_length, 5);
    train = std::make_unique<DataLoader>(*train_data, DataLoaderOptions{.batch_size = batch_size});
    val = std::make_unique<DataLoader>(
        *train_data, DataLoaderOptions{.batch_size = batch_size, .shuffle = false});
    ManualSeed(123);
    model = std::make_unique<GPTModel>(c);
    optimizer =
        std::make_unique<AdamW>(model->NamedParameters(), AdamWConfig{.learning_rate = 5e-3});
    state.generator = GlobalGenerator().state();
  }
  static GptConfig Config() {
    GptConfig c;
    c.vocab_size = 11;
    c.context_length = 8;
    c.emb_dim = 16;
    c.n_heads = 2;
    c.n_layers = 1;
    c.drop_rate = 0.1;
    return c;
  }
  absl::Status Train(const TrainingOptions& options, const TrainingHooks& hooks = {}) {
    GlobalGenerator().SetState(state.generator);
    return TrainModel(*model, *optimizer, *train, *val, options, state, hooks);
  }
  std::vector<float> Values() const {
    std::vector<float> all;
    for (const Tensor& p : model->Parameters()) {
      all.insert(all.end(), p.values().begin(), p.values().end());
    }
    return all;
  }
  std::shared_ptr<TokenVector> tokens;
  std::unique_ptr<SlidingWindowDataset> train_data;
  std::unique_ptr<DataLoader> train, val;
  std::unique_ptr<GPTModel> model;
  std::unique_ptr<AdamW> optimizer;
  TrainingState state;
};

TrainingOptions Options(int64_t num_epochs) {
  return {.num_epochs = num_epochs,
          .eval_freq = 7,
          .eval_iter = 2,
          .learning_rate = LearningRateSchedule::Constant(5e-3)};
}

TEST(TrainingStep, LearnsARepeatingText) {
  Task task;
  std::vector<Evaluation> evaluations;
  std::vector<int64_t> epochs;
  TrainingHooks hooks;
  hooks.on_evaluation = [&](const Evaluation& e) { evaluations.push_back(e); };
  hooks.on_epoch_end = [&](int64_t epoch) { epochs.push_back(epoch); };
  ASSERT_TRUE(task.Train(Options(8), hooks).ok());
  EXPECT_NEAR(evaluations.front().train_loss, std::log(11.0), 0.8);
  EXPECT_LT(evaluations.back().val_loss, 0.3);
  EXPECT_THAT(epochs, ::testing::ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

// 79 windows in 26 batches of 3 x 8 tokens; evaluations after steps 0, 7, 14, ...
TEST(TrainingStep, CountsStepsTokensAndEvaluations) {
  Task task;
  std::vector<int64_t> steps, tokens;
  TrainingHooks hooks;
  hooks.on_evaluation = [&](const Evaluation& e) {
    steps.push_back(e.step);
    tokens.push_back(e.tokens_seen);
  };
  ASSERT_TRUE(task.Train(Options(1), hooks).ok());
  EXPECT_THAT(steps, ::testing::ElementsAre(0, 7, 14, 21));
  EXPECT_THAT(tokens, ::testing::ElementsAre(24, 192, 360, 528));
  EXPECT_EQ(task.state.step, 26);
  EXPECT_EQ(task.state.tokens_seen, 26 * 24);
  EXPECT_EQ(task.state.epoch, 1);
  EXPECT_FALSE(task.state.in_epoch);
}

// Stopped after any step, also the last of an epoch, and continued by other objects: the same bits.
TEST(Trainer, AnInterruptedRunGoesOnBitForBit) {
  Task whole;
  ASSERT_TRUE(whole.Train(Options(3)).ok());
  for (int64_t stop : {1, 8, 26, 40}) {
    Task first;
    TrainingHooks hooks;
    hooks.should_stop = [&] { return first.state.step == stop; };
    ASSERT_TRUE(first.Train(Options(3), hooks).ok());
    ASSERT_EQ(first.state.step, stop);
    ManualSeed(4711);  // what happens in between must not matter
    Task second;
    second.state = first.state;
    second.model = std::move(first.model);
    second.optimizer = std::move(first.optimizer);
    ASSERT_TRUE(second.Train(Options(3)).ok());
    EXPECT_EQ(second.state, whole.state);
    EXPECT_EQ(second.Values(), whole.Values()) << "stopped after step " << stop;
  }
}

// Without dropout, two batches of 3 give the gradient of one batch of 6 (their windows being the
// same).
TEST(TrainingStep, AccumulationEqualsALargerBatch) {
  GptConfig config = Task::Config();
  config.drop_rate = 0;
  Task accumulated(config, 3), large(config, 6);
  TrainingOptions options = Options(1);
  options.eval_freq = 0;
  TrainingHooks stop;
  stop.should_stop = [&] { return accumulated.state.step == 5 || large.state.step == 5; };
  ASSERT_TRUE(large.Train(options, stop).ok());
  large.state.step = 0;
  options.accumulation_steps = 2;
  ASSERT_TRUE(accumulated.Train(options, stop).ok());
  const std::vector<float> a = accumulated.Values(), b = large.Values();
  for (size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 2e-4) << i;
}

// With a norm limit far below the gradient's, AdamW sees the same direction at another size: the
// step is the same (it does not depend on the gradient's size), but the moments show the limit.
TEST(TrainingStep, ClippingLimitsTheGradientNorm) {
  Task task;
  TrainingOptions options = Options(1);
  options.max_grad_norm = 1e-3;
  TrainingHooks hooks;
  hooks.should_stop = [] { return true; };
  ASSERT_TRUE(task.Train(options, hooks).ok());
  double sum = 0;
  for (const AdamW::State& s : task.optimizer->state()) {
    for (float m : s.m.values()) sum += static_cast<double>(m) * m;
  }
  EXPECT_NEAR(std::sqrt(sum), 0.1 * 1e-3, 1e-7);  // m = (1 - beta1) g after one step
}

// AdamW's first moment is 0.1 of the gradient after one step: that of two batches of 3 is the mean,
// the gradient of one batch of 6.
TEST(TrainingStep, AveragesTheGradientsOfItsBatches) {
  GptConfig config = Task::Config();
  config.drop_rate = 0;
  Task accumulated(config, 3), large(config, 6);
  TrainingHooks stop;
  stop.should_stop = [] { return true; };
  TrainingOptions options = Options(1);
  options.eval_freq = 0;
  ASSERT_TRUE(large.Train(options, stop).ok());
  options.accumulation_steps = 2;
  ASSERT_TRUE(accumulated.Train(options, stop).ok());
  for (size_t p = 0; p < large.optimizer->state().size(); ++p) {
    const auto a = accumulated.optimizer->state()[p].m.values();
    const auto b = large.optimizer->state()[p].m.values();
    for (size_t i = 0; i < a.size(); ++i) {
      ASSERT_NEAR(a[i], b[i], 1e-6) << "parameter " << p << ", number " << i;
    }
  }
}

TEST(TrainingStep, LeavesNoGradientToTheNext) {
  Task task;
  TrainingHooks stop;
  stop.should_stop = [] { return true; };
  ASSERT_TRUE(task.Train(Options(1), stop).ok());
  EXPECT_FALSE(task.model->tok_emb.weight.grad().defined()) << "after a step, before the next";
}

TEST(TrainingStep, SetsTheLearningRateOfItsNumber) {
  Task task;
  TrainingOptions options = Options(1);
  options.learning_rate = {.peak = 1e-3, .initial = 1e-4, .minimum = 1e-3, .warmup_steps = 9};
  TrainingHooks hooks;
  hooks.should_stop = [&] { return task.state.step == 4; };
  ASSERT_TRUE(task.Train(options, hooks).ok());
  EXPECT_NEAR(task.optimizer->learning_rate(), 4e-4, 1e-9) << "step 3 of 9 from 1e-4 to 1e-3";
}

TEST(Trainer, SaysWhenTheLossIsNoNumber) {
  Task task;
  task.model->tok_emb.weight.mutable_data()[3] = NAN;
  const absl::Status s = task.Train(Options(1));
  EXPECT_FALSE(s.ok());
  EXPECT_THAT(std::string(s.message()), ::testing::HasSubstr("the loss is nan at step 0"));
}

TEST(Trainer, AnErrorOfAHookEndsTheTraining) {
  Task task;
  TrainingHooks hooks;
  hooks.after_step = [](const TrainingState& s) {
    return s.step == 4 ? absl::ResourceExhaustedError("disk full") : absl::OkStatus();
  };
  EXPECT_EQ(task.Train(Options(1), hooks).message(), "disk full");
  EXPECT_EQ(task.state.step, 4);
}

// -log p(target) from the logits, position by position in double.
TEST(LossOfABatch, IsTheMeanOfMinusLogProbability) {
  Task task;
  const EvalMode eval(*task.model);
  Generator generator(1);
  const Batch batch = *task.val->Begin(generator).Next();   // [3, 8]
  const Tensor logits = task.model->Forward(batch.inputs);  // [3, 8, 11]
  double sum = 0;
  for (int64_t b = 0; b < 3; ++b) {
    for (int64_t t = 0; t < 8; ++t) {
      double exponentials = 0;
      for (int64_t v = 0; v < 11; ++v) exponentials += std::exp(double(logits.at({b, t, v})));
      sum -= logits.at({b, t, batch.targets(b, t)}) - std::log(exponentials);
    }
  }
  const Tensor loss = LossOfBatch(*task.model, batch);
  EXPECT_EQ(loss.size(), 1) << "the loss of a batch is one number";
  EXPECT_NEAR(loss.item(), sum / 24, 1e-5) << "batch [3, 8], vocabulary of 11";
}

TEST(LossOfABatch, CanRunBackwards) {
  Task task;
  Generator generator(1);
  LossOfBatch(*task.model, *task.val->Begin(generator).Next()).Backward();
  EXPECT_TRUE(task.model->tok_emb.weight.grad().defined()) << "no gradient of the token table";
}

TEST(LossOfALoader, TakesAllBatchesUnlessToldOtherwise) {
  Task task;
  Generator a(1), b(1);
  auto pass = task.val->Begin(a);
  const EvalMode eval(*task.model);
  const NoGrad no_grad;
  double sum = 0;
  for (int i = 0; i < 26; ++i) sum += LossOfBatch(*task.model, *pass.Next()).item();
  EXPECT_NEAR(LossOfLoader(*task.model, *task.val, b), sum / 26, 1e-9) << "26 batches";
  EXPECT_NEAR(LossOfLoader(*task.model, *task.val, b, 1000), sum / 26, 1e-9) << "26 of 1000";
}

TEST(LossOfALoader, IsTheMeanOverBatches) {
  Task task;
  Generator a(1), b(1);
  auto pass = task.val->Begin(a);
  NoGrad no_grad;
  EvalMode eval(*task.model);
  double sum = 0;
  for (int i = 0; i < 3; ++i) sum += LossOfBatch(*task.model, *pass.Next()).item();
  EXPECT_NEAR(LossOfLoader(*task.model, *task.val, b, 3), sum / 3, 1e-12);
  EXPECT_EQ(a.state(), b.state());
  EXPECT_TRUE(std::isnan(LossOfLoader(*task.model, *task.val, b, 0)));
}

TEST(PerplexityOf, UniformGuessesIsTheirNumber) {
  EXPECT_NEAR(Perplexity(std::log(50257.0)), 50257, 1e-6);
}

}  // namespace
}  // namespace gokart
