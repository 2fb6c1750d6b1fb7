#include "ch05_pretrain/pretrain_run.h"

#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "ch02_data/document_dataset.h"
#include "ch02_data/load_tokenizer.h"
#include "ch02_data/sliding_window_dataset.h"
#include "ch02_data/token_corpus.h"
#include "ch04_model/model_summary.h"
#include "ch05_pretrain/checkpoint.h"
#include "ch05_pretrain/generate.h"
#include "ch05_pretrain/loss.h"
#include "ch05_pretrain/run_tokenizer.h"
#include "ch05_pretrain/weights/load_model.h"
#include "ch05_pretrain/weights/open_weights.h"
#include "ch05_pretrain/weights/weights_tokenizer.h"
#include "tensor/random.h"
#include "workshop/file.h"
#include "workshop/plot.h"
#include "workshop/stories/stories.h"

namespace gokart {
namespace {

// Stories to validate on come from another seed than those to train on.
constexpr uint64_t kValidationSeedOffset = 1000003;
constexpr int64_t kSampleTokens = 50;
// Initial losses over more batches than this would take longer than they are worth.
constexpr int64_t kMaxInitialBatches = 40;

const CsvFile::Row& MetricsColumns() {
  static const auto* columns =
      new CsvFile::Row{"step",     "epoch",         "tokens_seen",      "train_loss",
                       "val_loss", "learning_rate", "tokens_per_second"};
  return *columns;
}

CsvFile::Row MetricsRow(const Evaluation& e) {
  return {absl::StrCat(e.step),
          absl::StrCat(e.epoch),
          absl::StrCat(e.tokens_seen),
          absl::StrFormat("%.6f", e.train_loss),
          absl::StrFormat("%.6f", e.val_loss),
          absl::StrFormat("%.9g", e.learning_rate),
          absl::StrFormat("%.1f", e.tokens_per_second)};
}

// A row of metrics.csv that an earlier process wrote.
std::optional<Evaluation> ParseMetricsRow(const CsvFile::Row& row) {
  Evaluation e;
  if (row.size() != MetricsColumns().size() || !absl::SimpleAtoi(row[0], &e.step) ||
      !absl::SimpleAtoi(row[1], &e.epoch) || !absl::SimpleAtoi(row[2], &e.tokens_seen) ||
      !absl::SimpleAtod(row[3], &e.train_loss) || !absl::SimpleAtod(row[4], &e.val_loss) ||
      !absl::SimpleAtod(row[5], &e.learning_rate) ||
      !absl::SimpleAtod(row[6], &e.tokens_per_second)) {
    return std::nullopt;
  }
  return e;
}

uint32_t Crc32(const TokenStream& tokens) {
  std::vector<int32_t> chunk(1 << 16);
  uLong crc = crc32_z(0, nullptr, 0);
  for (int64_t begin = 0; begin < tokens.size(); begin += static_cast<int64_t>(chunk.size())) {
    chunk.resize(std::min<int64_t>(1 << 16, tokens.size() - begin));
    tokens.Read(begin, chunk);
    crc =
        crc32_z(crc, reinterpret_cast<const Bytef*>(chunk.data()), chunk.size() * sizeof(int32_t));
  }
  return static_cast<uint32_t>(crc);
}

// Says beforehand what would otherwise end in a killed process.
absl::Status CheckTrainingMemory(const PretrainOptions& o) {
  const double needed =
      EstimateTrainingMemory(o.model, o.batch_size, o.model.context_length).Peak();
  return CheckMemory("training this model with this batch size", needed, MachineMemory());
}

absl::Status TooShort(const char* part, int64_t tokens, int64_t rows, const PretrainOptions& o) {
  return absl::InvalidArgumentError(absl::StrCat(
      "the ", part, " text has ", tokens, " tokens, which make ", rows, " ", o.rows, " of up to ",
      o.model.context_length, ": too few for a batch of ", o.batch_size));
}

}  // namespace

absl::StatusOr<std::unique_ptr<PretrainRun>> PretrainRun::Start(PretrainOptions options,
                                                                const std::string& folder) {
  if (absl::Status s = CheckPretrainOptions(options); !s.ok()) return s;
  if (!options.text.empty())
    options.text = std::filesystem::absolute(options.text).lexically_normal();
  if (!options.weights.empty())
    options.weights = std::filesystem::absolute(options.weights).lexically_normal();
  std::unique_ptr<PretrainRun> run(new PretrainRun(std::move(options)));
  if (absl::Status s = run->LoadData(/*saved_tokenizer=*/""); !s.ok()) return s;
  if (absl::Status s = CheckTrainingMemory(run->options_); !s.ok()) return s;
  run->MakeModel();
  if (absl::Status s = run->LoadInitialWeights(); !s.ok()) return s;
  nlohmann::json config = PretrainOptionsToJson(run->options_);
  config["data"] = run->DataSummary();
  absl::StatusOr<RunFolder> opened = RunFolder::CreateChosen(folder, "pretrain", config);
  if (absl::IsAlreadyExists(opened.status())) {
    return absl::AlreadyExistsError(absl::StrCat(std::string(opened.status().message()),
                                                 "; --resume=", folder, " goes on with that run"));
  }
  if (!opened.ok()) return opened.status();
  run->folder_ = *std::move(opened);
  if (absl::Status s = MakeFolders(run->folder_->File("checkpoint")); !s.ok()) return s;
  if (absl::Status s = SaveRunTokenizer(*run->tokenizer_, run->folder_->File("checkpoint"));
      !s.ok()) {
    return s;
  }
  if (absl::Status s = run->OpenMetrics(/*resuming=*/false); !s.ok()) return s;
  return run;
}

absl::StatusOr<std::unique_ptr<PretrainRun>> PretrainRun::Resume(
    const std::string& folder, std::optional<int64_t> num_epochs) {
  absl::StatusOr<RunFolder> opened = RunFolder::Open(folder);
  if (!opened.ok()) return opened.status();
  const std::string config_path = opened->File("config.json");
  absl::StatusOr<PretrainOptions> options = PretrainOptionsFromJson(opened->config(), config_path);
  if (!options.ok()) return options.status();
  if (num_epochs) options->num_epochs = *num_epochs;
  std::unique_ptr<PretrainRun> run(new PretrainRun(*std::move(options)));
  run->folder_ = *std::move(opened);
  absl::StatusOr<std::string> tokenizer = FindRunTokenizer(run->folder_->File("checkpoint"));
  if (!tokenizer.ok()) return tokenizer.status();
  if (absl::Status s = run->LoadData(*tokenizer); !s.ok()) return s;
  const nlohmann::json& config = run->folder_->config();
  if (!config.contains("data") || config["data"] != run->DataSummary()) {
    return absl::FailedPreconditionError(
        absl::StrCat(config_path, ": the training text is not the one that this run started with"));
  }
  run->MakeModel();
  if (std::filesystem::exists(run->checkpoint_path())) {
    if (absl::Status s = LoadCheckpoint(run->checkpoint_path(), run->model_->NamedParts(),
                                        *run->optimizer_, run->state_);
        !s.ok()) {
      return s;
    }
    GlobalGenerator().SetState(run->state_.generator);
  }
  if (absl::Status s = run->OpenMetrics(/*resuming=*/true); !s.ok()) return s;
  return run;
}

absl::Status PretrainRun::LoadData(const std::string& saved_tokenizer) {
  absl::Status loaded = TokenCorpus::IsCorpus(options_.text) ? LoadCorpus(saved_tokenizer)
                                                             : LoadText(saved_tokenizer);
  if (!loaded.ok()) return loaded;
  if (saved_tokenizer.empty() && options_.weights.empty()) {
    options_.model.vocab_size = tokenizer_->vocab_size();
  }
  if (options_.model.vocab_size < tokenizer_->vocab_size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the model has a vocabulary of ", options_.model.vocab_size, ", but tokenizer ",
        tokenizer_->name(), " has ", tokenizer_->vocab_size(), " tokens"));
  }
  return MakeLoaders();
}

