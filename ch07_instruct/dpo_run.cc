#include "ch07_instruct/dpo_run.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch05_pretrain/checkpoint.h"
#include "ch05_pretrain/run_tokenizer.h"
#include "ch06_classify/lora.h"
#include "ch07_instruct/shipped_instructions.h"
#include "ch07_instruct/story_preferences.h"
#include "tensor/ops/arithmetic.h"
#include "tensor/random.h"
#include "workshop/file.h"

namespace gokart {
namespace {

absl::Status Refuse(const char* field, double value, const char* must) {
  return absl::InvalidArgumentError(absl::StrCat(field, " is ", value, ": must be ", must));
}

absl::Status Check(const DpoOptions& o) {
  const auto number = [](auto value) { return static_cast<double>(value); };
  if (o.weights.empty()) {
    return absl::InvalidArgumentError("weights is empty: a finetuned model is needed");
  }
  if (o.story_pairs < 0) return Refuse("story_pairs", number(o.story_pairs), "at least 0");
  if (!(o.beta > 0)) return Refuse("beta", o.beta, "more than 0");
  if (!(o.nll_weight >= 0)) return Refuse("nll_weight", o.nll_weight, "at least 0");
  if (o.lora_rank < 0) return Refuse("lora_rank", number(o.lora_rank), "at least 0");
  if (!(o.lora_alpha > 0)) return Refuse("lora_alpha", o.lora_alpha, "more than 0");
  if (o.batch_size < 1) return Refuse("batch_size", number(o.batch_size), "at least 1");
  if (o.allowed_max_length < 2) {
    return Refuse("allowed_max_length", number(o.allowed_max_length), "at least 2");
  }
  if (o.num_epochs < 1) return Refuse("num_epochs", number(o.num_epochs), "at least 1");
  if (!(o.learning_rate > 0)) return Refuse("learning_rate", o.learning_rate, "more than 0");
  if (!(o.weight_decay >= 0)) return Refuse("weight_decay", o.weight_decay, "at least 0");
  if (o.eval_freq < 1) return Refuse("eval_freq", number(o.eval_freq), "at least 1");
  if (o.eval_iter < 1) return Refuse("eval_iter", number(o.eval_iter), "at least 1");
  return absl::OkStatus();
}

}  // namespace

DpoOptions StoryDpoOptions() {
  DpoOptions o;
  o.story_pairs = 3400;
  o.beta = 0.3;
  o.nll_weight = 1;
  o.learning_rate = 5e-4;
  o.eval_freq = 50;
  return o;
}

nlohmann::json DpoOptionsToJson(const DpoOptions& o) {
  return {{"finetuning",
           {{"method", "dpo"},
            {"weights", o.weights},
            {"tokenizer", o.tokenizer},
            {"n_heads", o.n_heads},
            {"data", o.data},
            {"story_pairs", o.story_pairs},
            {"template", o.prompt_template},
            {"beta", o.beta},
            {"nll_weight", o.nll_weight},
            {"lora_rank", o.lora_rank},
            {"lora_alpha", o.lora_alpha},
            {"save_merged", o.save_merged},
            {"batch_size", o.batch_size},
            {"allowed_max_length", o.allowed_max_length},
            {"num_epochs", o.num_epochs},
            {"learning_rate", o.learning_rate},
            {"weight_decay", o.weight_decay},
            {"eval_freq", o.eval_freq},
            {"eval_iter", o.eval_iter},
            {"seed", o.seed}}}};
}

absl::StatusOr<std::unique_ptr<DpoRun>> DpoRun::Start(DpoOptions options,
                                                      const std::string& folder) {
  if (absl::Status s = Check(options); !s.ok()) return s;
  std::unique_ptr<DpoRun> run(new DpoRun(std::move(options)));
  if (absl::Status s = run->LoadEntries(); !s.ok()) return s;
  absl::StatusOr<InstructModel> model =
      LoadInstructModel(run->options_.weights, run->options_.prompt_template,
                        OptionsForWeights(true, run->options_.tokenizer, run->options_.n_heads));
  if (!model.ok()) return model.status();
  run->model_ = *std::move(model);
  run->options_.prompt_template = run->model_.prompt_template->name;
  if (absl::Status s = run->MakeLoaders(); !s.ok()) return s;
  if (absl::Status s = run->MakePolicy(); !s.ok()) return s;
  if (absl::Status s = run->OpenFolder(folder); !s.ok()) return s;
  return run;
}

absl::Status DpoRun::LoadEntries() {
  if (!options_.data.empty()) {
    absl::StatusOr<std::vector<InstructionEntry>> entries =
        ReadInstructions(options_.data, {"output", "chosen", "rejected"});
    if (!entries.ok()) return entries.status();
    entries_ = SplitInstructions(*entries);
    return absl::OkStatus();
  }
  entries_ = SplitInstructions(ShippedPreferences());
  if (options_.story_pairs > 0) {
    entries_.train = StoryPreferences(options_.seed, TaskPart::kTrain,
                                      static_cast<size_t>(options_.story_pairs));
  }
  return absl::OkStatus();
}

absl::Status DpoRun::MakeLoaders() {
  options_.allowed_max_length =
      std::min(options_.allowed_max_length, model_.model().config.context_length);
  const auto make = [&](const std::vector<InstructionEntry>& part) {
    return PreferenceDataset::Make(part, *model_.prompt_template, model_.tokenizer(),
                                   options_.allowed_max_length,
                                   /*with_ends=*/options_.nll_weight > 0);
  };
  absl::StatusOr<PreferenceDataset> train = make(entries_.train);
  if (!train.ok()) return train.status();
  absl::StatusOr<PreferenceDataset> val = make(entries_.val);
  if (!val.ok()) return val.status();
  train_data_ = *std::move(train);
  val_data_ = *std::move(val);
  train_loader_.emplace(
      *train_data_,
      DataLoaderOptions{.batch_size = options_.batch_size, .shuffle = true, .drop_last = true});
  val_loader_.emplace(
      *val_data_,
      DataLoaderOptions{.batch_size = options_.batch_size, .shuffle = false, .drop_last = false});
  if (train_loader_->num_batches() == 0 || val_loader_->num_batches() == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(entries_.train.size(), " pairs to train and ", entries_.val.size(),
                     " to validate: too few for batches of ", options_.batch_size));
  }
  return absl::OkStatus();
}

