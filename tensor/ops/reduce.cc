#include "tensor/ops/reduce.h"

#include "tensor/kernels/map.h"
#include "tensor/kernels/reduce.h"
#include "tensor/ops/arithmetic.h"
#include "tensor/ops/check.h"

namespace gokart::ops {

using kernels::Map;

// y = sum_i x_i   =>   dx_i = dy
Tensor Sum(const Tensor& x) {
  Tensor y = Tensor::Scalar(static_cast<float>(kernels::Sum(x.size(), x.data())));
  return Record("Sum", y, {x}, [n = x.size()](const Buffer& dy, InputGradients& grads) {
    if (!grads.Wants(0)) return;
    const GradSink dx = grads.Sink(0);
    Map(n, dx.data, dx.accumulate, [value = *dy.data()](int64_t) { return value; });
  });
}

Tensor Mean(const Tensor& x) {
  Check(x.size() > 0, "Mean", "no elements in " + x.shape().ToString());
  return Scale(Sum(x), 1.0f / x.size());
}

// x [outer, n, inner] -> y [outer, inner]
Tensor Sum(const Tensor& x, int axis, bool keep_axis) {
  const int a = x.shape().Axis(axis);
  const int64_t outer = x.shape().Product(0, a), n = x.dim(a),
                inner = x.shape().Product(a + 1, x.rank());
  Tensor y = Tensor::Zeros(keep_axis ? x.shape().With(a, 1) : x.shape().Without(a));
  const float* in = x.data();
  float* out = y.mutable_data();
  if (inner == 1) {
    kernels::SumLastAxis(outer, n, in, out);
  } else {
    for (int64_t o = 0; o < outer; ++o) {
      kernels::SumRows(n, inner, in + o * n * inner, out + o * inner, /*accumulate=*/false);
    }
  }
  return Record("Sum", y, {x}, [=](const Buffer& dy, InputGradients& grads) {
    if (!grads.Wants(0)) return;
    const GradSink dx = grads.Sink(0);
    for (int64_t o = 0; o < outer; ++o) {
      for (int64_t i = 0; i < n; ++i) {
        const float* dy_row = dy.data() + o * inner;
        float* dx_row = dx.data + (o * n + i) * inner;
        for (int64_t j = 0; j < inner; ++j) {
          dx_row[j] = dx.accumulate ? dx_row[j] + dy_row[j] : dy_row[j];
        }
      }
    }
  });
}

Tensor Mean(const Tensor& x, int axis, bool keep_axis) {
  Check(x.dim(axis) > 0, "Mean",
        "axis " + std::to_string(axis) + " of " + x.shape().ToString() + " is empty");
  return Scale(Sum(x, axis, keep_axis), 1.0f / x.dim(axis));
}

}  // namespace gokart::ops
