#include "tensor/ops/arithmetic.h"

#include <algorithm>
#include <cstring>

#include "tensor/kernels/elementwise.h"
#include "tensor/kernels/map.h"
#include "tensor/ops/check.h"

namespace gokart::ops {
namespace {

using kernels::Map;

// The shape that both a and b can be repeated to.
Shape CommonShape(const char* operation, const Tensor& a, const Tensor& b) {
  const int rank = std::max(a.rank(), b.rank());
  Shape common;
  for (int i = 0; i < rank; ++i) {
    const int in_a = i - (rank - a.rank()), in_b = i - (rank - b.rank());
    const int64_t from_a = in_a < 0 ? 1 : a.dim(in_a), from_b = in_b < 0 ? 1 : b.dim(in_b);
    Check(from_a == from_b || from_a == 1 || from_b == 1, operation,
          "shapes " + Both(a, b) + " do not fit: " + std::to_string(from_a) + " against " +
              std::to_string(from_b));
    common.Append(from_a == 1 ? from_b : from_a);
  }
  return common;
}

Tensor Fit(const Tensor& x, const Shape& shape) {
  return x.shape() == shape ? x : BroadcastTo(x, shape);
}

// For every row (innermost axis) of `shape`: the offset of the row in x that is repeated there.
// Calls body(row of out, offset in x, step in x along the row: 0 or 1).
template <typename Body>
void ForEachRow(const Shape& x, const Shape& shape, const Body& body) {
  const int missing = shape.rank() - x.rank();
  int64_t strides[Shape::kMaxRank] = {}, index[Shape::kMaxRank] = {};
  int64_t stride = 1;
  for (int i = x.rank() - 1; i >= 0; --i) {
    strides[i + missing] = x[i] == 1 ? 0 : stride;
    stride *= x[i];
  }
  const int last = shape.rank() - 1;
  const int64_t rows = shape.Product(0, std::max(0, last));
  for (int64_t row = 0; row < rows; ++row) {
    int64_t offset = 0;
    for (int i = 0; i < last; ++i) offset += index[i] * strides[i];
    body(row, offset, last < 0 ? 0 : strides[last]);
    for (int i = last - 1; i >= 0 && ++index[i] == shape[i]; --i) index[i] = 0;
  }
}

}  // namespace

// y[i] = x[source(i)]   =>   dx[j] = sum of dy[i] over all i with source(i) = j
Tensor BroadcastTo(const Tensor& x, const Shape& shape) {
  const int missing = shape.rank() - x.rank();
  bool fits = missing >= 0;
  for (int i = 0; fits && i < x.rank(); ++i) fits = x.dim(i) == 1 || x.dim(i) == shape[i + missing];
  Check(fits, "BroadcastTo", x.shape().ToString() + " cannot be repeated to " + shape.ToString());

  Tensor y = Tensor::Empty(shape);
  const int64_t n = shape.rank() == 0 ? 1 : shape[-1];
  const float* in = x.data();
  float* out = y.mutable_data();
  ForEachRow(x.shape(), shape, [&](int64_t row, int64_t offset, int64_t step) {
    for (int64_t i = 0; i < n; ++i) out[row * n + i] = in[offset + i * step];
  });
  return Record("BroadcastTo", y, {x},
                [from = x.shape(), shape, n](const Buffer& dy, InputGradients& grads) {
                  if (!grads.Wants(0)) return;
                  const GradSink dx = grads.Sink(0);
                  if (!dx.accumulate) kernels::Fill(from.size(), 0, dx.data);
                  ForEachRow(from, shape, [&](int64_t row, int64_t offset, int64_t step) {
                    const float* dy_row = dy.data() + row * n;
                    for (int64_t i = 0; i < n; ++i) dx.data[offset + i * step] += dy_row[i];
                  });
                });
}

Tensor Add(const Tensor& a, const Tensor& b) {
  if (!(a.shape() == b.shape())) {
    const Shape shape = CommonShape("Add", a, b);
    return Add(Fit(a, shape), Fit(b, shape));
  }
  Tensor y = Tensor::Empty(a.shape());
  kernels::Add(y.size(), a.data(), b.data(), y.mutable_data());
  return Record("Add", y, {a, b}, [](const Buffer& dy, InputGradients& grads) {
    grads.Pass(0, dy);
    grads.Pass(1, dy);
  });
}

Tensor Subtract(const Tensor& a, const Tensor& b) {
  if (!(a.shape() == b.shape())) {
    const Shape shape = CommonShape("Subtract", a, b);
    return Subtract(Fit(a, shape), Fit(b, shape));
  }
  Tensor y = Tensor::Empty(a.shape());
  kernels::Subtract(y.size(), a.data(), b.data(), y.mutable_data());
  return Record("Subtract", y, {a, b}, [](const Buffer& dy, InputGradients& grads) {
    grads.Pass(0, dy);
    if (!grads.Wants(1)) return;
    const GradSink db = grads.Sink(1);
    Map(dy.size(), db.data, db.accumulate, [dy = dy.data()](int64_t i) { return -dy[i]; });
  });
}

// y = a b   =>   da = b dy, db = a dy
Tensor Multiply(const Tensor& a, const Tensor& b) {
  if (!(a.shape() == b.shape())) {
    const Shape shape = CommonShape("Multiply", a, b);
    return Multiply(Fit(a, shape), Fit(b, shape));
  }
  Tensor y = Tensor::Empty(a.shape());
  kernels::Multiply(y.size(), a.data(), b.data(), y.mutable_data());
  return Record("Multiply", y, {a, b},
                [a = Saved(a), b = Saved(b)](const Buffer& dout, InputGradients& grads) {
                  const Saved* factors[] = {&b, &a};
                  for (int input : {0, 1}) {
                    if (!grads.Wants(input)) continue;
                    const GradSink sink = grads.Sink(input);
                    const float *dy = dout.data(), *other = factors[input]->data();
                    Map(dout.size(), sink.data, sink.accumulate,
                        [=](int64_t i) { return dy[i] * other[i]; });
                  }
                });
}

// y = a / b   =>   da = dy / b, db = -dy a / b^2
Tensor Divide(const Tensor& a, const Tensor& b) {
  if (!(a.shape() == b.shape())) {
    const Shape shape = CommonShape("Divide", a, b);
    return Divide(Fit(a, shape), Fit(b, shape));
  }
  Tensor y = Tensor::Empty(a.shape());
  kernels::Divide(y.size(), a.data(), b.data(), y.mutable_data());
  return Record(
      "Divide", y, {a, b}, [a = Saved(a), b = Saved(b)](const Buffer& dout, InputGradients& grads) {
        const float *dy = dout.data(), *b_data = b.data();
        if (grads.Wants(0)) {
          const GradSink da = grads.Sink(0);
          Map(dout.size(), da.data, da.accumulate, [=](int64_t i) { return dy[i] / b_data[i]; });
        }
        if (grads.Wants(1)) {
          const GradSink db = grads.Sink(1);
          Map(dout.size(), db.data, db.accumulate, [=, a_data = a.data()](int64_t i) {
            return -dy[i] * a_data[i] / (b_data[i] * b_data[i]);
          });
        }
      });
}

Tensor Scale(const Tensor& x, float factor) {
  Tensor y = Tensor::Empty(x.shape());
  Map(x.size(), y.mutable_data(), false,
      [in = x.data(), factor](int64_t i) { return factor * in[i]; });
  return Record("Scale", y, {x}, [factor](const Buffer& dout, InputGradients& grads) {
    if (!grads.Wants(0)) return;
    const GradSink dx = grads.Sink(0);
    Map(dout.size(), dx.data, dx.accumulate,
        [dy = dout.data(), factor](int64_t i) { return factor * dy[i]; });
  });
}

Tensor AddScalar(const Tensor& x, float value) {
  Tensor y = Tensor::Empty(x.shape());
  Map(x.size(), y.mutable_data(), false,
      [in = x.data(), value](int64_t i) { return in[i] + value; });
  return Record("AddScalar", y, {x},
                [](const Buffer& dy, InputGradients& grads) { grads.Pass(0, dy); });
}

}  // namespace gokart::ops
