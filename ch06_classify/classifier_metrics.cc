#include "ch06_classify/classifier_metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "workshop/table.h"

namespace gokart {
namespace {

double Ratio(int64_t part, int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);  // 0 / 0 is NaN
}

// Calls answer(actual, predicted) for each example of the loader's first batches.
template <typename Answer>
void ForEachAnswer(GptClassifier& classifier, const DataLoader& loader, Generator& generator,
                   int64_t num_batches, const Answer& answer) {
  const NoGrad no_grad;
  const EvalMode eval(classifier);
  // [exercise 6.9] The share of right answers
  // Task: Go through the first num_batches batches of a pass, or all if there are fewer, and call
  //       answer(actual class, likeliest class) for each text. In AccuracyOfLoader below count, and
  //       give the share of right answers.
  // Hint: loader.Begin(generator) starts a pass, pass.Next() gives batch after batch; targets(row,
  //       0) is the class of a row.
  // Hint: The last batch may be smaller, so count texts, not batches.
  // Test: //ch06_classify:classifier_metrics_test AccuracyOfLoader.*
  // Read: ch06_classify/classifier_metrics.h

  DataLoader::Pass pass = loader.Begin(generator);
  for (int64_t i = 0; i < std::min(num_batches, loader.num_batches()); ++i) {
    const Batch batch = *pass.Next();
    const std::vector<int32_t> predicted = LikeliestClasses(classifier.Forward(batch.inputs));
    for (size_t row = 0; row < predicted.size(); ++row) {
      answer(batch.targets(row, 0), predicted[row]);
    }
  }
  // [end of exercise 6.9]
}

std::string Percent(double ratio) {
  return std::isnan(ratio) ? "-" : absl::StrFormat("%.2f%%", 100 * ratio);
}

}  // namespace

std::vector<int32_t> LikeliestClasses(const Tensor& logits) {
  // [exercise 6.8] The likeliest class
  // Task: Give for each row of logits [B, num_classes] the number of its largest value; of equal
  //       ones the first.
  // Hint: Softmax keeps the order, so that it need not be computed.
  // Hint: logits.data() are the rows one after the other; std::max_element finds the first largest.
  // Test: //ch06_classify:classifier_metrics_test LikeliestClasses.*
  // Read: ch06_classify/classifier_metrics.h

  const int64_t n = logits.dim(-1);
  std::vector<int32_t> classes;
  for (int64_t row = 0; row < logits.size(); row += n) {
    const float* begin = logits.data() + row;
    classes.push_back(static_cast<int32_t>(std::max_element(begin, begin + n) - begin));
  }
  return classes;
  // [end of exercise 6.8]
}

double AccuracyOfLoader(GptClassifier& classifier, const DataLoader& loader, Generator& generator,
                        std::optional<int64_t> num_batches) {
  // [exercise 6.9, continued]
  int64_t right = 0, total = 0;
  ForEachAnswer(classifier, loader, generator, num_batches.value_or(loader.num_batches()),
                [&](int32_t actual, int32_t predicted) {
                  right += actual == predicted;
                  ++total;
                });
  return Ratio(right, total);
  // [end of exercise 6.9]
}

void AddToConfusion(GptClassifier& classifier, const DataLoader& loader, Generator& generator,
                    ConfusionMatrix& confusion) {
  ForEachAnswer(classifier, loader, generator, loader.num_batches(),
                [&](int32_t actual, int32_t predicted) { confusion.Add(actual, predicted); });
}

ConfusionMatrix::ConfusionMatrix(std::vector<std::string> classes)
    : classes_(std::move(classes)), counts_(classes_.size() * classes_.size()) {}

size_t ConfusionMatrix::Index(int32_t actual, int32_t predicted) const {
  const int32_t n = static_cast<int32_t>(classes_.size());
  if (actual < 0 || actual >= n || predicted < 0 || predicted >= n) {
    throw std::invalid_argument("ConfusionMatrix: no classes " + std::to_string(actual) + ", " +
                                std::to_string(predicted) + " of " + std::to_string(n));
  }
  return static_cast<size_t>(actual * n + predicted);
}

