#include "ch05_pretrain/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "absl/strings/str_cat.h"
#include "ch05_pretrain/loss.h"
#include "tensor/ops/cross_entropy.h"

namespace gokart {
namespace {

using Clock = std::chrono::steady_clock;

// Tokens and seconds of training, without the evaluations between.
class Speedometer {
 public:
  void Start() { started_ = Clock::now(); }
  void Stop(int64_t tokens) {
    last_seconds_ = std::chrono::duration<double>(Clock::now() - started_).count();
    last_tokens_ = tokens;
    seconds_ += last_seconds_;
    tokens_ += tokens;
  }
  double OfLastStep() const { return static_cast<double>(last_tokens_) / last_seconds_; }
  double SinceReset() const { return seconds_ > 0 ? static_cast<double>(tokens_) / seconds_ : 0; }
  void Reset() { seconds_ = 0, tokens_ = 0; }

 private:
  Clock::time_point started_;
  double last_seconds_ = 0, seconds_ = 0;
  int64_t last_tokens_ = 0, tokens_ = 0;
};

// Tokens that the loss counts: not those that only fill up a row.
int64_t CountTokens(const Batch& batch) {
  const std::span<const int32_t> targets = Flat(batch.targets);
  return std::count_if(targets.begin(), targets.end(),
                       [](int32_t target) { return target != ops::kIgnoreIndex; });
}

class TrainingLoop {
 public:
  TrainingLoop(Module& model, const BatchLoss& loss, AdamW& optimizer, const DataLoader& train,
               const DataLoader& val, const TrainingOptions& options, TrainingState& state,
               const TrainingHooks& hooks)
      : model_(model),
        loss_(loss),
        optimizer_(optimizer),
        train_(train),
        val_(val),
        options_(options),
        state_(state),
        hooks_(hooks) {}

