#include "ch06_classify/splits.h"

#include <algorithm>
#include <string>
#include <utility>

#include "ch06_classify/numpy_permutation.h"

namespace gokart {
namespace {

using Class = std::pair<std::string, std::vector<LabelledText>>;

// Classes in the order of their first text.
std::vector<Class> Group(const std::vector<LabelledText>& texts) {
  std::vector<Class> classes;
  for (const LabelledText& t : texts) {
    auto it = std::find_if(classes.begin(), classes.end(),
                           [&](const Class& c) { return c.first == t.label; });
    if (it == classes.end()) it = classes.insert(classes.end(), {t.label, {}});
    it->second.push_back(t);
  }
  return classes;
}

}  // namespace

std::vector<LabelledText> BalanceClasses(const std::vector<LabelledText>& texts, uint32_t seed) {
  // [exercise 6.1] As many texts of each class
  // Task: Give n texts of each class, where n is the size of the smallest one: first, class by
  //       class, a random sample of the larger ones; then the smallest as it is. No texts: none.
  // Hint: Group gives each class with its texts. Of 747 spam among 5,572 messages, 747 of the ham
  //       are drawn.
  // Hint: pandas' sample(n, random_state=seed) takes the texts at the first n places of
  //       NumpyPermutation(size of the class, seed).
  // Hint: Of equally small classes the first counts as the smallest, which std::min_element gives.
  // Test: //ch06_classify:splits_test BalanceClasses.*
  // Read: ch06_classify/splits.h

  const std::vector<Class> classes = Group(texts);
  if (classes.empty()) return {};
  const auto smallest = std::min_element(
      classes.begin(), classes.end(),
      [](const Class& a, const Class& b) { return a.second.size() < b.second.size(); });
  const size_t n = smallest->second.size();
  std::vector<LabelledText> balanced;
  for (const Class& c : classes) {
    if (&c == &*smallest) continue;
    const std::vector<int64_t> order =
        NumpyPermutation(static_cast<int64_t>(c.second.size()), seed);
    for (size_t i = 0; i < n; ++i) balanced.push_back(c.second[order[i]]);
  }
  balanced.insert(balanced.end(), smallest->second.begin(), smallest->second.end());
  return balanced;
  // [end of exercise 6.1]
}

TextSplit RandomSplit(const std::vector<LabelledText>& texts, double train_fraction,
                      double val_fraction, uint32_t seed) {
  // [exercise 6.2] Training, validation and test
  // Task: Shuffle the n texts as NumpyPermutation(n, seed) says and cut: the first int(n *
  //       train_fraction) train, the next int(n * val_fraction) validate, all others test.
  // Hint: int() rounds down. Fractions that add up to more than 1 must not go past the end.
  // Hint: The text at place i of the shuffled order is texts[order[i]].
  // Test: //ch06_classify:splits_test RandomSplit.*
  // Read: ch06_classify/splits.h

  const size_t n = texts.size();
  const size_t train_end =
      std::min(static_cast<size_t>(static_cast<double>(n) * train_fraction), n);
  const size_t val_end =
      std::min(train_end + static_cast<size_t>(static_cast<double>(n) * val_fraction), n);
  TextSplit split;
  const std::vector<int64_t> order = NumpyPermutation(static_cast<int64_t>(n), seed);
  for (size_t i = 0; i < n; ++i) {
    auto& part = i < train_end ? split.train : i < val_end ? split.val : split.test;
    part.push_back(texts[order[i]]);
  }
  return split;
  // [end of exercise 6.2]
}

}  // namespace gokart
