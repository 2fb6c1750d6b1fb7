#include "tensor/ops/softmax.h"

#include <limits>
#include <memory>
#include <vector>

#include "tensor/kernels/map.h"
#include "tensor/kernels/softmax.h"
#include "tensor/ops/check.h"

namespace gokart::ops {
namespace {

using kernels::Map;

constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

struct Rows {
  int64_t rows, c;
};

Rows Examine(const char* name, const Tensor& x) {
  Check(x.rank() >= 1 && x.dim(-1) > 0, name, "nothing to sum over in " + x.shape().ToString());
  return {x.size() / x.dim(-1), x.dim(-1)};
}

}  // namespace

// y = softmax(x)   =>   dx_i = y_i (dy_i - sum_j y_j dy_j)
Tensor Softmax(const Tensor& x) {
  const Rows r = Examine("Softmax", x);
  Tensor y = Tensor::Empty(x.shape());
  kernels::SoftmaxForward(r.rows, r.c, x.data(), y.mutable_data());
  return Record("Softmax", y, {x}, [r, y = Saved(y)](const Buffer& dy, InputGradients& grads) {
    if (!grads.Wants(0)) return;
    const GradSink dx = grads.Sink(0);
    kernels::SoftmaxBackward(r.rows, r.c, y.data(), dy.data(), dx.data, dx.accumulate);
  });
}

// y = log softmax(x)   =>   dx_i = dy_i - e^y_i sum_j dy_j
Tensor LogSoftmax(const Tensor& x) {
  const Rows r = Examine("LogSoftmax", x);
  Tensor y = Tensor::Empty(x.shape());
  kernels::LogSoftmaxForward(r.rows, r.c, x.data(), y.mutable_data());
  return Record("LogSoftmax", y, {x}, [r, y = Saved(y)](const Buffer& dy, InputGradients& grads) {
    if (!grads.Wants(0)) return;
    const GradSink dx = grads.Sink(0);
    kernels::LogSoftmaxBackward(r.rows, r.c, y.data(), dy.data(), dx.data, dx.accumulate);
  });
}

Tensor CausalMask(const Tensor& scores) {
  Check(
      scores.rank() >= 2 && scores.dim(-1) >= scores.dim(-2), "CausalMask",
      scores.shape().ToString() + ": the last two axes must be queries and at least as many keys");
  const int64_t t = scores.dim(-2), s = scores.dim(-1), earlier = s - t;
  Tensor y = Tensor::Empty(scores.shape());
  const auto visible = [=](int64_t i) { return i % s <= (i / s) % t + earlier; };
  Map(scores.size(), y.mutable_data(), false,
      [=, in = scores.data()](int64_t i) { return visible(i) ? in[i] : kMinusInfinity; });
  return Record("CausalMask", y, {scores}, [visible](const Buffer& dout, InputGradients& grads) {
    if (!grads.Wants(0)) return;
    const GradSink dx = grads.Sink(0);
    Map(dout.size(), dx.data, dx.accumulate,
        [=, dy = dout.data()](int64_t i) { return visible(i) ? dy[i] : 0.0f; });
  });
}

Tensor MaskedFill(const Tensor& x, std::span<const uint8_t> mask, float value) {
  const int64_t n = static_cast<int64_t>(mask.size());
  Check(n > 0 && x.size() % n == 0, "MaskedFill",
        "a mask of " + std::to_string(n) + " values does not repeat over " + x.shape().ToString());
  auto kept = std::make_shared<std::vector<uint8_t>>(mask.begin(), mask.end());
  Tensor y = Tensor::Empty(x.shape());
  Map(x.size(), y.mutable_data(), false, [=, in = x.data(), masked = mask.data()](int64_t i) {
    return masked[i % n] ? value : in[i];
  });
  return Record("MaskedFill", y, {x}, [kept, n](const Buffer& dout, InputGradients& grads) {
    if (!grads.Wants(0)) return;
    const GradSink dx = grads.Sink(0);
    Map(dout.size(), dx.data, dx.accumulate,
        [=, dy = dout.data(), masked = kept->data()](int64_t i) {
          return masked[i % n] ? 0.0f : dy[i];
        });
  });
}

}  // namespace gokart::ops
