// Preference tuning of a finetuned model, in a folder (the workshop's DPO bonus).
//
//   absl::StatusOr<std::unique_ptr<DpoRun>> run = DpoRun::Start(options, "runs/polite");
//   (*run)->Train(observer);
//
// There is one model in memory, not two. Where low-rank adapters are trained, the reference is the
// model with its adapters switched off. Where all weights are, the reference's log-probabilities
// of all answers are computed before the first step: numbers that never change.
#ifndef GOKART_CH07_INSTRUCT_DPO_RUN_H_
#define GOKART_CH07_INSTRUCT_DPO_RUN_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/data_loader.h"
#include "ch05_pretrain/trainer.h"
#include "ch07_instruct/dpo_loss.h"
#include "ch07_instruct/dpo_reference.h"
#include "ch07_instruct/instruct_adapter.h"
#include "ch07_instruct/preference_dataset.h"
#include "ch07_instruct/respond.h"
#include "tensor/nn/adamw.h"
#include "workshop/csv_file.h"
#include "workshop/run_folder.h"

namespace gokart {

struct DpoOptions {
  std::string weights;    ///< a finetuned model
  std::string tokenizer;  ///< empty: the one beside the weights
  int64_t n_heads = 0;    ///< of weights that don't tell it; 0: they do
  std::string data;       ///< JSON with "chosen" and "rejected"; empty: StoryPreferences
  int64_t story_pairs =
      0;  ///< without `data`: pairs to make and train on; 0: those of the shipped set
  std::string prompt_template;  ///< empty: the model's own
  double beta = 0.1;            ///< how far the model may go from the reference: less is farther
  /// How much the training loss also wants chosen answers to be likely in themselves, as Llama 3
  /// was trained (with 0.2; Grattafiori et al. 2024, arXiv 2407.21783). Answers then have their
  /// ends of text, too. 0: the workshop's loss.
  double nll_weight = 0;
  int64_t lora_rank = 0;  ///< 0: all weights are trained
  double lora_alpha = 16;
  bool save_merged = true;  ///< with adapters: the whole model is saved, too, besides the adapters
  int64_t batch_size = 8;
  int64_t allowed_max_length = 1024;
  int64_t num_epochs = 1;
  double learning_rate = 5e-6;
  double weight_decay = 0.01;
  int64_t eval_freq = 5;
  int64_t eval_iter = 5;
  uint64_t seed = 123;
};

/// What an evaluation found, over eval_iter batches of either part.
struct DpoEvaluation {
  int64_t step = 0, epoch = 1;
  double train_loss = 0, val_loss = 0;
  DpoRewards train, val;
};

struct DpoObserver {
  std::function<void(const StepReport&)> on_step;
  std::function<void(const DpoEvaluation&)> on_evaluation;
  std::function<bool()> should_stop;
};

class DpoRun {
 public:
  /// A new run in `folder`, or in the next free runs/dpo-N if it is empty. Errors: options that
  /// don't fit, weights or entries that cannot be read, too few entries, a folder in use.
  static absl::StatusOr<std::unique_ptr<DpoRun>> Start(DpoOptions options,
                                                       const std::string& folder);

  /// Loss and rewards now, over eval_iter batches: log 2 and 0 before the first step.
  DpoEvaluation Evaluate();

  absl::Status Train(const DpoObserver& observer);

  const DpoOptions& options() const { return options_; }
  const InstructModel& model() const { return model_; }
  const InstructionSplit& entries() const { return entries_; }
  const std::string& folder() const { return folder_->path(); }
  std::string checkpoint_path() const { return folder_->File("checkpoint/checkpoint.safetensors"); }
  std::string adapter_path() const { return folder_->File("adapter"); }
  /// Whether there will be a checkpoint: not, if adapters alone are wanted.
  bool saves_checkpoint() const { return options_.lora_rank == 0 || options_.save_merged; }
  int64_t total_steps() const { return options_.num_epochs * train_loader_->num_batches(); }
  bool finished() const { return state_.epoch >= options_.num_epochs; }
  const std::vector<DpoEvaluation>& history() const { return history_; }

 private:
  explicit DpoRun(DpoOptions options) : options_(std::move(options)) {}
  absl::Status LoadEntries();
  absl::Status MakeLoaders();
  absl::Status MakePolicy();
  absl::Status OpenFolder(const std::string& folder);
  absl::Status Record(const DpoEvaluation& evaluation);
  absl::Status Save();
  std::vector<Tensor> PolicyOf(const Batch& batch) const;
  DpoOutcome LossOf(const Batch& batch);
  Tensor TrainingLoss(const Batch& batch);
  void EvaluatePart(const DataLoader& loader, double& loss, DpoRewards& rewards);

  DpoOptions options_;
  InstructModel model_;
  LoraConfig lora_;
  AdapterBase adapter_base_;
  InstructionSplit entries_;
  std::optional<PreferenceDataset> train_data_, val_data_;
  std::optional<DataLoader> train_loader_, val_loader_;
  std::unique_ptr<DpoReference> reference_;
  std::unique_ptr<AdamW> optimizer_;
  TrainingState state_;
  std::optional<RunFolder> folder_;
  std::optional<CsvFile> metrics_;
  std::vector<DpoEvaluation> history_;
};

/// For the laptop model and the pairs about its stories.
DpoOptions StoryDpoOptions();

nlohmann::json DpoOptionsToJson(const DpoOptions& options);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_DPO_RUN_H_
