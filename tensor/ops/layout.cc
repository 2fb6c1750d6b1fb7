#include "tensor/ops/layout.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "tensor/kernels/elementwise.h"
#include "tensor/kernels/parallel.h"
#include "tensor/ops/check.h"

namespace gokart::ops {
namespace {

void CopyRun(int64_t n, const float* from, float* to, bool accumulate) {
  if (accumulate) {
    for (int64_t i = 0; i < n; ++i) to[i] += from[i];
  } else {
    std::memcpy(to, from, n * sizeof(float));
  }
}

// A tensor seen as [outer, a, middle, b, inner], of which axes a and b are exchanged.
struct Exchange {
  int64_t outer, a, middle, b, inner;
  Exchange Reversed() const { return {outer, b, middle, a, inner}; }
};

void TransposeInto(const Exchange& e, const float* from, float* to, bool accumulate) {
  // Parallel over the outermost axes of the result: each range writes its own part.
  kernels::ParallelFor(e.outer * e.b, std::max<int64_t>(1, 65536 / (e.middle * e.a * e.inner + 1)),
                       [&](int64_t begin, int64_t end) {
                         for (int64_t ob = begin; ob < end; ++ob) {
                           const int64_t o = ob / e.b, b = ob % e.b;
                           float* out = to + ob * e.middle * e.a * e.inner;
                           for (int64_t m = 0; m < e.middle; ++m) {
                             for (int64_t a = 0; a < e.a; ++a, out += e.inner) {
                               const float* in =
                                   from + (((o * e.a + a) * e.middle + m) * e.b + b) * e.inner;
                               CopyRun(e.inner, in, out, accumulate);
                             }
                           }
                         }
                       });
}

// A slice [begin, begin + n) of the middle axis of [outer, extent, inner].
struct Range {
  int64_t outer, extent, inner, begin, n;
};

void CopyOut(const Range& r, const float* whole, float* part) {
  for (int64_t o = 0; o < r.outer; ++o) {
    CopyRun(r.n * r.inner, whole + (o * r.extent + r.begin) * r.inner, part + o * r.n * r.inner,
            false);
  }
}

void CopyIn(const Range& r, const float* part, float* whole, bool accumulate) {
  for (int64_t o = 0; o < r.outer; ++o) {
    CopyRun(r.n * r.inner, part + o * r.n * r.inner, whole + (o * r.extent + r.begin) * r.inner,
            accumulate);
  }
}

}  // namespace

Tensor Reshape(const Tensor& x, const Shape& shape) {
  Check(shape.size() == x.size(), "Reshape",
        x.shape().ToString() + " has " + std::to_string(x.size()) + " elements, " +
            shape.ToString() + " has " + std::to_string(shape.size()));
  return Record("Reshape", Tensor(shape, x.buffer()), {x},
                [](const Buffer& dy, InputGradients& grads) { grads.Pass(0, dy); });
}

// y = x with two axes exchanged   =>   dx = dy with the same two exchanged back
Tensor Transpose(const Tensor& x, int axis_a, int axis_b) {
  const auto [a, b] = std::minmax({x.shape().Axis(axis_a), x.shape().Axis(axis_b)});
  const Shape& s = x.shape();
  if (a == b) return Reshape(x, s);
  const Exchange e = {s.Product(0, a), s[a], s.Product(a + 1, b), s[b], s.Product(b + 1, x.rank())};
  Tensor y = Tensor::Empty(s.With(a, s[b]).With(b, s[a]));
  TransposeInto(e, x.data(), y.mutable_data(), false);
  return Record("Transpose", y, {x}, [e](const Buffer& dy, InputGradients& grads) {
    if (!grads.Wants(0)) return;
    const GradSink dx = grads.Sink(0);
    TransposeInto(e.Reversed(), dy.data(), dx.data, dx.accumulate);
  });
}

// y = x[begin:end]   =>   dx = 0, but dy in [begin, end)
Tensor Slice(const Tensor& x, int axis, int64_t begin, int64_t end) {
  const int a = x.shape().Axis(axis);
  Check(0 <= begin && begin <= end && end <= x.dim(a), "Slice",
        "[" + std::to_string(begin) + ", " + std::to_string(end) + ") of axis " +
            std::to_string(a) + " of " + x.shape().ToString());
  const Range r = {x.shape().Product(0, a), x.dim(a), x.shape().Product(a + 1, x.rank()), begin,
                   end - begin};
  Tensor y = Tensor::Empty(x.shape().With(a, r.n));
  CopyOut(r, x.data(), y.mutable_data());
  return Record("Slice", y, {x}, [r](const Buffer& dy, InputGradients& grads) {
    if (!grads.Wants(0)) return;
    const GradSink dx = grads.Sink(0);
    if (!dx.accumulate) kernels::Fill(r.outer * r.extent * r.inner, 0, dx.data);
    CopyIn(r, dy.data(), dx.data, /*accumulate=*/true);
  });
}

Tensor Select(const Tensor& x, int axis, int64_t index) {
  return Reshape(Slice(x, axis, index, index + 1), x.shape().Without(axis));
}

Tensor Concat(const std::vector<Tensor>& tensors, int axis) {
  Check(!tensors.empty(), "Concat", "no tensors");
  const Shape& first = tensors[0].shape();
  const int a = first.Axis(axis);
  int64_t extent = 0;
  for (const Tensor& t : tensors) {
    Check(t.rank() == first.rank() && t.shape().With(a, 0) == first.With(a, 0), "Concat",
          first.ToString() + " and " + t.shape().ToString() + " differ on another axis than " +
              std::to_string(a));
    extent += t.dim(a);
  }
  Tensor y = Tensor::Empty(first.With(a, extent));
  std::vector<Range> ranges;
  int64_t begin = 0;
  for (const Tensor& t : tensors) {
    ranges.push_back(
        {first.Product(0, a), extent, first.Product(a + 1, first.rank()), begin, t.dim(a)});
    CopyIn(ranges.back(), t.data(), y.mutable_data(), false);
    begin += t.dim(a);
  }
  return Record("Concat", y, tensors, [ranges](const Buffer& dy, InputGradients& grads) {
    for (size_t i = 0; i < ranges.size(); ++i) {
      if (!grads.Wants(i)) continue;
      Buffer part = Buffer::Allocate(ranges[i].outer * ranges[i].n * ranges[i].inner);
      CopyOut(ranges[i], dy.data(), part.mutable_data());
      grads.Pass(i, part);
    }
  });
}

// y[i * times + j] = x[i]   =>   dx[i] = sum over j of dy[i * times + j]
Tensor RepeatInterleave(const Tensor& x, int axis, int64_t times) {
  Check(times >= 1, "RepeatInterleave", "times is " + std::to_string(times));
  const int a = x.shape().Axis(axis);
  const int64_t n = x.shape().Product(0, a + 1), inner = x.shape().Product(a + 1, x.rank());
  Tensor y = Tensor::Empty(x.shape().With(a, x.dim(a) * times));
  float* out = y.mutable_data();
  for (int64_t i = 0; i < n * times; ++i) {
    CopyRun(inner, x.data() + i / times * inner, out + i * inner, false);
  }
  return Record("RepeatInterleave", y, {x}, [=](const Buffer& dy, InputGradients& grads) {
    if (!grads.Wants(0)) return;
    const GradSink dx = grads.Sink(0);
    for (int64_t i = 0; i < n * times; ++i) {
      CopyRun(inner, dy.data() + i * inner, dx.data + i / times * inner,
              dx.accumulate || i % times > 0);
    }
  });
}

// y[i] = x[i, index[i]]   =>   dx = 0, but dx[i, index[i]] = dy[i]
Tensor Gather(const Tensor& x, std::span<const int32_t> index) {
  Check(x.rank() >= 1, "Gather", "a scalar has no axis to choose from");
  const int64_t v = x.dim(-1), rows = x.shape().Product(0, x.rank() - 1);
  Check(static_cast<int64_t>(index.size()) == rows, "Gather",
        std::to_string(index.size()) + " indices for the " + std::to_string(rows) + " rows of " +
            x.shape().ToString());
  Tensor y = Tensor::Empty(x.shape().Without(-1));
  float* out = y.mutable_data();
  for (int64_t i = 0; i < rows; ++i) {
    Check(index[i] >= 0 && index[i] < v, "Gather",
          "index " + std::to_string(index[i]) + " of row " + std::to_string(i) + " in " +
              x.shape().ToString());
    out[i] = x.data()[i * v + index[i]];
  }
  auto kept = std::make_shared<std::vector<int32_t>>(index.begin(), index.end());
  return Record("Gather", y, {x}, [=](const Buffer& dy, InputGradients& grads) {
    if (!grads.Wants(0)) return;
    const GradSink dx = grads.Sink(0);
    if (!dx.accumulate) kernels::Fill(rows * v, 0, dx.data);
    for (int64_t i = 0; i < rows; ++i) dx.data[i * v + (*kept)[i]] += dy.data()[i];
  });
}

}  // namespace gokart::ops