absl::Status PretrainRun::LoadCorpus(const std::string& saved_tokenizer) {
  if (absl::StartsWith(options_.tokenizer, "bpe:")) {
    return absl::InvalidArgumentError(
        absl::StrCat(options_.text,
                     ": holds tokens, from which no tokenizer can be trained: "
                     "tokenizer must be the one that they were made with"));
  }
  absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer =
      LoadTokenizerOrGguf(saved_tokenizer.empty() ? options_.tokenizer : saved_tokenizer);
  if (!tokenizer.ok()) return tokenizer.status();
  tokenizer_ = *std::move(tokenizer);
  absl::StatusOr<TokenSplit> tokens =
      OpenTokenSplit(options_.text, options_.train_ratio, *tokenizer_);
  if (!tokens.ok()) return tokens.status();
  tokens_ = *std::move(tokens);
  return absl::OkStatus();
}

absl::Status PretrainRun::LoadText(const std::string& saved_tokenizer) {
  const bool stories = options_.text.empty();
  std::string text, val_stories;
  if (stories) {
    const double ratio = (1 - options_.train_ratio) / options_.train_ratio;
    text = StoryStream(options_.seed, static_cast<size_t>(options_.story_characters));
    val_stories =
        StoryStream(options_.seed + kValidationSeedOffset,
                    static_cast<size_t>(ratio * static_cast<double>(options_.story_characters)));
  } else {
    absl::StatusOr<std::string> read = ReadTrainingText(options_.text);
    if (!read.ok()) return read.status();
    text = *std::move(read);
  }
  const TextSplit split =
      stories ? TextSplit{text, val_stories} : SplitText(text, options_.train_ratio);
  absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer =
      saved_tokenizer.empty() ? MakeRunTokenizer(options_.tokenizer, split.train)
                              : LoadTokenizer(saved_tokenizer);
  if (!tokenizer.ok()) return tokenizer.status();
  tokenizer_ = *std::move(tokenizer);
  absl::StatusOr<TokenSplit> tokens = TokenizeSplit(split, *tokenizer_);
  if (!tokens.ok()) return tokens.status();
  tokens_ = *std::move(tokens);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Dataset>> PretrainRun::MakeDataset(
    std::shared_ptr<const TokenStream> tokens) const {
  const int64_t length = options_.model.context_length;
  if (options_.rows == "windows") {
    const int64_t stride = options_.stride == 0 ? length : options_.stride;
    return std::make_unique<SlidingWindowDataset>(std::move(tokens), length, stride);
  }
  const std::optional<int32_t> end = tokenizer_->EndOfText();
  if (!end || length < 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("rows=documents needs a context_length of at least 2, and a tokenizer with an "
                     "end of text, which ",
                     tokenizer_->name(), end ? " has" : " has not"));
  }
  return std::make_unique<DocumentDataset>(std::move(tokens), *end, length);
}

