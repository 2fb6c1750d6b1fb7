#include "tensor/ops/norm.h"

#include "tensor/kernels/layer_norm.h"
#include "tensor/ops/check.h"

namespace gokart::ops {
namespace {

struct Rows {
  int64_t rows, c;
};

Rows Examine(const char* name, const Tensor& x, const Tensor& scale) {
  Check(x.rank() >= 1 && x.dim(-1) > 0, name, "nothing to normalise in " + x.shape().ToString());
  Check(scale.shape() == Shape{x.dim(-1)}, name,
        "x " + x.shape().ToString() + ", scale " + scale.shape().ToString() +
            ": one value per channel expected");
  return {x.size() / x.dim(-1), x.dim(-1)};
}

// A sink that may be absent: its data is null when nobody wants the gradient.
GradSink SinkIfWanted(InputGradients& grads, int input) {
  return grads.Wants(input) ? grads.Sink(input) : GradSink{nullptr, false};
}

}  // namespace

// With n = (x - mean) / std and g = scale * dy:
//   dx = (g - mean(g) - n mean(g n)) / std,  dscale = sum over rows of n dy,  dshift = sum over
//   rows of dy
Tensor LayerNorm(const Tensor& x, const Tensor& scale, const Tensor& shift, float eps) {
  const Rows r = Examine("LayerNorm", x, scale);
  Check(shift.shape() == scale.shape(), "LayerNorm",
        "scale and shift differ: " + Both(scale, shift));
  Tensor y = Tensor::Empty(x.shape());
  Tensor mean = Tensor::Empty({r.rows}), rstd = Tensor::Empty({r.rows});
  kernels::LayerNormForward(r.rows, r.c, eps, x.data(), scale.data(), shift.data(),
                            y.mutable_data(), mean.mutable_data(), rstd.mutable_data());
  return Record("LayerNorm", y, {x, scale, shift},
                [r, x = Saved(x), scale = Saved(scale), mean = Saved(mean), rstd = Saved(rstd)](
                    const Buffer& dy, InputGradients& grads) {
                  const GradSink dx = SinkIfWanted(grads, 0), dscale = SinkIfWanted(grads, 1),
                                 dshift = SinkIfWanted(grads, 2);
                  kernels::LayerNormBackward(r.rows, r.c, x.data(), scale.data(), mean.data(),
                                             rstd.data(), dy.data(), dx.data, dx.accumulate,
                                             dscale.data, dscale.accumulate, dshift.data,
                                             dshift.accumulate);
                });
}

// With n = x / rms and g = scale * dy:   dx = (g - n mean(g n)) / rms,  dscale = sum over rows of n
// dy
Tensor RmsNorm(const Tensor& x, const Tensor& scale, float eps) {
  const Rows r = Examine("RmsNorm", x, scale);
  Tensor y = Tensor::Empty(x.shape()), rstd = Tensor::Empty({r.rows});
  kernels::RmsNormForward(r.rows, r.c, eps, x.data(), scale.data(), y.mutable_data(),
                          rstd.mutable_data());
  return Record("RmsNorm", y, {x, scale},
                [r, x = Saved(x), scale = Saved(scale), rstd = Saved(rstd)](const Buffer& dy,
                                                                            InputGradients& grads) {
                  const GradSink dx = SinkIfWanted(grads, 0), dscale = SinkIfWanted(grads, 1);
                  kernels::RmsNormBackward(r.rows, r.c, x.data(), scale.data(), rstd.data(),
                                           dy.data(), dx.data, dx.accumulate, dscale.data,
                                           dscale.accumulate);
                });
}

}  // namespace gokart::ops
