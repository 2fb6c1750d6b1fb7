#include "ch03_attention/testing/difference.h"

#include <cmath>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace gokart {

std::string Difference(const Tensor& actual, const Tensor& expected, double tolerance) {
  return Difference(actual, expected.shape(), {expected.values().begin(), expected.values().end()},
                    tolerance);
}

std::string Difference(const Tensor& actual, const Shape& shape,
                       const std::vector<double>& expected, double tolerance) {
  if (actual.shape() != shape) {
    return absl::StrCat("shape ", actual.shape().ToString(), ", expected ", shape.ToString());
  }
  int64_t worst = -1;
  double largest = tolerance;
  for (int64_t i = 0; i < actual.size(); ++i) {
    const double difference = std::abs(actual.data()[i] - expected[static_cast<size_t>(i)]);
    if (difference <= largest) continue;
    worst = i;
    if (std::isnan(difference)) break;
    largest = difference;
  }
  if (worst < 0) return "";
  std::string index;
  int64_t rest = worst;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    index = absl::StrCat(rest % shape[axis], index.empty() ? "" : ", ", index);
    rest /= shape[axis];
  }
  return absl::StrCat("at [", index, "] of ", shape.ToString(), ": ", actual.data()[worst],
                      ", expected ", expected[static_cast<size_t>(worst)]);
}

}  // namespace gokart
