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
}

TextSplit RandomSplit(const std::vector<LabelledText>& texts, double train_fraction,
                      double val_fraction, uint32_t seed) {
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
}

}  // namespace gokart
