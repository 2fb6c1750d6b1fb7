#include "ch04_model/llama/rope_frequencies.h"

#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>

namespace gokart {
namespace {

void Check(bool condition, const std::string& message) {
  if (!condition) throw std::invalid_argument("RopeFrequencies: " + message);
}

// With n, the turns that the pair makes within the original context:
//   n >= high: f        n <= low: f / factor        between: the mean of both, weighted by where
double Scaled(double frequency, const RopeScaling& s) {
  const double turns =
      static_cast<double>(s.original_context_length) * frequency / (2 * std::numbers::pi);
  if (turns >= s.high_freq_factor) return frequency;
  if (turns <= s.low_freq_factor) return frequency / s.factor;
  const double kept = (turns - s.low_freq_factor) / (s.high_freq_factor - s.low_freq_factor);
  return kept * frequency + (1 - kept) * frequency / s.factor;
}

}  // namespace

std::vector<double> RopeFrequencies(int64_t head_dim, double base,
                                    const std::optional<RopeScaling>& scaling) {
  Check(head_dim > 0 && head_dim % 2 == 0,
        "heads of " + std::to_string(head_dim) + " channels cannot be cut into pairs");
  Check(base >= 1 && std::isfinite(base), "base is " + std::to_string(base));
  Check(!scaling || (scaling->factor > 0 && scaling->low_freq_factor > 0 &&
                     scaling->high_freq_factor > scaling->low_freq_factor &&
                     scaling->original_context_length > 0),
        "a scaling needs positive numbers, and low_freq_factor below high_freq_factor");
  std::vector<double> frequencies(static_cast<size_t>(head_dim / 2));
  for (size_t i = 0; i < frequencies.size(); ++i) {
    const double plain = std::pow(base, -2.0 * static_cast<double>(i) / head_dim);
    frequencies[i] = scaling ? Scaled(plain, *scaling) : plain;
  }
  return frequencies;
}

}  // namespace gokart
