#include "ch05_pretrain/sampling.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>

#include "tensor/kernels/softmax.h"

namespace gokart {

std::vector<float> SoftmaxWithTemperature(std::span<const float> logits, double temperature) {
  std::vector<float> scaled(logits.begin(), logits.end());
  for (float& x : scaled) x /= static_cast<float>(temperature);
  kernels::SoftmaxForward(1, static_cast<int64_t>(scaled.size()), scaled.data(), scaled.data());
  return scaled;
}

void KeepTopK(std::vector<float>& logits, int64_t k) {
  if (k <= 0 || k >= static_cast<int64_t>(logits.size())) return;
  std::vector<float> sorted = logits;
  std::nth_element(sorted.begin(), sorted.begin() + (k - 1), sorted.end(), std::greater<float>());
  const float smallest_kept = sorted[k - 1];
  for (float& x : logits) {
    if (x < smallest_kept) x = -std::numeric_limits<float>::infinity();
  }
}

void KeepTopP(std::vector<float>& probabilities, double p) {
  if (p >= 1) return;
  std::vector<int32_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int32_t a, int32_t b) { return probabilities[a] > probabilities[b]; });
  double sum = 0;
  for (int32_t token : order) {
    const bool inside = sum < p;
    sum += probabilities[token];
    if (!inside) probabilities[token] = 0;
  }
}

int32_t Argmax(std::span<const float> logits) {
  return static_cast<int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

int32_t SampleToken(std::span<const float> logits, const SamplingOptions& options,
                    Generator& generator) {
  if (!(options.temperature >= 0) || options.top_k < 0 ||
      !(options.top_p > 0 && options.top_p <= 1)) {
    throw std::invalid_argument(
        "SampleToken: temperature " + std::to_string(options.temperature) + ", top_k " +
        std::to_string(options.top_k) + ", top_p " + std::to_string(options.top_p) +
        ": temperature and top_k must not be negative, top_p must be in (0, 1]");
  }
  if (options.temperature == 0) return Argmax(logits);
  std::vector<float> kept(logits.begin(), logits.end());
  KeepTopK(kept, options.top_k);
  std::vector<float> probabilities = SoftmaxWithTemperature(kept, options.temperature);
  KeepTopP(probabilities, options.top_p);
  return static_cast<int32_t>(generator.Multinomial(probabilities));
}

}  // namespace gokart
