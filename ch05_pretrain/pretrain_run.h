// A pretraining run in a folder: data, tokenizer, model, optimiser, metrics, checkpoints, pictures.
//
//   absl::StatusOr<std::unique_ptr<PretrainRun>> run = PretrainRun::Start(options, "runs/mine");
//   (*run)->Train(observer);
//   ...
//   run = PretrainRun::Resume("runs/mine");      // after an interruption; goes on bit for bit
//
// The folder holds config.json, metrics.csv, loss.svg, loss.png, sample.txt,
// checkpoint/checkpoint.safetensors and checkpoint/tokenizer.json (or the like).
#ifndef GOKART_CH05_PRETRAIN_PRETRAIN_RUN_H_
#define GOKART_CH05_PRETRAIN_PRETRAIN_RUN_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/data_loader.h"
#include "ch02_data/tokenizer.h"
#include "ch04_model/gpt_model.h"
#include "ch05_pretrain/pretrain_options.h"
#include "ch05_pretrain/trainer.h"
#include "ch05_pretrain/training_text.h"
#include "tensor/nn/adamw.h"
#include "workshop/csv_file.h"
#include "workshop/run_folder.h"

namespace gokart {

/// Losses before the first step, over all batches, or over eval_iter of them where there are many.
struct InitialLosses {
  double train = 0, val = 0;
};

/// What a run tells while it trains. All may be empty.
struct PretrainObserver {
  std::function<void(const StepReport&)> on_step;
  std::function<void(const Evaluation&)> on_evaluation;
  std::function<void(int64_t epoch, const std::string& sample)> on_sample;
  std::function<void(const std::string& path)> on_checkpoint;
  std::function<bool()> should_stop;
  double checkpoint_seconds = 120;  ///< at least this long between two checkpoints within an epoch
};

class PretrainRun {
 public:
  /// A new run in `folder`, or in the next free runs/pretrain-N if it is empty.
  /// `options.model.vocab_size` is set to that of the tokenizer, unless the run begins from
  /// weights: then `options.model` must be theirs. Errors: options that don't fit, a text that
  /// cannot be read or is too short, a folder that is in use.
  static absl::StatusOr<std::unique_ptr<PretrainRun>> Start(PretrainOptions options,
                                                            const std::string& folder);
  /// An earlier run with its own options, from its last checkpoint; `num_epochs` may be raised.
  /// Errors: no run there, a damaged checkpoint, a text that has changed since.
  static absl::StatusOr<std::unique_ptr<PretrainRun>> Resume(const std::string& folder,
                                                             std::optional<int64_t> num_epochs);

  InitialLosses MeasureInitialLosses();

  /// Trains to the end, or until observer.should_stop() says so; either way the last checkpoint is
  /// complete.
  absl::Status Train(const PretrainObserver& observer);

  const PretrainOptions& options() const { return options_; }
  const Tokenizer& tokenizer() const { return *tokenizer_; }
  const DataLoader& train_loader() const { return *train_loader_; }
  const DataLoader& val_loader() const { return *val_loader_; }
  const TokenSplit& tokens() const { return tokens_; }
  GPTModel& model() { return *model_; }
  const TrainingState& state() const { return state_; }
  const std::vector<Evaluation>& history() const { return history_; }
  const std::string& folder() const { return folder_->path(); }
  std::string checkpoint_path() const;
  int64_t total_steps() const;
  bool finished() const { return state_.epoch >= options_.num_epochs; }

 private:
  explicit PretrainRun(PretrainOptions options) : options_(std::move(options)) {}
  absl::Status LoadData(const std::string& saved_tokenizer);
  absl::Status LoadCorpus(const std::string& saved_tokenizer);
  absl::Status LoadText(const std::string& saved_tokenizer);
  nlohmann::json DataSummary() const;
  absl::Status MakeLoaders();
  absl::StatusOr<std::unique_ptr<Dataset>> MakeDataset(
      std::shared_ptr<const TokenStream> tokens) const;
  void MakeModel();
  absl::Status LoadInitialWeights();
  absl::Status OpenMetrics(bool resuming);
  absl::Status RecordEvaluation(const Evaluation& evaluation);
  absl::Status AppendSample(int64_t epoch, const std::string& sample);
  absl::Status Checkpoint();
  absl::Status DrawLosses() const;
  std::string Sample();

  PretrainOptions options_;
  std::optional<RunFolder> folder_;
  std::unique_ptr<Tokenizer> tokenizer_;
  TokenSplit tokens_;
  std::unique_ptr<Dataset> train_data_, val_data_;  // the loaders point to them
  std::optional<DataLoader> train_loader_, val_loader_;
  std::unique_ptr<GPTModel> model_;
  std::unique_ptr<AdamW> optimizer_;
  TrainingState state_;
  std::optional<CsvFile> metrics_;
  std::vector<Evaluation> history_;
  std::string samples_;
};

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_PRETRAIN_RUN_H_
