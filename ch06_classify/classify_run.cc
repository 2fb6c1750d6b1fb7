#include "ch06_classify/classify_run.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ch04_model/gpt_config.h"
#include "ch05_pretrain/loss.h"
#include "ch05_pretrain/run_tokenizer.h"
#include "ch06_classify/bag_of_words.h"
#include "ch06_classify/base_model.h"
#include "ch06_classify/text_pieces.h"
#include "tensor/random.h"
#include "workshop/data/sms.h"

namespace gokart {
namespace {

constexpr char kHead[] = "out_head";

std::vector<std::string> TextsOf(const std::vector<LabelledText>& texts) {
  std::vector<std::string> out;
  for (const LabelledText& t : texts) out.push_back(t.text);
  return out;
}

double ShareEqual(const std::vector<int32_t>& a, const std::vector<int32_t>& b) {
  int64_t equal = 0;
  for (size_t i = 0; i < a.size(); ++i) equal += a[i] == b[i];
  return static_cast<double>(equal) / static_cast<double>(a.size());
}

absl::StatusOr<std::vector<LabelledText>> ReadTexts(const ClassifyOptions& o) {
  if (o.data.empty()) {
    return ParseLabelledTexts(SmsMessages(), "the shipped messages",
                              {.format = "tsv", .quoting = "none"});
  }
  return ReadLabelledTexts(o.data, {.format = o.format,
                                    .quoting = o.quoting,
                                    .label_column = o.label_column,
                                    .text_column = o.text_column});
}

// A model with random weights, of these sizes but for those that were given.
absl::StatusOr<std::unique_ptr<GPTModel>> RandomModel(GptConfig config, int64_t vocab_size,
                                                      const ClassifyOptions& o) {
  config.vocab_size = vocab_size;
  if (o.emb_dim > 0) config.emb_dim = o.emb_dim;
  if (o.n_heads > 0) config.n_heads = o.n_heads;
  if (o.n_layers > 0) config.n_layers = o.n_layers;
  if (o.model_context_length > 0) config.context_length = o.model_context_length;
  if (o.qkv_bias) config.qkv_bias = true;
  if (absl::Status s = CheckGptConfig(config); !s.ok()) return s;
  ManualSeed(o.seed);
  return std::make_unique<GPTModel>(config);
}

}  // namespace

std::string SourceOfTexts(const ClassifyOptions& options) {
  return options.data.empty() ? "the shipped messages" : options.data;
}

absl::StatusOr<TextSplit> ReadAndSplitTexts(const ClassifyOptions& options) {
  const absl::StatusOr<std::vector<LabelledText>> texts = ReadTexts(options);
  if (!texts.ok()) return texts.status();
  const std::string source = SourceOfTexts(options);
  const absl::StatusOr<std::vector<std::string>> classes = ClassesOf(*texts, source);
  if (!classes.ok()) return classes.status();
  const uint32_t seed = static_cast<uint32_t>(options.seed);
  TextSplit split = RandomSplit(options.balance ? BalanceClasses(*texts, seed) : *texts,
                                options.train_fraction, options.val_fraction, seed);
  if (split.val.empty() || split.test.empty() ||
      static_cast<int64_t>(split.train.size()) < options.batch_size) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": too few texts: ", split.train.size(), " to train, ",
                     split.val.size(), " to validate, ", split.test.size(),
                     " to test; expected at least a batch of ", options.batch_size, ", 1 and 1"));
  }
  return split;
}

absl::StatusOr<std::unique_ptr<ClassifyRun>> ClassifyRun::Prepare(const ClassifyOptions& options) {
  if (absl::Status s = CheckClassifyOptions(options); !s.ok()) return s;
  std::unique_ptr<ClassifyRun> run(new ClassifyRun(options));
  if (absl::Status s = run->LoadTexts(); !s.ok()) return s;
  if (absl::Status s = run->LoadModel(); !s.ok()) return s;
  if (absl::Status s = run->MakeLoaders(); !s.ok()) return s;
  if (absl::Status s = run->ChooseTrained(); !s.ok()) return s;
  return run;
}

absl::Status ClassifyRun::LoadTexts() {
  absl::StatusOr<TextSplit> split = ReadAndSplitTexts(options_);
  if (!split.ok()) return split.status();
  split_ = *std::move(split);
  source_ = SourceOfTexts(options_);
  std::vector<LabelledText> all = split_.train;
  all.insert(all.end(), split_.val.begin(), split_.val.end());
  all.insert(all.end(), split_.test.begin(), split_.test.end());
  absl::StatusOr<std::vector<std::string>> classes = ClassesOf(all, source_);
  if (!classes.ok()) return classes.status();
  classifier_.classes = *std::move(classes);
  return absl::OkStatus();
}

