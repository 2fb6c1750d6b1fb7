// Token ids: what a data loader makes and a model reads.
#ifndef GOKART_TENSOR_TOKEN_IDS_H_
#define GOKART_TENSOR_TOKEN_IDS_H_

#include <cstdint>
#include <span>
#include <xtensor/xtensor.hpp>

#include "tensor/shape.h"

namespace gokart {

/// A batch of token sequences [B, T].
using TokenIds = xt::xtensor<int32_t, 2>;

/// The ids one row after the other, as operations take them.
inline std::span<const int32_t> Flat(const TokenIds& ids) { return {ids.data(), ids.size()}; }
inline Shape ShapeOf(const TokenIds& ids) {
  return {static_cast<int64_t>(ids.shape(0)), static_cast<int64_t>(ids.shape(1))};
}

}  // namespace gokart

#endif  // GOKART_TENSOR_TOKEN_IDS_H_
