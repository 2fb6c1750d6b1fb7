// The training loop (workshop section 5.2), with what appendix D adds: a learning-rate schedule,
// gradient clipping, and beyond it gradient accumulation and going on after an interruption.
//
//   TrainingState state;
//   TrainModel(model, optimizer, train_loader, val_loader, {.num_epochs = 10}, state, hooks);
#ifndef GOKART_CH05_PRETRAIN_TRAINER_H_
#define GOKART_CH05_PRETRAIN_TRAINER_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "ch02_data/data_loader.h"
#include "ch04_model/gpt_model.h"
#include "ch05_pretrain/learning_rate.h"
#include "ch05_pretrain/loss.h"
#include "ch05_pretrain/training_state.h"
#include "tensor/nn/adamw.h"

namespace gokart {

struct TrainingOptions {
  int64_t num_epochs = 10;
  int64_t eval_freq = 5;  ///< evaluate after steps 0, eval_freq, 2 eval_freq, ...; 0: never
  int64_t eval_iter = 5;  ///< batches of either loader that an evaluation looks at
  int64_t accumulation_steps = 1;  ///< batches whose mean gradient makes one step
  LearningRateSchedule learning_rate;
  double max_grad_norm =
      0;  ///< longer gradients are shortened to this, from the end of the warmup on; 0: never
  /// Whether tokens_seen counts all of a batch's positions, as the workshop does, or, by default,
  /// only those with a target: not those that fill up rows.
  bool count_filling = false;
};

/// What an evaluation found: a row of metrics.csv.
struct Evaluation {
  int64_t step = 0;                     ///< counted from 0, as the workshop prints it
  int64_t epoch = 0;                    ///< counted from 1
  int64_t tokens_seen = 0;              ///< input tokens so far
  double train_loss = 0, val_loss = 0;  ///< nats per token; val_loss is NaN without validation data
  double learning_rate = 0;
  double tokens_per_second = 0;  ///< of training since the last evaluation
};

/// What one step did.
struct StepReport {
  int64_t step = 0;  ///< counted from 0
  double loss = 0;   ///< mean over the step's batches, before the update
  double tokens_per_second = 0;
};

/// What happens beside training. All may be empty.
struct TrainingHooks {
  std::function<void(const StepReport&)> on_step;
  std::function<void(const Evaluation&)> on_evaluation;
  std::function<void(int64_t epoch)> on_epoch_end;  ///< after pass number `epoch`, counted from 1
  /// After each step and all of the above: the place to save a checkpoint. An error ends the
  /// training.
  std::function<absl::Status(const TrainingState&)> after_step;
  std::function<bool()> should_stop;  ///< asked after each step
};

/// Trains until `options.num_epochs` passes are done or should_stop() says so, from where `state`
/// stands, which it keeps up to date. Draws from GlobalGenerator(), whose state is part of `state`:
/// a run that is stopped, saved and continued gives the same bits as one that is not. Errors: the
/// loss is no number any more; after_step failed.
absl::Status TrainModel(GPTModel& model, AdamW& optimizer, const DataLoader& train,
                        const DataLoader& val, const TrainingOptions& options, TrainingState& state,
                        const TrainingHooks& hooks = {});

/// The same for a model and a loss of any kind (a classifier's, a preference's): steps, schedule,
/// evaluations and interruptions are always these. `tokens_seen` counts targets.
absl::Status TrainModel(Module& model, const BatchLoss& loss, AdamW& optimizer,
                        const DataLoader& train, const DataLoader& val,
                        const TrainingOptions& options, TrainingState& state,
                        const TrainingHooks& hooks = {});

/// The optimiser steps in one pass over the loader.
int64_t StepsPerEpoch(const DataLoader& train, const TrainingOptions& options);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_TRAINER_H_
