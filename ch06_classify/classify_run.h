// A finetuning for classification, from the texts to the scores (workshop sections 6.2 to 6.7).
//
//   absl::StatusOr<std::unique_ptr<ClassifyRun>> run = ClassifyRun::Prepare(options);
//   (*run)->Train(observer);
//   ClassifyScores scores = (*run)->Score();
//   (*run)->Save("runs/mine");
#ifndef GOKART_CH06_CLASSIFY_CLASSIFY_RUN_H_
#define GOKART_CH06_CLASSIFY_CLASSIFY_RUN_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/data_loader.h"
#include "ch05_pretrain/trained_model.h"
#include "ch05_pretrain/trainer.h"
#include "ch06_classify/classification_dataset.h"
#include "ch06_classify/classifier_metrics.h"
#include "ch06_classify/classify_options.h"
#include "ch06_classify/splits.h"
#include "ch06_classify/text_classifier.h"

namespace gokart {

/// Shares of right answers on some batches of both loaders after an epoch.
struct EpochAccuracy {
  int64_t epoch = 0;  ///< counted from 1
  int64_t examples_seen = 0;
  double train = 0, val = 0;
};

/// What a run tells while it trains. All may be empty.
struct ClassifyObserver {
  std::function<void(const StepReport&)> on_step;
  /// `tokens_seen` counts examples.
  std::function<void(const Evaluation&)> on_evaluation;
  std::function<void(const EpochAccuracy&)> on_epoch_end;
  std::function<bool()> should_stop;
};

struct ClassifyScores {
  double train = 0, val = 0, test = 0;  ///< accuracies over all batches of the loaders
  ConfusionMatrix test_confusion = ConfusionMatrix({});
  double bag_of_words_train = 0, bag_of_words_test = 0;  ///< logistic regression on the same texts
};

/// The texts of a run, read, balanced and split. Errors: texts that cannot be read, of one class
/// only, or too few for three parts.
absl::StatusOr<TextSplit> ReadAndSplitTexts(const ClassifyOptions& options);
/// For people: the path of the texts, or that they are those that ship.
std::string SourceOfTexts(const ClassifyOptions& options);

class ClassifyRun {
 public:
  /// Reads and splits the texts, loads the model (without `weights` DefaultBaseModel(), which may
  /// have to be trained first) and gives it its head or adapters. Errors: options that don't fit,
  /// texts that cannot be read, of one class only or too few for three parts; a model that cannot
  /// be loaded, or has no token to fill up rows with.
  static absl::StatusOr<std::unique_ptr<ClassifyRun>> Prepare(const ClassifyOptions& options);

  /// Trains to the end, or until observer.should_stop() says so. Error: the loss is no number.
  absl::Status Train(const ClassifyObserver& observer = {});

  /// The loss over all batches of a loader.
  double LossOf(const DataLoader& loader);
  ClassifyScores Score();

  /// Merges the adapters, if there are any, and writes what LoadClassifier reads; the adapters also
  /// by themselves. With QLoRA, which cannot be merged, only those.
  absl::Status Save(const std::string& folder);

  const ClassifyOptions& options() const { return options_; }
  const TextSplit& split() const { return split_; }
  TextClassifier& classifier() { return classifier_; }
  const DataLoader& train_loader() const { return *train_loader_; }
  const DataLoader& val_loader() const { return *val_loader_; }
  const DataLoader& test_loader() const { return *test_loader_; }
  int64_t longest_text() const { return longest_text_; }  ///< in tokens, of those to train on
  int64_t num_cut() const { return num_cut_; }            ///< texts longer than a row, in all parts
  int64_t total_steps() const;
  const std::string& base_path() const { return base_path_; }
  /// What had to be guessed about the weights, for people.
  const std::vector<std::string>& notes() const { return notes_; }
  const std::string& source() const { return source_; }  ///< of the texts, for people

 private:
  explicit ClassifyRun(const ClassifyOptions& options) : options_(options) {}
  absl::Status LoadTexts();
  absl::Status LoadModel();
  absl::StatusOr<TrainedModel> LoadBase();
  absl::StatusOr<TrainedModel> MakeRandomBase() const;
  absl::Status MakeLoaders();
  absl::StatusOr<std::unique_ptr<ClassificationDataset>> MakeDataset(
      const std::vector<LabelledText>& texts, bool training);
  absl::Status ChooseTrained();
  Tensor LossOf(const Batch& batch) const;
  Tensor TrainingLossOf(const Batch& batch) const;

  ClassifyOptions options_;
  std::string source_, base_path_, fingerprint_;
  std::vector<std::string> notes_;
  TextSplit split_;
  TextClassifier classifier_;
  LoraConfig lora_;
  std::unique_ptr<ClassificationDataset> train_data_, val_data_, test_data_;
  std::optional<DataLoader> train_loader_, val_loader_, test_loader_;
  int64_t longest_text_ = 0, num_cut_ = 0;
};

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_CLASSIFY_RUN_H_