absl::Status DpoRun::MakePolicy() {
  GPTModel& model = model_.model();
  ManualSeed(options_.seed);
  if (options_.lora_rank > 0) {
    adapter_base_ = NoteAdapterBase(model_, options_.weights);
    lora_ = {.rank = options_.lora_rank, .alpha = options_.lora_alpha};
    if (absl::Status s = AddLora(model, lora_); !s.ok()) return s;
    ManualSeed(options_.seed);
    reference_ = std::make_unique<AdapterFreeReference>(model);
  } else {
    reference_ = std::make_unique<PrecomputedReference>(
        model, std::vector<const Dataset*>{&*train_data_, &*val_data_}, options_.batch_size);
  }
  optimizer_ = std::make_unique<AdamW>(
      model.NamedParameters(),
      AdamWConfig{.learning_rate = options_.learning_rate, .weight_decay = options_.weight_decay});
  return absl::OkStatus();
}

absl::Status DpoRun::OpenFolder(const std::string& folder) {
  nlohmann::json config = DpoOptionsToJson(options_);
  config["model"] = GptConfigToJson(model_.model().config);
  absl::StatusOr<RunFolder> opened = RunFolder::CreateChosen(folder, "dpo", config);
  if (!opened.ok()) return opened.status();
  folder_ = *std::move(opened);
  if (saves_checkpoint()) {
    const std::string checkpoint = folder_->File("checkpoint");
    if (absl::Status s = MakeFolders(checkpoint); !s.ok()) return s;
    if (absl::Status s = SaveRunTokenizer(model_.tokenizer(), checkpoint); !s.ok()) return s;
  }
  absl::StatusOr<CsvFile> metrics = CsvFile::Create(
      folder_->File("metrics.csv"), {"step", "epoch", "train_loss", "val_loss", "train_margin",
                                     "val_margin", "train_accuracy", "val_accuracy"});
  if (!metrics.ok()) return metrics.status();
  metrics_ = *std::move(metrics);
  return absl::OkStatus();
}

