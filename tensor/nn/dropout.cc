#include "tensor/nn/dropout.h"

#include <stdexcept>
#include <string>

#include "tensor/ops/dropout.h"
#include "tensor/random.h"

namespace gokart {

Dropout::Dropout(double rate) : rate_(rate) {
  if (!(rate >= 0 && rate < 1)) {
    throw std::invalid_argument("Dropout: rate " + std::to_string(rate) + " is not in [0, 1)");
  }
}

Tensor Dropout::Forward(const Tensor& x) const {
  return ops::Dropout(x, active_rate(), GlobalGenerator());
}

}  // namespace gokart
