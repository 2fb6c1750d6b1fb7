// Balanced classes and random parts for training, validation and test, drawn as the workshop draws
// them with pandas (section 6.2).
//
//   std::vector<LabelledText> balanced = BalanceClasses(texts, 123);   // as many ham as spam
//   TextSplit split = RandomSplit(balanced, 0.7, 0.1, 123);            // the rest is the test set
#ifndef GOKART_CH06_CLASSIFY_SPLITS_H_
#define GOKART_CH06_CLASSIFY_SPLITS_H_

#include <cstdint>
#include <vector>

#include "ch06_classify/labelled_texts.h"

namespace gokart {

/// As many texts of each class as the smallest has (the first of them, if several are the smallest;
/// classes count in the order of their first text): of the others a random sample, in random order,
/// one class after the other; last the smallest class as it is.
std::vector<LabelledText> BalanceClasses(const std::vector<LabelledText>& texts, uint32_t seed);

struct TextSplit {
  std::vector<LabelledText> train, val, test;
};

/// All texts in random order; the first int(n * train_fraction) to train, the next int(n *
/// val_fraction) to validate, the rest to test.
TextSplit RandomSplit(const std::vector<LabelledText>& texts, double train_fraction,
                      double val_fraction, uint32_t seed);

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_SPLITS_H_
