#include "tensor/ops/rope.h"

#include "tensor/kernels/rope.h"
#include "tensor/ops/check.h"

namespace gokart::ops {
namespace {

kernels::RopeShape MakeShape(const Tensor& x, const RopeOptions& options) {
  const int64_t heads = options.num_heads;
  const auto check = [&](bool condition, const std::string& message) {
    Check(condition, "Rope", "x " + x.shape().ToString() + ": " + message);
  };
  check(x.rank() == 3, "[B, T, heads * D] expected");
  check(heads > 0 && x.dim(2) % heads == 0 && x.dim(2) / heads % 2 == 0,
        std::to_string(heads) + " heads with an even number of channels each expected");
  const int64_t positions = static_cast<int64_t>(options.first_position.size());
  check(positions == 0 || positions == x.dim(0),
        std::to_string(positions) + " first positions given, one for each sequence expected");
  const int64_t head_dim = x.dim(2) / heads;
  const int64_t frequencies = static_cast<int64_t>(options.frequencies.size());
  check(frequencies == 0 || frequencies == head_dim / 2,
        std::to_string(frequencies) + " frequencies given, " + std::to_string(head_dim / 2) +
            " (one for each pair of a head) expected");
  return {.batch = x.dim(0),
          .tokens = x.dim(1),
          .heads = heads,
          .head_dim = head_dim,
          .base = options.base,
          .first_position = positions > 0 ? options.first_position.data() : nullptr,
          .frequencies = frequencies > 0 ? options.frequencies.data() : nullptr};
}

}  // namespace

// A rotation is linear, and its transpose turns back: nothing needs to be kept of x.
Tensor Rope(const Tensor& x, const RopeOptions& options) {
  Tensor y = Tensor::Empty(x.shape());
  kernels::Rope(MakeShape(x, options), kernels::RopeTurn::kForward, x.data(), y.mutable_data(),
                false);
  return Record("Rope", y, {x},
                [shape = MakeShape(x, options), options](const Buffer& dy, InputGradients& grads) {
                  if (!grads.Wants(0)) return;
                  kernels::RopeShape s = shape;
                  // The closure's own copies: those of the caller may be gone.
                  if (s.first_position != nullptr) s.first_position = options.first_position.data();
                  if (s.frequencies != nullptr) s.frequencies = options.frequencies.data();
                  const GradSink dx = grads.Sink(0);
                  kernels::Rope(s, kernels::RopeTurn::kBack, dy.data(), dx.data, dx.accumulate);
                });
}

}  // namespace gokart::ops