absl::Status PretrainRun::MakeLoaders() {
  absl::StatusOr<std::unique_ptr<Dataset>> train = MakeDataset(tokens_.train);
  if (!train.ok()) return train.status();
  absl::StatusOr<std::unique_ptr<Dataset>> val = MakeDataset(tokens_.val);
  if (!val.ok()) return val.status();
  train_data_ = *std::move(train);
  val_data_ = *std::move(val);
  train_loader_.emplace(
      *train_data_,
      DataLoaderOptions{.batch_size = options_.batch_size, .shuffle = true, .drop_last = true});
  val_loader_.emplace(
      *val_data_,
      DataLoaderOptions{.batch_size = options_.batch_size, .shuffle = false, .drop_last = false});
  if (train_loader_->num_batches() == 0) {
    return TooShort("training", tokens_.train->size(), train_data_->size(), options_);
  }
  if (val_loader_->num_batches() == 0) {
    return TooShort("validation", tokens_.val->size(), 0, options_);
  }
  return absl::OkStatus();
}

void PretrainRun::MakeModel() {
  ManualSeed(options_.seed);
  model_ = std::make_unique<GPTModel>(options_.model);
  optimizer_ = std::make_unique<AdamW>(
      model_->NamedParameters(),
      AdamWConfig{.learning_rate = options_.learning_rate, .weight_decay = options_.weight_decay});
  state_.generator = GlobalGenerator().state();
}

