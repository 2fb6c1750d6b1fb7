// `train` and `dpo`: finetuning runs with everything that they print.
#ifndef GOKART_CH07_INSTRUCT_FINETUNE_COMMAND_H_
#define GOKART_CH07_INSTRUCT_FINETUNE_COMMAND_H_

#include "absl/status/status.h"
#include "ch07_instruct/dpo_run.h"
#include "ch07_instruct/finetune_run.h"

namespace gokart {

/// Trains to the end, or until Ctrl-C, with a progress line, the workshop's lines for evaluations,
/// and an answer after each epoch. CANCELLED if it was stopped; the model is saved all the same.
absl::Status FinetuneAndReport(FinetuneRun& run);
absl::Status DpoAndReport(DpoRun& run);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_FINETUNE_COMMAND_H_
