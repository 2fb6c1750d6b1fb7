#include "ch07_instruct/finetune_run.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch05_pretrain/checkpoint.h"
#include "ch05_pretrain/loss.h"
#include "ch05_pretrain/run_tokenizer.h"
#include "ch06_classify/base_model.h"
#include "ch06_classify/lora.h"
#include "ch07_instruct/shipped_instructions.h"
#include "ch07_instruct/story_tasks.h"
#include "tensor/random.h"
#include "workshop/file.h"
#include "workshop/plot.h"

namespace gokart {
namespace {

constexpr int64_t kSampleTokens = 50;

const CsvFile::Row& MetricsColumns() {
  static const auto& columns =
      *new CsvFile::Row{"step",     "epoch",         "tokens_seen",      "train_loss",
                        "val_loss", "learning_rate", "tokens_per_second"};
  return columns;
}

absl::Status TooFew(const char* part, size_t entries, int64_t batch_size) {
  return absl::InvalidArgumentError(absl::StrCat("the ", part, " part has ", entries,
                                                 " entries: too few for a batch of ", batch_size));
}

}  // namespace

absl::StatusOr<InstructionSplit> LoadInstructionSplit(const FinetuneOptions& options) {
  if (!options.data.empty()) {
    absl::StatusOr<std::vector<InstructionEntry>> entries = ReadInstructions(options.data);
    if (!entries.ok()) return entries.status();
    return SplitInstructions(*entries);
  }
  InstructionSplit split = SplitInstructions(ShippedInstructions());
  if (options.story_entries > 0) {
    split.train.clear();
    TaskGenerator generator(options.seed, TaskPart::kTrain);
    for (int64_t i = 0; i < options.story_entries; ++i) split.train.push_back(generator.Next());
  }
  return split;
}

absl::StatusOr<std::unique_ptr<FinetuneRun>> FinetuneRun::Start(FinetuneOptions options,
                                                                const std::string& folder) {
  if (absl::Status s = CheckFinetuneOptions(options); !s.ok()) return s;
  std::unique_ptr<FinetuneRun> run(new FinetuneRun(std::move(options)));
  absl::StatusOr<InstructionSplit> entries = LoadInstructionSplit(run->options_);
  if (!entries.ok()) return entries.status();
  run->entries_ = *std::move(entries);
  if (absl::Status s = run->LoadModel(); !s.ok()) return s;
  if (absl::Status s = run->MakeLoaders(); !s.ok()) return s;
  if (absl::Status s = run->MakeOptimizer(); !s.ok()) return s;
  if (absl::Status s = run->OpenFolder(folder); !s.ok()) return s;
  return run;
}

absl::Status FinetuneRun::LoadModel() {
  if (options_.weights.empty()) {
    absl::StatusOr<std::string> path = DefaultBaseModel();
    if (!path.ok()) return path.status();
    options_.weights = *std::move(path);
  }
  absl::StatusOr<InstructModel> model =
      LoadInstructModel(options_.weights, options_.prompt_template,
                        OptionsForWeights(true, options_.tokenizer, options_.n_heads));
  if (!model.ok()) return model.status();
  model_ = *std::move(model);
  options_.allowed_max_length =
      std::min(options_.allowed_max_length, model_.model().config.context_length);
  return absl::OkStatus();
}

absl::Status FinetuneRun::MakeLoaders() {
  const InstructionDatasetOptions data = {
      .masking = options_.mask_instructions ? Masking::kInstruction : Masking::kNothing,
      .allowed_max_length = options_.allowed_max_length};
  const auto make = [&](const std::vector<InstructionEntry>& part) {
    return InstructionDataset::Make(part, *model_.prompt_template, model_.tokenizer(), data);
  };
  absl::StatusOr<InstructionDataset> train = make(entries_.train);
  if (!train.ok()) return train.status();
  absl::StatusOr<InstructionDataset> val = make(entries_.val);
  if (!val.ok()) return val.status();
  train_data_ = *std::move(train);
  val_data_ = *std::move(val);
  const Dataset* rows = &*train_data_;
  int64_t rows_in_batch = options_.batch_size;
  if (options_.group_window > 0) {
    groups_.emplace(*train_data_, options_.batch_size, options_.group_window, options_.seed);
    rows = &*groups_;
    rows_in_batch = 1;  // a group is a whole batch
  }
  train_loader_.emplace(
      *rows, DataLoaderOptions{.batch_size = rows_in_batch, .shuffle = true, .drop_last = true});
  val_loader_.emplace(
      *val_data_,
      DataLoaderOptions{.batch_size = options_.batch_size, .shuffle = false, .drop_last = false});
  if (train_loader_->num_batches() == 0) {
    return TooFew("training", entries_.train.size(), options_.batch_size);
  }
  if (val_loader_->num_batches() == 0) return TooFew("validation", 0, options_.batch_size);
  return absl::OkStatus();
}

absl::Status FinetuneRun::MakeOptimizer() {
  GPTModel& model = model_.model();
  ManualSeed(options_.seed);
  if (options_.lora_rank > 0) {
    adapter_base_ = NoteAdapterBase(model_, options_.weights);
    lora_ = {.rank = options_.lora_rank, .alpha = options_.lora_alpha};
    if (absl::Status s = AddLora(model, lora_); !s.ok()) return s;
    ManualSeed(options_.seed);
  }
  trainable_parameters_ = model.NumTrainableParameters();
  optimizer_ = std::make_unique<AdamW>(
      model.NamedParameters(),
      AdamWConfig{.learning_rate = options_.learning_rate, .weight_decay = options_.weight_decay});
  return absl::OkStatus();
}

absl::Status FinetuneRun::OpenFolder(const std::string& folder) {
  nlohmann::json config = FinetuneOptionsToJson(options_);
  config["model"] = GptConfigToJson(model_.model().config);
  absl::StatusOr<RunFolder> opened = RunFolder::CreateChosen(folder, "instruct", config);
  if (!opened.ok()) return opened.status();
  folder_ = *std::move(opened);
  if (saves_checkpoint()) {
    const std::string checkpoint = folder_->File("checkpoint");
    if (absl::Status s = MakeFolders(checkpoint); !s.ok()) return s;
    if (absl::Status s = SaveRunTokenizer(model_.tokenizer(), checkpoint); !s.ok()) return s;
  }
  absl::StatusOr<CsvFile> metrics = CsvFile::Create(folder_->File("metrics.csv"), MetricsColumns());
  if (!metrics.ok()) return metrics.status();
  metrics_ = *std::move(metrics);
  return absl::OkStatus();
}

std::pair<double, double> FinetuneRun::MeasureInitialLosses() {
  const GeneratorState before = GlobalGenerator().state();
  const auto measure = [&](const DataLoader& loader) {
    return LossOfLoader(model_.model(), loader, GlobalGenerator(), options_.eval_iter);
  };
  const double train = measure(*train_loader_), val = measure(*val_loader_);
  GlobalGenerator().SetState(before);  // a look at the model must not change its training
  return {train, val};
}

absl::Status FinetuneRun::Train(const FinetuneObserver& observer) {
  absl::Status failure;
  TrainingHooks hooks;
  hooks.on_step = observer.on_step;
  hooks.should_stop = observer.should_stop;
  hooks.on_evaluation = [&](const Evaluation& e) {
    failure.Update(RecordEvaluation(e));
    if (observer.on_evaluation) observer.on_evaluation(e);
  };
  hooks.on_epoch_end = [&](int64_t epoch) {
    if (observer.on_sample) observer.on_sample(epoch, Sample());
  };
  hooks.after_step = [&](const TrainingState&) { return failure; };
  if (absl::Status s = TrainModel(model_.model(), *optimizer_, *train_loader_, *val_loader_,
                                  MakeTrainingOptions(options_, total_steps()), state_, hooks);
      !s.ok()) {
    return s;
  }
  if (absl::Status s = Save(); !s.ok()) return s;
  return DrawLosses();
}

absl::Status FinetuneRun::RecordEvaluation(const Evaluation& e) {
  history_.push_back(e);
  return metrics_->AddRow(
      {absl::StrCat(e.step), absl::StrCat(e.epoch), absl::StrCat(e.tokens_seen),
       absl::StrFormat("%.6f", e.train_loss), absl::StrFormat("%.6f", e.val_loss),
       absl::StrFormat("%.9g", e.learning_rate), absl::StrFormat("%.1f", e.tokens_per_second)});
}

absl::Status FinetuneRun::Save() {
  if (options_.lora_rank > 0) {
    absl::Status s = SaveInstructAdapter(folder(), model_, lora_, adapter_base_);
    if (s.ok()) s = MergeLora(model_.model());
    if (!s.ok() || !saves_checkpoint()) return s;
  }
  return SaveCheckpoint(checkpoint_path(),
                        {.parts = model_.model().NamedParts(),
                         .metadata = {{"config", GptConfigToJson(model_.model().config).dump()}}});
}

absl::Status FinetuneRun::DrawLosses() const {
  if (history_.size() < 2) return absl::OkStatus();
  LineChart chart = {.title = "Loss while finetuning",
                     .x_label = "Steps",
                     .y_label = "Loss (nats per token)",
                     .series = {{.label = "training"}, {.label = "validation"}}};
  for (const Evaluation& e : history_) {
    for (Series& series : chart.series) series.x.push_back(static_cast<double>(e.step));
    chart.series[0].y.push_back(e.train_loss);
    chart.series[1].y.push_back(e.val_loss);
  }
  const absl::Status status = SavePlot(chart, folder_->File("loss"));
  // Without gnuplot there is no picture, but the run is none the worse.
  return absl::IsUnavailable(status) ? absl::OkStatus() : status;
}

std::string FinetuneRun::Sample() {
  const InstructionEntry& entry = entries_.val.front();
  const absl::StatusOr<std::string> answer =
      Respond(model_, entry.instruction, entry.input, {.max_new_tokens = kSampleTokens});
  return answer.ok() ? *answer : "";
}

}  // namespace gokart
