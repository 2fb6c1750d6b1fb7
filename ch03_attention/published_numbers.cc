#include "ch03_attention/published_numbers.h"

#include <cmath>

#include "absl/strings/str_format.h"

namespace gokart {
namespace {

// All values as they are published, if there are not too many to look at: "; all: 0.4421 0.5931".
std::string AllValues(const Tensor& computed) {
  constexpr int64_t kMost = 64;
  if (computed.size() > kMost) return "";
  std::string text = "; all:";
  for (const float value : computed.values()) absl::StrAppendFormat(&text, " %.4f", value);
  return text;
}

}  // namespace

std::string DifferenceFromPublished(const Tensor& computed, const std::vector<double>& published) {
  if (computed.size() != static_cast<int64_t>(published.size())) {
    return absl::StrFormat("%s computed, %d values published", computed.shape().ToString(),
                           published.size());
  }
  for (size_t i = 0; i < published.size(); ++i) {
    const double value = computed.data()[i];
    if (!(std::abs(value - published[i]) <= 0.5e-4 + 1e-6)) {
      return absl::StrFormat("value %d of %s: computed %.6f, published %.4f", i,
                             computed.shape().ToString(), value, published[i]) +
             AllValues(computed);
    }
  }
  return "";
}

}  // namespace gokart
