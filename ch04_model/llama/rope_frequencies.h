// How fast RoPE turns each pair of a head's numbers, and how Llama 3.1 slowed the slow ones down to
// reach sixteen times as far.
//
//   std::vector<double> f = RopeFrequencies(/*head_dim=*/128, /*base=*/500000, RopeScaling());
//   Tensor q = ops::Rope(W_query.Forward(x), {.num_heads = 32, .frequencies = f});
#ifndef GOKART_CH04_MODEL_LLAMA_ROPE_FREQUENCIES_H_
#define GOKART_CH04_MODEL_LLAMA_ROPE_FREQUENCIES_H_

#include <cstdint>
#include <optional>
#include <vector>

namespace gokart {

/// Llama 3.1's way to a longer context (the `rope_scaling` of its config.json, and the workshop's
/// ch05/07). A pair that turned around at least `high_freq_factor` times within the original
/// context keeps its speed: it tells neighbours apart, and has seen all its angles in training. One
/// that turned less than `low_freq_factor` times gets slower by `factor`, so that the longer
/// context holds no angle that is new to the model. In between, a mixture of both.
struct RopeScaling {
  double factor = 8;  ///< 8 in Llama 3.1, 32 in Llama 3.2
  double low_freq_factor = 1;
  double high_freq_factor = 4;
  int64_t original_context_length = 8192;  ///< in which the model was trained first

  bool operator==(const RopeScaling&) const = default;
};

/// The angle in radians by which pair i of a head turns from one position to the next, for i in
/// [0, D / 2): base^(-2 i / D), scaled if asked to. Throws std::invalid_argument unless head_dim is
/// even and positive, base is at least 1, and the scaling's numbers are positive with low < high.
std::vector<double> RopeFrequencies(int64_t head_dim, double base,
                                    const std::optional<RopeScaling>& scaling = {});

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_LLAMA_ROPE_FREQUENCIES_H_
