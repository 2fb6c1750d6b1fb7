// The loss of a language model.
#ifndef GOKART_TENSOR_OPS_CROSS_ENTROPY_H_
#define GOKART_TENSOR_OPS_CROSS_ENTROPY_H_

#include <cstdint>
#include <span>

#include "tensor/tensor.h"

namespace gokart::ops {

/// Targets with this value count for nothing, as in PyTorch (workshop section 7.3).
constexpr int32_t kIgnoreIndex = -100;

/// The mean of -log softmax(logits)[target] over all rows whose target is not `ignore_index`
/// (workshop section 5.1): logits [..., V], one target per row -> a scalar in nats. NaN when no
/// target counts, as in PyTorch. Throws std::invalid_argument for a target outside of [0, V).
Tensor CrossEntropy(const Tensor& logits, std::span<const int32_t> targets,
                    int32_t ignore_index = kIgnoreIndex);

}  // namespace gokart::ops

#endif  // GOKART_TENSOR_OPS_CROSS_ENTROPY_H_
