// `train`: a pretraining run with everything that it prints.
#ifndef GOKART_CH05_PRETRAIN_TRAIN_COMMAND_H_
#define GOKART_CH05_PRETRAIN_TRAIN_COMMAND_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "ch05_pretrain/pretrain_run.h"

namespace gokart {

/// How TrainAndReport() talks.
struct ReportOptions {
  bool initial_losses = true;
  bool print_evaluations = true;  ///< a line for each evaluation, as the workshop prints it
  bool print_samples = true;      ///< the sample after each epoch
  double checkpoint_seconds = 120;
};

/// Trains a run to its end, or until Ctrl-C: a progress line, the workshop's lines for evaluations
/// and samples, and what the run left behind. Interrupted, it says how to go on. Errors: those of
/// PretrainRun::Train, with the last checkpoint named.
absl::Status TrainAndReport(PretrainRun& run, const ReportOptions& options);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_TRAIN_COMMAND_H_
