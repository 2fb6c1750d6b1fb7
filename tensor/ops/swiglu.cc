#include "tensor/ops/swiglu.h"

#include "tensor/kernels/map.h"
#include "tensor/kernels/vector_math.h"
#include "tensor/ops/check.h"

namespace gokart::ops {

// y = g s u with s = sigmoid(g)   =>   dg = dy u (s + g s (1 - s)),  du = dy g s
Tensor SwiGlu(const Tensor& gate, const Tensor& up) {
  Check(gate.shape() == up.shape(), "SwiGlu",
        "gate " + gate.shape().ToString() + ", up " + up.shape().ToString() +
            ": the same shape expected");
  Tensor y = Tensor::Empty(gate.shape());
  kernels::Map(y.size(), y.mutable_data(), false, [g = gate.data(), u = up.data()](int64_t i) {
    return g[i] * kernels::Sigmoid(g[i]) * u[i];
  });
  return Record("SwiGlu", y, {gate, up},
                [gate = Saved(gate), up = Saved(up)](const Buffer& dout, InputGradients& grads) {
                  const float *dy = dout.data(), *g = gate.data(), *u = up.data();
                  if (grads.Wants(0)) {
                    const GradSink dg = grads.Sink(0);
                    kernels::Map(dout.size(), dg.data, dg.accumulate, [=](int64_t i) {
                      const kernels::SigmoidValues s = kernels::SigmoidWithSlope(g[i]);
                      return dy[i] * u[i] * (s.value + g[i] * s.slope);
                    });
                  }
                  if (grads.Wants(1)) {
                    const GradSink du = grads.Sink(1);
                    kernels::Map(dout.size(), du.data, du.accumulate,
                                 [=](int64_t i) { return dy[i] * g[i] * kernels::Sigmoid(g[i]); });
                  }
                });
}

}  // namespace gokart::ops
