// The honest yardstick beside every text classifier: logistic regression on which words occur,
// without any idea of their order (the workshop's comparison on film reviews, ch06/03).
//
//   BagOfWords model(train_texts, train_classes, num_classes);
//   std::vector<int32_t> predicted = model.Predict(test_texts);
#ifndef GOKART_CH06_CLASSIFY_BAG_OF_WORDS_H_
#define GOKART_CH06_CLASSIFY_BAG_OF_WORDS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gokart {

/// A text's words as scikit-learn's CountVectorizer takes them: runs of two or more letters, digits
/// or underscores (bytes above 127 count as letters), in lower case.
std::vector<std::string> WordsOf(std::string_view text);

/// Softmax regression on word counts: p(class) = softmax(W x + b), with W and b such that the sum
/// of cross entropies + |W|^2 / 2 is smallest (scikit-learn's LogisticRegression and its default C
/// = 1). Deterministic.
class BagOfWords {
 public:
  /// Throws std::invalid_argument unless there is one class below num_classes for each text.
  BagOfWords(const std::vector<std::string>& texts, const std::vector<int32_t>& classes,
             int64_t num_classes);

  std::vector<int32_t> Predict(const std::vector<std::string>& texts) const;
  /// The probability of each class.
  std::vector<double> Probabilities(std::string_view text) const;

  int64_t num_words() const { return static_cast<int64_t>(words_.size()); }
  /// The words that speak most for a class, with their weights; for people.
  std::vector<std::pair<std::string, double>> StrongestWords(int32_t c, int n) const;

 private:
  using Counts = std::vector<std::pair<int32_t, double>>;  // (word, how often)

  Counts CountWords(std::string_view text) const;
  std::vector<double> Softmax(const Counts& x, const std::vector<double>& weights) const;
  double Objective(const std::vector<Counts>& texts, const std::vector<int32_t>& classes,
                   const std::vector<double>& weights, std::vector<double>* gradient) const;
  void Fit(const std::vector<Counts>& texts, const std::vector<int32_t>& classes);

  int64_t num_classes_;
  std::unordered_map<std::string, int32_t> words_;
  std::vector<double> weights_;  // [num_classes, num_words + 1], the last column is b
};

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_BAG_OF_WORDS_H_