absl::Status PretrainRun::LoadInitialWeights() {
  if (options_.weights.empty()) return absl::OkStatus();
  const absl::StatusOr<WeightFile> file = OpenWeights(options_.weights);
  if (!file.ok()) return file.status();
  if (absl::Status s = VerifyCheckpoint(file->path, file->tensors, file->metadata); !s.ok()) {
    return s;
  }
  return LoadParameters(*file, options_.model, model_->NamedParts());
}

// What tells whether the data are still the same.
nlohmann::json PretrainRun::DataSummary() const {
  return {{"train_tokens", tokens_.train->size()},
          {"train_crc32", Crc32(*tokens_.train)},
          {"val_tokens", tokens_.val->size()},
          {"val_crc32", Crc32(*tokens_.val)}};
}

InitialLosses PretrainRun::MeasureInitialLosses() {
  const GeneratorState before = GlobalGenerator().state();
  const auto measure = [&](const DataLoader& loader) {
    const bool all = loader.num_batches() <= kMaxInitialBatches;
    return LossOfLoader(*model_, loader, GlobalGenerator(),
                        all ? loader.num_batches() : options_.eval_iter);
  };
  const InitialLosses losses = {measure(*train_loader_), measure(*val_loader_)};
  GlobalGenerator().SetState(before);  // a look at the model must not change its training
  return losses;
}

absl::Status PretrainRun::OpenMetrics(bool resuming) {
  const std::string path = folder_->File("metrics.csv");
  const auto before_checkpoint = [&](const CsvFile::Row& row) {
    const std::optional<Evaluation> e = ParseMetricsRow(row);
    if (!e || e->step >= state_.step) return false;
    history_.push_back(*e);
    return true;
  };
  absl::StatusOr<CsvFile> file = resuming
                                     ? CsvFile::Continue(path, MetricsColumns(), before_checkpoint)
                                     : CsvFile::Create(path, MetricsColumns());
  if (!file.ok()) return file.status();
  metrics_ = *std::move(file);
  if (!resuming) return absl::OkStatus();
  // Keep the samples of the epochs that the checkpoint has seen.
  absl::StatusOr<std::string> samples = ReadFile(folder_->File("sample.txt"));
  if (!samples.ok()) return absl::OkStatus();
  size_t end = 0;
  for (int64_t epoch = 0; epoch < state_.epoch && end != std::string::npos; ++epoch) {
    end = samples->find('\n', end);
    if (end != std::string::npos) ++end;
  }
  samples_ = samples->substr(0, end);
  return absl::OkStatus();
}

