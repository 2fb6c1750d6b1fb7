// An instruction finetuning in a folder (workshop section 7.6): entries, model, optimiser, metrics,
// checkpoint, picture.
//
//   absl::StatusOr<std::unique_ptr<FinetuneRun>> run = FinetuneRun::Start(options, "runs/mine");
//   (*run)->Train(observer);
//   Respond((*run)->model(), "What is the opposite of big?", "", {});
//
// The folder holds config.json, metrics.csv, loss.svg, loss.png, and in checkpoint/ the weights and
// the tokenizer: LoadInstructModel and every command that takes --weights read it. Where adapters
// were trained, adapter/ holds them (instruct_adapter.h), and checkpoint/ may be left out.
#ifndef GOKART_CH07_INSTRUCT_FINETUNE_RUN_H_
#define GOKART_CH07_INSTRUCT_FINETUNE_RUN_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/data_loader.h"
#include "ch05_pretrain/trainer.h"
#include "ch07_instruct/finetune_options.h"
#include "ch07_instruct/instruct_adapter.h"
#include "ch07_instruct/instruction_dataset.h"
#include "ch07_instruct/instruction_entry.h"
#include "ch07_instruct/length_groups.h"
#include "ch07_instruct/respond.h"
#include "tensor/nn/adamw.h"
#include "workshop/csv_file.h"
#include "workshop/run_folder.h"

namespace gokart {

/// The entries that options.data means, in their parts. Without a file: story_entries from the
/// generator to train on (or the shipped set's), and the shipped set's held-out parts.
absl::StatusOr<InstructionSplit> LoadInstructionSplit(const FinetuneOptions& options);

/// What a run tells while it trains. All may be empty.
struct FinetuneObserver {
  std::function<void(const StepReport&)> on_step;
  std::function<void(const Evaluation&)> on_evaluation;
  /// The model's answer to the first validation entry after each epoch, as in the workshop.
  std::function<void(int64_t epoch, const std::string& answer)> on_sample;
  std::function<bool()> should_stop;
};

class FinetuneRun {
 public:
  /// A new run in `folder`, or in the next free runs/instruct-N if it is empty. Errors: options
  /// that don't fit, weights or entries that cannot be read, too few entries, a folder in use.
  static absl::StatusOr<std::unique_ptr<FinetuneRun>> Start(FinetuneOptions options,
                                                            const std::string& folder);

  /// Losses before the first step over eval_iter batches, the training ones first.
  std::pair<double, double> MeasureInitialLosses();

  /// Trains to the end, or until observer.should_stop() says so, and saves the model; adapters are
  /// saved alone first, and are merged into the weights by then.
  absl::Status Train(const FinetuneObserver& observer);

  const FinetuneOptions& options() const { return options_; }
  const InstructionSplit& entries() const { return entries_; }
  const InstructModel& model() const { return model_; }
  const InstructionDataset& train_data() const { return *train_data_; }
  const std::vector<Evaluation>& history() const { return history_; }
  const std::string& folder() const { return folder_->path(); }
  std::string checkpoint_path() const { return folder_->File("checkpoint/checkpoint.safetensors"); }
  std::string adapter_path() const { return folder_->File("adapter"); }
  /// Whether there will be a checkpoint: not, if adapters alone are wanted.
  bool saves_checkpoint() const { return options_.lora_rank == 0 || options_.save_merged; }
  int64_t total_steps() const { return options_.num_epochs * train_loader_->num_batches(); }
  int64_t steps_done() const { return state_.step; }
  int64_t trainable_parameters() const { return trainable_parameters_; }
  bool finished() const { return state_.epoch >= options_.num_epochs; }

 private:
  explicit FinetuneRun(FinetuneOptions options) : options_(std::move(options)) {}
  absl::Status LoadModel();
  absl::Status MakeLoaders();
  absl::Status MakeOptimizer();
  absl::Status OpenFolder(const std::string& folder);
  absl::Status RecordEvaluation(const Evaluation& evaluation);
  absl::Status Save();
  absl::Status DrawLosses() const;
  std::string Sample();

  FinetuneOptions options_;
  InstructionSplit entries_;
  InstructModel model_;
  LoraConfig lora_;
  AdapterBase adapter_base_;
  std::optional<InstructionDataset> train_data_, val_data_;
  std::optional<LengthGroups> groups_;
  std::optional<DataLoader> train_loader_, val_loader_;
  std::unique_ptr<AdamW> optimizer_;
  int64_t trainable_parameters_ = 0;
  TrainingState state_;
  std::optional<RunFolder> folder_;
  std::optional<CsvFile> metrics_;
  std::vector<Evaluation> history_;
};

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_FINETUNE_RUN_H_
