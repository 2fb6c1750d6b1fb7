#include "tensor/ops/dropout.h"

#include <memory>
#include <vector>

#include "tensor/kernels/elementwise.h"
#include "tensor/ops/check.h"

namespace gokart::ops {

// y = mask x / (1 - p)   =>   dx = mask dy / (1 - p), by the same mask, kept as one bit per element
Tensor Dropout(const Tensor& x, double p, Generator& generator) {
  Check(p >= 0 && p < 1, "Dropout", "p is " + std::to_string(p) + ", not in [0, 1)");
  if (p == 0) return x;
  auto keep = std::make_shared<std::vector<uint64_t>>((x.size() + 63) / 64);
  generator.DropoutKeepBits(keep->data(), x.size(), p);
  const float scale = static_cast<float>(1 / (1 - p));  // rounded as PyTorch does
  Tensor y = Tensor::Empty(x.shape());
  kernels::ApplyKeepBits(x.size(), keep->data(), scale, x.data(), y.mutable_data(), false);
  return Record("Dropout", y, {x}, [keep, scale](const Buffer& dy, InputGradients& grads) {
    if (!grads.Wants(0)) return;
    const GradSink dx = grads.Sink(0);
    kernels::ApplyKeepBits(dy.size(), keep->data(), scale, dy.data(), dx.data, dx.accumulate);
  });
}

}  // namespace gokart::ops