void ConfusionMatrix::Add(std::span<const int32_t> actual, std::span<const int32_t> predicted) {
  if (actual.size() != predicted.size()) {
    throw std::invalid_argument("ConfusionMatrix: " + std::to_string(actual.size()) +
                                " actual classes, " + std::to_string(predicted.size()) +
                                " predicted ones");
  }
  for (size_t i = 0; i < actual.size(); ++i) Add(actual[i], predicted[i]);
}

int64_t ConfusionMatrix::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), int64_t{0});
}

int64_t ConfusionMatrix::RowSum(int32_t actual) const {
  int64_t sum = 0;
  for (size_t c = 0; c < classes_.size(); ++c) sum += count(actual, static_cast<int32_t>(c));
  return sum;
}

int64_t ConfusionMatrix::ColumnSum(int32_t predicted) const {
  int64_t sum = 0;
  for (size_t c = 0; c < classes_.size(); ++c) sum += count(static_cast<int32_t>(c), predicted);
  return sum;
}

double ConfusionMatrix::Accuracy() const {
  // [exercise 6.10] Accuracy, precision, recall, F1
  // Task: Give the share of right answers among all; in Precision, Recall and F1 below the same for
  //       one class: of the texts taken for it, of the texts that are of it, and the harmonic mean
  //       2 P R / (P + R) of both.
  // Hint: count(actual, predicted) is how often that happened; RowSum(c) are all texts of class c,
  //       ColumnSum(c) all that were taken for it.
  // Hint: Ratio(part, whole) divides. F1 need not be computed from P and R, one of which may be 0 /
  //       0.
  // Test: //ch06_classify:classifier_metrics_test ConfusionMatrix.*
  // Read: ch06_classify/classifier_metrics.h

  int64_t right = 0;
  for (size_t c = 0; c < classes_.size(); ++c) {
    right += count(static_cast<int32_t>(c), static_cast<int32_t>(c));
  }
  return Ratio(right, total());
  // [end of exercise 6.10]
}

double ConfusionMatrix::Precision(int32_t c) const {
  // [exercise 6.10, continued]
  return Ratio(count(c, c), ColumnSum(c));
  // [end of exercise 6.10]
}

double ConfusionMatrix::Recall(int32_t c) const {
  // [exercise 6.10, continued]
  return Ratio(count(c, c), RowSum(c));
  // [end of exercise 6.10]
}

double ConfusionMatrix::F1(int32_t c) const {
  // [exercise 6.10, continued]
  return Ratio(2 * count(c, c), RowSum(c) + ColumnSum(c));  // = 2 P R / (P + R)
  // [end of exercise 6.10]
}

std::string ConfusionMatrix::CountsTable() const {
  std::vector<std::string> header = {"actual \\ predicted"};
  header.insert(header.end(), classes_.begin(), classes_.end());
  Table table(header);
  for (size_t a = 0; a < classes_.size(); ++a) {
    std::vector<std::string> row = {classes_[a]};
    for (size_t p = 0; p < classes_.size(); ++p) {
      row.push_back(absl::StrCat(count(static_cast<int32_t>(a), static_cast<int32_t>(p))));
    }
    table.AddRow(row);
  }
  return table.ToText();
}

std::string ConfusionMatrix::ScoresTable() const {
  Table table({"class", "texts", "precision", "recall", "F1"});
  for (size_t i = 0; i < classes_.size(); ++i) {
    const int32_t c = static_cast<int32_t>(i);
    table.AddRow({classes_[i], absl::StrCat(RowSum(c)), Percent(Precision(c)), Percent(Recall(c)),
                  Percent(F1(c))});
  }
  return table.ToText();
}

}  // namespace gokart
