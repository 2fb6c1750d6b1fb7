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
  // [exercise 5.4] Temperature
  // Task: Give softmax(logits / temperature).
  // Hint: kernels::SoftmaxForward(rows, c, x, y) works in place, too: one row of logits.size()
  //       numbers.
  // Test: //ch05_pretrain:sampling_test Temperature.*
  // Read: ch05_pretrain/README.md, "Decoding"

  std::vector<float> scaled(logits.begin(), logits.end());
  for (float& x : scaled) x /= static_cast<float>(temperature);
  kernels::SoftmaxForward(1, static_cast<int64_t>(scaled.size()), scaled.data(), scaled.data());
  return scaled;
  // [end of exercise 5.4]
}

void KeepTopK(std::vector<float>& logits, int64_t k) {
  // [exercise 5.5] The k likeliest tokens
  // Task: Set every logit below the k-th largest to minus infinity; equal ones stay. Do nothing
  //       where k is 0 or there are no more than k.
  // Hint: Find the k-th largest number first, in a copy: std::nth_element or a sort.
  // Hint: Softmax makes 0 of minus infinity, so what is left is shared anew.
  // Test: //ch05_pretrain:sampling_test TopK.*
  // Read: ch05_pretrain/README.md, "Decoding"

  if (k <= 0 || k >= static_cast<int64_t>(logits.size())) return;
  std::vector<float> sorted = logits;
  std::nth_element(sorted.begin(), sorted.begin() + (k - 1), sorted.end(), std::greater<float>());
  const float smallest_kept = sorted[k - 1];
  for (float& x : logits) {
    if (x < smallest_kept) x = -std::numeric_limits<float>::infinity();
  }
  // [end of exercise 5.5]
}

void KeepTopP(std::vector<float>& probabilities, double p) {
  // [exercise 5.6] The likeliest tokens that reach a probability
  // Task: Keep the likeliest tokens that together reach at least p, as few as possible, and set all
  //       others to 0.
  // Hint: Go through the tokens from the likeliest on and add up; order their indices, not the
  //       probabilities.
  // Hint: A token is kept if the sum before it is still below p: so the likeliest always is.
  // Test: //ch05_pretrain:sampling_test TopP.*
  // Read: ch05_pretrain/README.md, "Decoding"

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
  // [end of exercise 5.6]
}

int32_t Argmax(std::span<const float> logits) {
  // [exercise 5.7] Greedy decoding
  // Task: Give the index of the largest logit, the first of several.
  // Hint: std::max_element finds the first of the largest; its distance from the beginning is the
  //       index.
  // Test: //ch05_pretrain:sampling_test Greedy.*
  // Read: ch05_pretrain/README.md, "Decoding"

  return static_cast<int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
  // [end of exercise 5.7]
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
  // [exercise 5.8] The next token
  // Task: At temperature 0 give the likeliest token and draw nothing (the workshop's exercise 5.3).
  //       Else keep the top_k, take the temperature, keep the top_p, and draw.
  // Hint: The functions above do each step; copy the logits first.
  // Hint: generator.Multinomial(weights) draws an index; the weights need not sum to 1.
  // Test: //ch05_pretrain:sampling_test SampleToken.*
  // Read: ch05_pretrain/README.md, "Decoding"

  if (options.temperature == 0) return Argmax(logits);
  std::vector<float> kept(logits.begin(), logits.end());
  KeepTopK(kept, options.top_k);
  std::vector<float> probabilities = SoftmaxWithTemperature(kept, options.temperature);
  KeepTopP(probabilities, options.top_p);
  return static_cast<int32_t>(generator.Multinomial(probabilities));
  // [end of exercise 5.8]
}

}  // namespace gokart