// Random weights, of a pretrained model's sizes and for its tokenizer; with a `model` to take sizes
// from, nothing needs to be pretrained.
absl::StatusOr<TrainedModel> ClassifyRun::MakeRandomBase() const {
  TrainedModel base;
  GptConfig config;
  std::string tokenizer = options_.tokenizer;
  if (!options_.model.empty()) {
    const absl::StatusOr<GptConfig> found = FindGptConfig(options_.model);
    if (!found.ok()) return found.status();
    config = *found;
    if (tokenizer.empty()) tokenizer = "gpt2";
  } else {
    absl::StatusOr<std::string> path = RandomStartPath(options_.weights);
    if (path->empty()) path = DefaultBaseModel();
    if (!path.ok()) return path.status();
    absl::StatusOr<TrainedModel> pretrained = LoadTrainedModel(*path);
    if (!pretrained.ok()) return pretrained.status();
    config = pretrained->model->config;
    base.tokenizer = std::move(pretrained->tokenizer);
  }
  if (!tokenizer.empty()) {
    const std::string text = absl::StrJoin(TextsOf(split_.train), "\n");
    absl::StatusOr<std::unique_ptr<Tokenizer>> made = MakeRunTokenizer(tokenizer, text);
    if (!made.ok()) return made.status();
    base.tokenizer = *std::move(made);
  }
  absl::StatusOr<std::unique_ptr<GPTModel>> model =
      RandomModel(config, base.tokenizer->vocab_size(), options_);
  if (!model.ok()) return model.status();
  base.model = *std::move(model);
  return base;
}

absl::StatusOr<TrainedModel> ClassifyRun::LoadBase() {
  base_path_ = options_.weights;
  if (IsRandomStart(base_path_)) return MakeRandomBase();
  if (base_path_.empty()) {
    absl::StatusOr<std::string> path = DefaultBaseModel();
    if (!path.ok()) return path.status();
    base_path_ = *std::move(path);
  }
  LoadOptions load = {.trainable = true, .tokenizer = options_.tokenizer};
  if (options_.n_heads > 0) load.n_heads = options_.n_heads;
  return LoadTrainedModel(base_path_, load);
}

absl::Status ClassifyRun::LoadModel() {
  absl::StatusOr<TrainedModel> base = LoadBase();
  if (!base.ok()) return base.status();
  const std::optional<int32_t> pad_id = base->tokenizer->EndOfText();
  if (!pad_id.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        base_path_, ": its tokenizer has no end of text, with which rows could be filled up"));
  }
  notes_ = std::move(base->notes);
  base->model = WithDropRate(std::move(base->model), options_.drop_rate);
  ManualSeed(options_.seed);
  const GptClassifierConfig config = {
      .num_classes = static_cast<int64_t>(classifier_.classes.size()),
      .pad_id = *pad_id,
      .position = *FindTokenPosition(options_.trainable_token_pos)};
  classifier_.model = std::make_unique<GptClassifier>(std::move(base->model), config);
  classifier_.tokenizer = std::move(base->tokenizer);
  classifier_.padding = {.pad_id = *pad_id, .pad_to_batch = options_.no_padding};
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<ClassificationDataset>> ClassifyRun::MakeDataset(
    const std::vector<LabelledText>& texts, bool training) {
  absl::StatusOr<std::vector<std::vector<int32_t>>> ids =
      EncodeTexts(*classifier_.tokenizer, texts, source_);
  if (!ids.ok()) return ids.status();
  const absl::StatusOr<std::vector<int32_t>> classes =
      ClassNumbers(texts, classifier_.classes, source_);
  if (!classes.ok()) return classes.status();
  int64_t& length = classifier_.padding.max_length;
  if (training) {
    longest_text_ = LongestText(*ids);
    const int64_t context = classifier_.model->body->config.context_length;
    if (options_.context_length > context) {
      return absl::InvalidArgumentError(absl::StrCat("--context_length=", options_.context_length,
                                                     ": must be at most the model's context of ",
                                                     context));
    }
    length = options_.context_length > 0 ? options_.context_length
                                         : std::clamp<int64_t>(longest_text_, 1, context);
  }
  num_cut_ += std::count_if(ids->begin(), ids->end(), [&](const std::vector<int32_t>& text) {
    return static_cast<int64_t>(text.size()) > length;
  });
  return std::make_unique<ClassificationDataset>(*std::move(ids), *classes, classifier_.padding);
}

absl::Status ClassifyRun::MakeLoaders() {
  const auto make = [&](const std::vector<LabelledText>& texts, bool training,
                        std::unique_ptr<ClassificationDataset>& data,
                        std::optional<DataLoader>& loader) {
    absl::StatusOr<std::unique_ptr<ClassificationDataset>> made = MakeDataset(texts, training);
    if (!made.ok()) return made.status();
    data = *std::move(made);
    loader.emplace(
        *data, DataLoaderOptions{
                   .batch_size = options_.batch_size, .shuffle = training, .drop_last = training});
    return absl::OkStatus();
  };
  if (absl::Status s = make(split_.train, true, train_data_, train_loader_); !s.ok()) return s;
  if (absl::Status s = make(split_.val, false, val_data_, val_loader_); !s.ok()) return s;
  return make(split_.test, false, test_data_, test_loader_);
}

