#include "tensor/ops/linear.h"

#include "tensor/kernels/activation.h"
#include "tensor/kernels/matmul.h"
#include "tensor/kernels/reduce.h"
#include "tensor/ops/check.h"

namespace gokart::ops {
namespace {

using kernels::Activation;

struct Dimensions {
  int64_t rows, in, out;  // x [rows, in], weight [out, in], y [rows, out]
};

Dimensions Examine(const char* name, const Tensor& x, const Tensor& weight, const Tensor& bias) {
  Check(weight.rank() == 2 && x.rank() >= 1, name,
        "x " + x.shape().ToString() + ", weight " + weight.shape().ToString() +
            ": weight must be a matrix [out, in]");
  const int64_t out = weight.dim(0), in = weight.dim(1);
  Check(x.dim(-1) == in, name,
        "x " + x.shape().ToString() + ", weight " + weight.shape().ToString() +
            ": inner dimensions " + std::to_string(x.dim(-1)) + " and " + std::to_string(in) +
            " differ");
  Check(!bias.defined() || bias.shape() == Shape{out}, name,
        "weight " + weight.shape().ToString() + ", bias " +
            (bias.defined() ? bias.shape().ToString() : "") +
            ": bias must have one value per output");
  return {in == 0 ? 0 : x.size() / in, in, out};
}

// pre = x W^T + b, tile by tile, and then `finish(begin, n)` on each piece of a row that is
// complete.
template <typename Finish>
void Forward(const Dimensions& d, const Tensor& x, const Tensor& weight, const Tensor& bias,
             float* pre, const Finish& finish) {
  const float* b = bias.defined() ? bias.data() : nullptr;
  kernels::MatMul({.m = d.rows, .n = d.out, .k = d.in, .transpose_b = true}, x.data(),
                  weight.data(), pre, [&](const kernels::MatMulTile& tile) {
                    const int64_t n = tile.col_end - tile.col_begin;
                    for (int64_t row = tile.row_begin; row < tile.row_end; ++row) {
                      const int64_t begin = row * d.out + tile.col_begin;
                      if (b != nullptr) {
#pragma omp simd
                        for (int64_t i = 0; i < n; ++i) pre[begin + i] += b[tile.col_begin + i];
                      }
                      finish(begin, n);
                    }
                  });
}

// y = x W^T + b   =>   dx = dy W,  dW = dy^T x,  db = sum of dy over its rows
void Backward(const Dimensions& d, const Saved& x, const Saved& weight, const float* dy,
              bool has_bias, InputGradients& grads) {
  if (grads.Wants(0)) {
    const GradSink dx = grads.Sink(0);
    kernels::MatMul({.m = d.rows, .n = d.in, .k = d.out, .accumulate = dx.accumulate}, dy,
                    weight.data(), dx.data);
  }
  if (grads.Wants(1)) {
    const GradSink dw = grads.Sink(1);
    kernels::MatMul(
        {.m = d.out, .n = d.in, .k = d.rows, .transpose_a = true, .accumulate = dw.accumulate}, dy,
        x.data(), dw.data);
  }
  if (has_bias && grads.Wants(2)) {
    const GradSink db = grads.Sink(2);
    kernels::SumRows(d.rows, d.out, dy, db.data, db.accumulate);
  }
}

std::vector<Tensor> Inputs(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return bias.defined() ? std::vector<Tensor>{x, weight, bias} : std::vector<Tensor>{x, weight};
}

}  // namespace

Tensor Linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const Dimensions d = Examine("Linear", x, weight, bias);
  Tensor y = Tensor::Empty(x.shape().With(-1, d.out));
  Forward(d, x, weight, bias, y.mutable_data(), [](int64_t, int64_t) {});
  return Record("Linear", y, Inputs(x, weight, bias),
                [d, x = Saved(x), weight = Saved(weight), has_bias = bias.defined()](
                    const Buffer& dy, InputGradients& grads) {
                  Backward(d, x, weight, dy.data(), has_bias, grads);
                });
}

Tensor LinearGelu(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const Dimensions d = Examine("LinearGelu", x, weight, bias);
  Tensor y = Tensor::Empty(x.shape().With(-1, d.out));
  // The gradient needs what went into the activation; without one, the product is overwritten.
  Tensor pre = GradEnabled() ? Tensor::Empty(y.shape()) : y;
  float *in = pre.mutable_data(), *out = y.mutable_data();
  Forward(d, x, weight, bias, in, [=](int64_t begin, int64_t n) {
    kernels::ActivationForwardSerial(Activation::kGelu, n, in + begin, out + begin);
  });
  return Record("LinearGelu", y, Inputs(x, weight, bias),
                [d, x = Saved(x), weight = Saved(weight), pre = Saved(pre),
                 has_bias = bias.defined()](const Buffer& dy, InputGradients& grads) {
                  Buffer dpre = Buffer::Allocate(dy.size());
                  float* data = dpre.mutable_data();
                  kernels::ActivationBackward(Activation::kGelu, dy.size(), pre.data(), dy.data(),
                                              data, /*accumulate=*/false);
                  Backward(d, x, weight, data, has_bias, grads);
                });
}

}  // namespace gokart::ops
