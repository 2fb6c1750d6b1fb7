#include "ch06_classify/bag_of_words.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <stdexcept>

namespace gokart {
namespace {

constexpr int kMaxSteps = 500;
constexpr size_t kMemory = 10;       // pairs of L-BFGS
constexpr double kTolerance = 1e-4;  // largest component of the gradient, as in scikit-learn

using Vector = std::vector<double>;

double Dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// a + factor * b
Vector Plus(const Vector& a, double factor, const Vector& b) {
  Vector sum(a.size());
  for (size_t i = 0; i < a.size(); ++i) sum[i] = a[i] + factor * b[i];
  return sum;
}

// One step of the optimiser and what it did to the gradient.
struct Pair {
  Vector step, change;
};

// -H g, where H, the inverse of the second derivatives, is guessed from the last steps (L-BFGS;
// Nocedal and Wright, Numerical Optimization, algorithm 7.4).
Vector Direction(const Vector& gradient, const std::deque<Pair>& pairs) {
  Vector q = gradient;
  Vector alphas(pairs.size());
  for (size_t i = pairs.size(); i-- > 0;) {
    alphas[i] = Dot(pairs[i].step, q) / Dot(pairs[i].step, pairs[i].change);
    q = Plus(q, -alphas[i], pairs[i].change);
  }
  if (!pairs.empty()) {
    const Pair& last = pairs.back();
    const double scale = Dot(last.step, last.change) / Dot(last.change, last.change);
    for (double& v : q) v *= scale;
  }
  for (size_t i = 0; i < pairs.size(); ++i) {
    const double beta = Dot(pairs[i].change, q) / Dot(pairs[i].step, pairs[i].change);
    q = Plus(q, alphas[i] - beta, pairs[i].step);
  }
  for (double& v : q) v = -v;
  return q;
}

bool IsWordByte(unsigned char c) { return std::isalnum(c) || c == '_' || c >= 128; }

}  // namespace

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && IsWordByte(static_cast<unsigned char>(text[i]))) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
      continue;
    }
    if (word.size() >= 2) words.push_back(word);
    word.clear();
  }
  return words;
}

BagOfWords::BagOfWords(const std::vector<std::string>& texts, const std::vector<int32_t>& classes,
                       int64_t num_classes)
    : num_classes_(num_classes) {
  if (texts.size() != classes.size() || std::any_of(classes.begin(), classes.end(), [&](int32_t c) {
        return c < 0 || c >= num_classes;
      })) {
    throw std::invalid_argument("BagOfWords: " + std::to_string(texts.size()) + " texts and " +
                                std::to_string(classes.size()) + " classes below " +
                                std::to_string(num_classes) + " expected");
  }
  std::map<std::string, int32_t> sorted;
  for (const std::string& text : texts) {
    for (const std::string& word : WordsOf(text)) sorted[word] = 0;
  }
  int32_t number = 0;
  for (const auto& [word, unused] : sorted) words_[word] = number++;
  std::vector<Counts> counts;
  for (const std::string& text : texts) counts.push_back(CountWords(text));
  Fit(counts, classes);
}

BagOfWords::Counts BagOfWords::CountWords(std::string_view text) const {
  std::map<int32_t, double> counts;
  for (const std::string& word : WordsOf(text)) {
    const auto it = words_.find(word);
    if (it != words_.end()) ++counts[it->second];
  }
  counts[static_cast<int32_t>(words_.size())] = 1;  // for b
  return {counts.begin(), counts.end()};
}

std::vector<double> BagOfWords::Softmax(const Counts& x, const Vector& weights) const {
  const size_t columns = words_.size() + 1;
  Vector p(static_cast<size_t>(num_classes_));
  for (size_t c = 0; c < p.size(); ++c) {
    for (const auto& [word, count] : x) p[c] += count * weights[c * columns + word];
  }
  const double max = *std::max_element(p.begin(), p.end());
  double sum = 0;
  for (double& v : p) sum += v = std::exp(v - max);
  for (double& v : p) v /= sum;
  return p;
}

double BagOfWords::Objective(const std::vector<Counts>& texts, const std::vector<int32_t>& classes,
                             const Vector& weights, Vector* gradient) const {
  const size_t columns = words_.size() + 1;
  *gradient = weights;
  for (int64_t c = 0; c < num_classes_; ++c) (*gradient)[(c + 1) * columns - 1] = 0;  // b is free
  double objective = Dot(*gradient, *gradient) / 2;
  for (size_t i = 0; i < texts.size(); ++i) {
    const Vector p = Softmax(texts[i], weights);
    objective -= std::log(std::max(p[classes[i]], 1e-300));
    for (int32_t c = 0; c < num_classes_; ++c) {
      const double error = p[c] - (c == classes[i]);
      for (const auto& [word, count] : texts[i]) (*gradient)[c * columns + word] += error * count;
    }
  }
  return objective;
}

// L-BFGS with a line search that halves the step until it lowers the objective enough.
void BagOfWords::Fit(const std::vector<Counts>& texts, const std::vector<int32_t>& classes) {
  weights_.assign(static_cast<size_t>(num_classes_) * (words_.size() + 1), 0);
  Vector gradient;
  double objective = Objective(texts, classes, weights_, &gradient);
  std::deque<Pair> pairs;
  for (int step = 0; step < kMaxSteps; ++step) {
    const double largest =
        std::fabs(*std::max_element(gradient.begin(), gradient.end(), [](double a, double b) {
          return std::fabs(a) < std::fabs(b);
        }));
    if (largest < kTolerance) return;
    const Vector direction = Direction(gradient, pairs);
    const double slope = Dot(gradient, direction);
    double length = pairs.empty() ? 1 / std::max(1.0, std::sqrt(Dot(gradient, gradient))) : 1;
    Vector moved, moved_gradient;
    double moved_objective;
    for (;; length /= 2) {
      moved = Plus(weights_, length, direction);
      moved_objective = Objective(texts, classes, moved, &moved_gradient);
      if (moved_objective <= objective + 1e-4 * length * slope) break;
      if (length < 1e-12) return;
    }
    Pair pair = {Plus(moved, -1, weights_), Plus(moved_gradient, -1, gradient)};
    if (Dot(pair.step, pair.change) > 0) pairs.push_back(std::move(pair));
    if (pairs.size() > kMemory) pairs.pop_front();
    weights_ = std::move(moved), gradient = std::move(moved_gradient), objective = moved_objective;
  }
}

std::vector<double> BagOfWords::Probabilities(std::string_view text) const {
  return Softmax(CountWords(text), weights_);
}

std::vector<int32_t> BagOfWords::Predict(const std::vector<std::string>& texts) const {
  std::vector<int32_t> classes;
  for (const std::string& text : texts) {
    const Vector p = Probabilities(text);
    classes.push_back(static_cast<int32_t>(std::max_element(p.begin(), p.end()) - p.begin()));
  }
  return classes;
}

std::vector<std::pair<std::string, double>> BagOfWords::StrongestWords(int32_t c, int n) const {
  std::vector<std::pair<std::string, double>> strongest;
  for (const auto& [word, i] : words_) {
    strongest.emplace_back(word, weights_[c * (words_.size() + 1) + i]);
  }
  std::sort(strongest.begin(), strongest.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  strongest.resize(std::min(strongest.size(), static_cast<size_t>(std::max(n, 0))));
  return strongest;
}

}  // namespace gokart