// Freezes what is not trained, or everything below new adapters.
absl::Status ClassifyRun::ChooseTrained() {
  GptClassifier& model = *classifier_.model;
  if (options_.lora_rank == 0) {
    Freeze(model, *FindTrainableLayers(options_.trainable_layers));
    return absl::OkStatus();
  }
  fingerprint_ = FingerprintOf(model.NamedParts(), {kHead});
  if (options_.qlora) QuantizeBlocks(model);
  lora_ = {.rank = options_.lora_rank,
           .alpha = options_.lora_alpha,
           .targets = absl::StrSplit(options_.lora_targets, ',', absl::SkipWhitespace())};
  if (options_.lora_train_head) lora_.also_train = {kHead};
  ManualSeed(options_.seed);
  return AddLora(model, lora_);
}

Tensor ClassifyRun::LossOf(const Batch& batch) const {
  return ClassificationLoss(*classifier_.model, batch);
}

// The same, where the model is being trained of pieces of some texts. Without them nothing is
// drawn, so that the numbers stay those of the workshop.
Tensor ClassifyRun::TrainingLossOf(const Batch& batch) const {
  if (options_.piece_rate == 0 || !classifier_.model->training()) return LossOf(batch);
  return LossOf({PiecesOfTexts(batch.inputs, classifier_.padding.pad_id,
                               {.rate = options_.piece_rate}, GlobalGenerator()),
                 batch.targets});
}

double ClassifyRun::LossOf(const DataLoader& loader) {
  return LossOfLoader(
      *classifier_.model, [this](const Batch& batch) { return LossOf(batch); }, loader,
      GlobalGenerator());
}

int64_t ClassifyRun::total_steps() const {
  return options_.num_epochs *
         StepsPerEpoch(*train_loader_, {.accumulation_steps = options_.accumulation_steps});
}

absl::Status ClassifyRun::Train(const ClassifyObserver& observer) {
  const ClassifyOptions& o = options_;
  GptClassifier& model = *classifier_.model;
  AdamW optimizer(model.NamedParameters(),
                  {.learning_rate = o.learning_rate, .weight_decay = o.weight_decay});
  TrainingOptions training;
  training.num_epochs = o.num_epochs;
  training.eval_freq = o.eval_freq;
  training.eval_iter = o.eval_iter;
  training.accumulation_steps = o.accumulation_steps;
  training.learning_rate = {
      .peak = o.learning_rate,
      .initial = 0,
      .minimum = o.min_learning_rate < 0 ? o.learning_rate : o.min_learning_rate,
      .warmup_steps = o.warmup_steps,
      .total_steps = total_steps()};
  TrainingState state;
  TrainingHooks hooks;
  hooks.on_step = observer.on_step;
  hooks.on_evaluation = observer.on_evaluation;
  hooks.should_stop = observer.should_stop;
  if (observer.on_epoch_end) {
    hooks.on_epoch_end = [&](int64_t epoch) {
      EpochAccuracy accuracy = {.epoch = epoch, .examples_seen = state.tokens_seen};
      accuracy.train = AccuracyOfLoader(model, *train_loader_, GlobalGenerator(), o.eval_iter);
      accuracy.val = AccuracyOfLoader(model, *val_loader_, GlobalGenerator(), o.eval_iter);
      observer.on_epoch_end(accuracy);
    };
  }
  ManualSeed(o.seed);
  return TrainModel(
      model, [this](const Batch& batch) { return TrainingLossOf(batch); }, optimizer,
      *train_loader_, *val_loader_, training, state, hooks);
}

ClassifyScores ClassifyRun::Score() {
  ClassifyScores scores;
  GptClassifier& model = *classifier_.model;
  scores.train = AccuracyOfLoader(model, *train_loader_, GlobalGenerator());
  scores.val = AccuracyOfLoader(model, *val_loader_, GlobalGenerator());
  scores.test_confusion = ConfusionMatrix(classifier_.classes);
  AddToConfusion(model, *test_loader_, GlobalGenerator(), scores.test_confusion);
  scores.test = scores.test_confusion.Accuracy();
  const std::vector<int32_t> train = *ClassNumbers(split_.train, classifier_.classes, source_);
  const std::vector<int32_t> test = *ClassNumbers(split_.test, classifier_.classes, source_);
  const BagOfWords words(TextsOf(split_.train), train,
                         static_cast<int64_t>(classifier_.classes.size()));
  scores.bag_of_words_train = ShareEqual(words.Predict(TextsOf(split_.train)), train);
  scores.bag_of_words_test = ShareEqual(words.Predict(TextsOf(split_.test)), test);
  return scores;
}

absl::Status ClassifyRun::Save(const std::string& folder) {
  GptClassifier& model = *classifier_.model;
  if (!LoraLayers(model).empty()) {
    if (!IsRandomStart(base_path_)) {  // of which there is no other copy to put them into
      if (absl::Status s = SaveClassifierAdapter(folder, classifier_, lora_, base_path_,
                                                 fingerprint_, options_.qlora);
          !s.ok()) {
        return s;
      }
    }
    if (options_.qlora) return absl::OkStatus();
    if (absl::Status s = MergeLora(model); !s.ok()) return s;
  }
  return SaveClassifier(folder, classifier_);
}

}  // namespace gokart
