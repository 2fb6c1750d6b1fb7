#include "tensor/ops/quantized_linear.h"

#include <string>
#include <vector>

#include "tensor/kernels/activation.h"
#include "tensor/kernels/reduce.h"
#include "tensor/ops/check.h"

namespace gokart::ops {
namespace {

using kernels::Activation;

std::string Dimensions(const QuantizedMatrix& w) { return Shape({w.rows(), w.cols()}).ToString(); }

// The rows of x [rows, in].
int64_t Examine(const char* name, const Tensor& x, const QuantizedMatrix& w, const Tensor& bias) {
  Check(x.rank() >= 1 && x.dim(-1) == w.cols(), name,
        "x " + x.shape().ToString() + ", weight " + Dimensions(w) + ": inner dimensions differ");
  Check(!bias.defined() || bias.shape() == Shape{w.rows()}, name,
        "weight " + Dimensions(w) + ", bias " + (bias.defined() ? bias.shape().ToString() : "") +
            ": bias must have one value per output");
  return w.cols() == 0 ? 0 : x.size() / w.cols();
}

const float* DataOrNull(const Tensor& bias) { return bias.defined() ? bias.data() : nullptr; }

std::vector<Tensor> Inputs(const Tensor& x, const Tensor& bias) {
  return bias.defined() ? std::vector<Tensor>{x, bias} : std::vector<Tensor>{x};
}

// y = x W^T + b   =>   dx = dy W,  db = sum of dy over its rows
void Backward(int64_t rows, const QuantizedMatrix& w, const float* dy, bool has_bias,
              InputGradients& grads) {
  if (grads.Wants(0)) {
    const GradSink dx = grads.Sink(0);
    w.MatMulTransposed(rows, dy, dx.data, dx.accumulate);
  }
  if (has_bias && grads.Wants(1)) {
    const GradSink db = grads.Sink(1);
    kernels::SumRows(rows, w.rows(), dy, db.data, db.accumulate);
  }
}

}  // namespace

Tensor Linear(const Tensor& x, const QuantizedMatrix& weight, const Tensor& bias) {
  const int64_t rows = Examine("Linear", x, weight, bias);
  Tensor y = Tensor::Empty(x.shape().With(-1, weight.rows()));
  weight.MatMul(rows, x.data(), DataOrNull(bias), y.mutable_data());
  if (!GradEnabled()) return y;
  return Record(
      "Linear", y, Inputs(x, bias),
      [rows, w = weight, has_bias = bias.defined()](const Buffer& dy, InputGradients& grads) {
        Backward(rows, w, dy.data(), has_bias, grads);
      });
}

Tensor LinearGelu(const Tensor& x, const QuantizedMatrix& weight, const Tensor& bias) {
  const int64_t rows = Examine("LinearGelu", x, weight, bias), n = weight.rows();
  Tensor y = Tensor::Empty(x.shape().With(-1, n));
  // The gradient needs what went into the activation; without one, the product is overwritten.
  Tensor pre = GradEnabled() ? Tensor::Empty(y.shape()) : y;
  float *in = pre.mutable_data(), *out = y.mutable_data();
  weight.MatMul(rows, x.data(), DataOrNull(bias), in, [=](const kernels::MatMulTile& tile) {
    for (int64_t row = tile.row_begin; row < tile.row_end; ++row) {
      const int64_t begin = row * n + tile.col_begin;
      kernels::ActivationForwardSerial(Activation::kGelu, tile.col_end - tile.col_begin, in + begin,
                                       out + begin);
    }
  });
  if (!GradEnabled()) return y;
  return Record("LinearGelu", y, Inputs(x, bias),
                [rows, w = weight, pre = Saved(pre), has_bias = bias.defined()](
                    const Buffer& dy, InputGradients& grads) {
                  Buffer dpre = Buffer::Allocate(dy.size());
                  float* data = dpre.mutable_data();
                  kernels::ActivationBackward(Activation::kGelu, dy.size(), pre.data(), dy.data(),
                                              data, /*accumulate=*/false);
                  Backward(rows, w, data, has_bias, grads);
                });
}

Tensor EmbeddingLookup(const QuantizedMatrix& table, std::span<const int32_t> ids,
                       const Shape& ids_shape) {
  const int64_t n = static_cast<int64_t>(ids.size()), c = table.cols();
  Check(ids_shape.size() == n, "EmbeddingLookup",
        std::to_string(n) + " ids do not fit shape " + ids_shape.ToString());
  for (int64_t i = 0; i < n; ++i) {
    Check(ids[i] >= 0 && ids[i] < table.rows(), "EmbeddingLookup",
          "id " + std::to_string(ids[i]) + " at position " + std::to_string(i) +
              " is outside of the vocabulary of " + std::to_string(table.rows()));
  }
  Shape shape = ids_shape;
  shape.Append(c);
  Tensor y = Tensor::Empty(shape);
  float* const out = y.mutable_data();
  for (int64_t i = 0; i < n; ++i) table.Dequantize(ids[i], 1, out + i * c);
  return y;
}

}  // namespace gokart::ops