absl::Status PretrainRun::Train(const PretrainObserver& observer) {
  const TrainingOptions options = MakeTrainingOptions(
      options_, StepsPerEpoch(*train_loader_, {.accumulation_steps = options_.accumulation_steps}));
  absl::Status failure;
  auto last_checkpoint = std::chrono::steady_clock::now();
  bool epoch_ended = false;
  TrainingHooks hooks;
  hooks.on_step = observer.on_step;
  hooks.should_stop = observer.should_stop;
  hooks.on_evaluation = [&](const Evaluation& e) {
    failure.Update(RecordEvaluation(e));
    if (observer.on_evaluation) observer.on_evaluation(e);
  };
  hooks.on_epoch_end = [&](int64_t epoch) {
    epoch_ended = true;
    const std::string sample = Sample();
    failure.Update(AppendSample(epoch, sample));
    if (observer.on_sample) observer.on_sample(epoch, sample);
  };
  hooks.after_step = [&](const TrainingState&) {
    if (!failure.ok()) return failure;
    const auto now = std::chrono::steady_clock::now();
    const double waited = std::chrono::duration<double>(now - last_checkpoint).count();
    // At the end of each epoch too, unless epochs take but moments.
    const bool due = waited >= observer.checkpoint_seconds ||
                     (epoch_ended && waited >= observer.checkpoint_seconds / 10);
    epoch_ended = false;
    if (!due) return absl::OkStatus();
    last_checkpoint = now;
    if (absl::Status s = Checkpoint(); !s.ok()) return s;
    if (observer.on_checkpoint) observer.on_checkpoint(checkpoint_path());
    return absl::OkStatus();
  };
  if (absl::Status s =
          TrainModel(*model_, *optimizer_, *train_loader_, *val_loader_, options, state_, hooks);
      !s.ok()) {
    return s;
  }
  if (absl::Status s = Checkpoint(); !s.ok()) return s;
  if (observer.on_checkpoint) observer.on_checkpoint(checkpoint_path());
  return DrawLosses();
}

absl::Status PretrainRun::RecordEvaluation(const Evaluation& evaluation) {
  history_.push_back(evaluation);
  return metrics_->AddRow(MetricsRow(evaluation));
}

// One line per epoch, with newlines shown as spaces, as the workshop prints it.
absl::Status PretrainRun::AppendSample(int64_t epoch, const std::string& sample) {
  absl::StrAppend(&samples_, "Epoch ", epoch, ": ", sample, "\n");
  return WriteFile(folder_->File("sample.txt"), samples_);
}

std::string PretrainRun::Sample() {
  absl::StatusOr<std::vector<int32_t>> ids = tokenizer_->Encode(
      options_.start_context, {.allowed = {std::string(Tokenizer::kEndOfText)}, .refused = {}});
  if (!ids.ok() || ids->empty()) return "";
  const std::vector<int32_t> all =
      Generate(*model_, *ids, {.max_new_tokens = kSampleTokens}, GlobalGenerator());
  return absl::StrReplaceAll(tokenizer_->Decode(all), {{"\n", " "}});
}

absl::Status PretrainRun::Checkpoint() {
  const SafetensorsMetadata metadata = {{"config", GptConfigToJson(options_.model).dump()}};
  return SaveCheckpoint(checkpoint_path(), {.parts = model_->NamedParts(),
                                            .optimizer = optimizer_.get(),
                                            .state = state_,
                                            .metadata = metadata});
}

absl::Status PretrainRun::DrawLosses() const {
  if (history_.size() < 2) return absl::OkStatus();
  LineChart chart = {.title = "Loss while training",
                     .x_label = "Steps",
                     .y_label = "Loss (nats per token)",
                     .series = {{.label = "training"}, {.label = "validation"}}};
  for (const Evaluation& e : history_) {
    for (Series& series : chart.series) series.x.push_back(static_cast<double>(e.step));
    chart.series[0].y.push_back(e.train_loss);
    chart.series[1].y.push_back(e.val_loss);
  }
  chart.second_x_axis = {.label = "Tokens seen",
                         .at_first = static_cast<double>(history_.front().tokens_seen),
                         .at_last = static_cast<double>(history_.back().tokens_seen)};
  const absl::Status status = SavePlot(chart, folder_->File("loss"));
  // Without gnuplot there is no picture, but the run is none the worse.
  return absl::IsUnavailable(status) ? absl::OkStatus() : status;
}

std::string PretrainRun::checkpoint_path() const {
  return folder_->File("checkpoint/checkpoint.safetensors");
}

int64_t PretrainRun::total_steps() const {
  return options_.num_epochs *
         StepsPerEpoch(*train_loader_, {.accumulation_steps = options_.accumulation_steps});
}

}  // namespace gokart
