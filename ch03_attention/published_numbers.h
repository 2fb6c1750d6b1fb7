// Comparing with numbers that are printed in the workshop, to four decimals.
//
//   EXPECT_EQ(DifferenceFromPublished(context, {0.4419, 0.6515, 0.5683}), "");
#ifndef GOKART_CH03_ATTENTION_PUBLISHED_NUMBERS_H_
#define GOKART_CH03_ATTENTION_PUBLISHED_NUMBERS_H_

#include <string>
#include <vector>

#include "tensor/tensor.h"

namespace gokart {

/// "" if every value, rounded to four decimals, is the published one at its place (row-major).
/// Otherwise a line that names the first one that is not. A value within 1e-6 of where rounding
/// changes is given the benefit of the doubt: compilers and processors differ by more in the order
/// of additions.
std::string DifferenceFromPublished(const Tensor& computed, const std::vector<double>& published);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_PUBLISHED_NUMBERS_H_