  absl::Status Run() {
    model_.Train();
    while (state_.epoch < options_.num_epochs && !stopped_) {
      if (absl::Status s = RunEpoch(); !s.ok()) return s;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status RunEpoch() {
    DataLoader::Pass pass =
        state_.in_epoch ? train_.Resume(state_.position) : train_.Begin(GlobalGenerator());
    state_.in_epoch = true;
    while (pass.position().next_batch < train_.num_batches()) {
      absl::StatusOr<StepReport> report = Step(pass);
      if (!report.ok()) return report.status();
      state_.position = pass.position();
      if (hooks_.on_step) hooks_.on_step(*report);
      if (options_.eval_freq > 0 && report->step % options_.eval_freq == 0) Evaluate(report->step);
      if (pass.position().next_batch >= train_.num_batches()) EndEpoch();
      state_.generator = GlobalGenerator().state();
      if (hooks_.after_step) {
        if (absl::Status s = hooks_.after_step(state_); !s.ok()) return s;
      }
      if (hooks_.should_stop && hooks_.should_stop()) {
        stopped_ = true;
        return absl::OkStatus();
      }
    }
    return absl::OkStatus();
  }

  // One update from the mean gradient of `accumulation_steps` batches, or of what is left of the
  // pass.
  absl::StatusOr<StepReport> Step(DataLoader::Pass& pass) {
    speed_.Start();
    int64_t batches = 0, tokens = 0;
    double loss_sum = 0;
    // [exercise 5.10] The training step
    // Task: Add up the gradients of accumulation_steps batches, or of what is left of the pass: for
    //       each its loss, run backwards. Count the batches and tokens and add up the losses. In
    //       Update below, turn the gradients into a step.
    // Hint: loss_(batch) is a scalar; item() is its value, Backward() adds to all gradients. A
    //       batch has targets.size() tokens, of which CountTokens counts those that are no filling.
    // Hint: Update: set the learning rate of the step; after the warmup scale gradients down whose
    //       norm is above max_grad_norm (if that is above 0); Step; and clear the gradients.
    // Hint: grad_scale is 1 / batches, which makes the mean of the sum; GradNorm() is the norm of
    //       the sum.
    // Test: //ch05_pretrain:trainer_test TrainingStep.*
    // Read: ch05_pretrain/README.md, "The training loop"

    while (batches < options_.accumulation_steps) {
      const std::optional<Batch> batch = pass.Next();
      if (!batch) break;
      const Tensor loss = loss_(*batch);
      loss_sum += loss.item();
      loss.Backward();
      ++batches;
      tokens += options_.count_filling ? static_cast<int64_t>(batch->targets.size())
                                       : CountTokens(*batch);
    }
    // [end of exercise 5.10]
    const double loss = loss_sum / static_cast<double>(batches);
    if (!std::isfinite(loss)) {
      return absl::OutOfRangeError(absl::StrCat("the loss is ", loss, " at step ", state_.step,
                                                ": the learning rate of ",
                                                optimizer_.learning_rate(), " may be too high"));
    }
    Update(1 / static_cast<double>(batches));
    state_.tokens_seen += tokens;
    speed_.Stop(tokens);
    return StepReport{state_.step++, loss, speed_.OfLastStep()};
  }

  void Update(double grad_scale) {
    // [exercise 5.10, continued]
    const int64_t step = state_.step;
    optimizer_.set_learning_rate(options_.learning_rate.At(step));
    if (options_.max_grad_norm > 0 && step >= options_.learning_rate.warmup_steps) {
      const double norm = optimizer_.GradNorm() * grad_scale;
      grad_scale *= std::min(1.0, options_.max_grad_norm / (norm + 1e-6));
    }
    optimizer_.Step(static_cast<float>(grad_scale));
    optimizer_.ClearGrad();
    // [end of exercise 5.10]
  }

  void Evaluate(int64_t step) {
    Evaluation e = {.step = step, .epoch = state_.epoch + 1, .tokens_seen = state_.tokens_seen};
    e.train_loss = LossOfLoader(model_, loss_, train_, GlobalGenerator(), options_.eval_iter);
    e.val_loss = LossOfLoader(model_, loss_, val_, GlobalGenerator(), options_.eval_iter);
    e.learning_rate = optimizer_.learning_rate();
    e.tokens_per_second = speed_.SinceReset();
    speed_.Reset();
    if (hooks_.on_evaluation) hooks_.on_evaluation(e);
  }

  void EndEpoch() {
    ++state_.epoch;
    state_.in_epoch = false;
    state_.position = {};
    if (hooks_.on_epoch_end) hooks_.on_epoch_end(state_.epoch);
  }

  Module& model_;
  const BatchLoss& loss_;
  AdamW& optimizer_;
  const DataLoader &train_, &val_;
  const TrainingOptions& options_;
  TrainingState& state_;
  const TrainingHooks& hooks_;
  Speedometer speed_;
  bool stopped_ = false;
};

}  // namespace

int64_t StepsPerEpoch(const DataLoader& train, const TrainingOptions& options) {
  return (train.num_batches() + options.accumulation_steps - 1) / options.accumulation_steps;
}

absl::Status TrainModel(GPTModel& model, AdamW& optimizer, const DataLoader& train,
                        const DataLoader& val, const TrainingOptions& options, TrainingState& state,
                        const TrainingHooks& hooks) {
  const auto loss = [&](const Batch& batch) { return LossOfBatch(model, batch); };
  return TrainModel(model, loss, optimizer, train, val, options, state, hooks);
}

absl::Status TrainModel(Module& model, const BatchLoss& loss, AdamW& optimizer,
                        const DataLoader& train, const DataLoader& val,
                        const TrainingOptions& options, TrainingState& state,
                        const TrainingHooks& hooks) {
  if (train.num_batches() == 0) {
    return absl::InvalidArgumentError("the training data are too few for one batch");
  }
  return TrainingLoop(model, loss, optimizer, train, val, options, state, hooks).Run();
}

}  // namespace gokart
