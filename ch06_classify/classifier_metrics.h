// How good a classifier is: accuracy, and what it confuses (workshop section 6.6).
//
//   double accuracy = AccuracyOfLoader(classifier, test_loader, GlobalGenerator());
//   ConfusionMatrix confusion({"ham", "spam"});
//   confusion.Add(/*actual=*/1, /*predicted=*/0);   // a spam message that came through
//   confusion.F1(1);
#ifndef GOKART_CH06_CLASSIFY_CLASSIFIER_METRICS_H_
#define GOKART_CH06_CLASSIFY_CLASSIFIER_METRICS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ch02_data/data_loader.h"
#include "ch06_classify/gpt_classifier.h"

namespace gokart {

/// The likeliest class of each row of logits [B, num_classes]; the first of equal ones.
std::vector<int32_t> LikeliestClasses(const Tensor& logits);

/// The share of right answers in the loader's first `num_batches` batches, or in all, in evaluation
/// mode (calc_accuracy_loader). Starts a pass, which draws from `generator`. NaN without a batch.
double AccuracyOfLoader(GptClassifier& classifier, const DataLoader& loader, Generator& generator,
                        std::optional<int64_t> num_batches = std::nullopt);

/// Counts of pairs (actual class, predicted class).
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(std::vector<std::string> classes);

  void Add(int32_t actual, int32_t predicted) { ++counts_[Index(actual, predicted)]; }
  void Add(std::span<const int32_t> actual, std::span<const int32_t> predicted);

  int64_t count(int32_t actual, int32_t predicted) const {
    return counts_[Index(actual, predicted)];
  }
  int64_t total() const;
  const std::vector<std::string>& classes() const { return classes_; }

  /// The share of right answers. Ratios of nothing are NaN, here and below.
  double Accuracy() const;
  /// Of the texts that were taken for this class, the share that is of it.
  double Precision(int32_t c) const;
  /// Of the texts of this class, the share that was taken for it.
  double Recall(int32_t c) const;
  /// The harmonic mean of both.
  double F1(int32_t c) const;

  /// Tables for people: the counts, with the actual classes as rows; precision, recall and F1.
  std::string CountsTable() const;
  std::string ScoresTable() const;

 private:
  size_t Index(int32_t actual, int32_t predicted) const;
  int64_t RowSum(int32_t actual) const;
  int64_t ColumnSum(int32_t predicted) const;

  std::vector<std::string> classes_;
  std::vector<int64_t> counts_;
};

/// Counts the answers to a whole loader, in evaluation mode.
void AddToConfusion(GptClassifier& classifier, const DataLoader& loader, Generator& generator,
                    ConfusionMatrix& confusion);

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_CLASSIFIER_METRICS_H_
