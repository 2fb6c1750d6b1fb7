// From the model's logits to the next token: decoding strategies (workshop section 5.3).
//
//   int32_t next = SampleToken(logits, {.temperature = 1.4, .top_k = 25}, GlobalGenerator());
#ifndef GOKART_CH05_PRETRAIN_SAMPLING_H_
#define GOKART_CH05_PRETRAIN_SAMPLING_H_

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/random.h"

namespace gokart {

struct SamplingOptions {
  double temperature =
      0;  ///< 0: always the likeliest token; 1: the model's own distribution; above: flatter
  int64_t top_k = 0;  ///< only among the k likeliest tokens; 0: all
  double top_p =
      1;  ///< only among the likeliest tokens that together reach this probability; 1: all
};

/// softmax(logits / temperature), temperature > 0 (section 5.3.1).
std::vector<float> SoftmaxWithTemperature(std::span<const float> logits, double temperature);

/// -infinity for every logit below the k-th largest (section 5.3.2); ties with it stay. k >= size:
/// no change.
void KeepTopK(std::vector<float>& logits, int64_t k);

/// Zero for every token outside of the nucleus: the smallest set of likeliest tokens whose
/// probabilities add up to at least p (Holtzman et al. 2020, arXiv 1904.09751). The rest still has
/// to be normalised.
void KeepTopP(std::vector<float>& probabilities, double p);

/// The index of the largest logit, the first of several.
int32_t Argmax(std::span<const float> logits);

/// The next token. Draws as torch.multinomial does, and draws nothing at temperature 0. Throws
/// std::invalid_argument for a negative temperature or top_k, or top_p outside of (0, 1].
int32_t SampleToken(std::span<const float> logits, const SamplingOptions& options,
                    Generator& generator);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_SAMPLING_H_