std::vector<Tensor> DpoRun::PolicyOf(const Batch& batch) const {
  return RowLogProbabilities(model_.model().Forward(batch.inputs), batch);  // [2 B, T, V] -> 2 B
}

DpoOutcome DpoRun::LossOf(const Batch& batch) {
  const std::vector<double> reference = reference_->LogProbabilities(batch);
  return DpoLoss(PolicyOf(batch), reference, options_.beta);
}

// The chosen answers' log-probabilities come first; minus their mean is the loss of finetuning.
Tensor DpoRun::TrainingLoss(const Batch& batch) {
  const std::vector<double> reference = reference_->LogProbabilities(batch);
  const std::vector<Tensor> policy = PolicyOf(batch);
  Tensor loss = DpoLoss(policy, reference, options_.beta).loss;
  const size_t pairs = policy.size() / 2;
  const float share = static_cast<float>(options_.nll_weight / static_cast<double>(pairs));
  if (share == 0) return loss;
  for (size_t i = 0; i < pairs; ++i) loss = ops::Subtract(loss, ops::Scale(policy[i], share));
  return loss;
}

void DpoRun::EvaluatePart(const DataLoader& loader, double& loss, DpoRewards& rewards) {
  const NoGrad no_grad;
  const EvalMode eval(model_.model());
  const int64_t n = std::min(options_.eval_iter, loader.num_batches());
  DataLoader::Pass pass = loader.Begin(GlobalGenerator());
  for (int64_t i = 0; i < n; ++i) {
    const DpoOutcome outcome = LossOf(*pass.Next());
    const double share = 1.0 / static_cast<double>(n);
    loss += share * outcome.loss.item();
    rewards.chosen += share * outcome.rewards.chosen;
    rewards.rejected += share * outcome.rewards.rejected;
    rewards.accuracy += share * outcome.rewards.accuracy;
  }
}

DpoEvaluation DpoRun::Evaluate() {
  DpoEvaluation e;
  EvaluatePart(*train_loader_, e.train_loss, e.train);
  EvaluatePart(*val_loader_, e.val_loss, e.val);
  return e;
}

absl::Status DpoRun::Train(const DpoObserver& observer) {
  absl::Status failure;
  TrainingHooks hooks;
  hooks.on_step = [&](const StepReport& step) {
    if (observer.on_step) observer.on_step(step);
    if (step.step % options_.eval_freq != 0) return;
    DpoEvaluation e = Evaluate();
    e.step = step.step;
    e.epoch = state_.epoch + 1;
    failure.Update(Record(e));
    if (observer.on_evaluation) observer.on_evaluation(e);
  };
  hooks.after_step = [&](const TrainingState&) { return failure; };
  hooks.should_stop = observer.should_stop;
  const TrainingOptions training = {
      .num_epochs = options_.num_epochs,
      .eval_freq = 0,  // evaluations look at rewards, too: see on_step
      .learning_rate = LearningRateSchedule::Constant(options_.learning_rate)};
  const BatchLoss loss = [&](const Batch& batch) { return TrainingLoss(batch); };
  if (absl::Status s = TrainModel(model_.model(), loss, *optimizer_, *train_loader_, *val_loader_,
                                  training, state_, hooks);
      !s.ok()) {
    return s;
  }
  return Save();
}

absl::Status DpoRun::Save() {
  if (options_.lora_rank > 0) {
    absl::Status s = SaveInstructAdapter(folder(), model_, lora_, adapter_base_);
    if (s.ok()) s = MergeLora(model_.model());
    if (!s.ok() || !saves_checkpoint()) return s;
  }
  return SaveCheckpoint(checkpoint_path(),
                        {.parts = model_.model().NamedParts(),
                         .metadata = {{"config", GptConfigToJson(model_.model().config).dump()}}});
}

absl::Status DpoRun::Record(const DpoEvaluation& e) {
  history_.push_back(e);
  const auto number = [](double value) { return absl::StrFormat("%.6f", value); };
  return metrics_->AddRow({absl::StrCat(e.step), absl::StrCat(e.epoch), number(e.train_loss),
                           number(e.val_loss), number(e.train.Margin()), number(e.val.Margin()),
                           number(e.train.accuracy), number(e.val.accuracy)});
}

}  // namespace gokart
