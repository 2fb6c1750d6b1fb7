// Linear layers with quantised weights: values of the weights as they are after quantisation, and
// gradients for input and bias.
#include "tensor/ops/quantized_linear.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <vector>

#include "tensor/ops/ops.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

constexpr WeightFormat kFormats[] = {WeightFormat::kFloat16, WeightFormat::kBFloat16,
                                     WeightFormat::kQ8, WeightFormat::kQ4, WeightFormat::kNF4};

QuantizedMatrix Random(WeightFormat format, int64_t rows, int64_t cols) {
  return QuantizedMatrix::Quantize(format, rows, cols, RandomTensor({rows, cols}, 1).values());
}

Tensor Dequantized(const QuantizedMatrix& w) {
  Tensor out = Tensor::Empty({w.rows(), w.cols()});
  w.Dequantize(0, w.rows(), out.mutable_data());
  return out;
}

void ExpectNear(const Tensor& a, const Tensor& b, double tolerance = 2e-5) {
  ASSERT_EQ(a.shape(), b.shape());
  for (int64_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a.data()[i], b.data()[i], tolerance) << i;
}

// Products with few rows round x to 16 bits in these formats.
bool IsFixedPoint(WeightFormat format) {
  return format == WeightFormat::kQ8 || format == WeightFormat::kQ4;
}

double Largest(std::span<const float> values) {
  double largest = 0;
  for (float v : values) largest = std::max(largest, std::abs(double{v}));
  return largest;
}

// By so much, and 2e-5 for float32, may a product be off: half a step, a 32767th of the largest x,
// for each column.
double Tolerance(WeightFormat format, const Tensor& weights, const Tensor& x) {
  if (!IsFixedPoint(format)) return 2e-5;
  double row_size = 0;
  for (int64_t r = 0; r < weights.dim(0); ++r) {
    double size = 0;
    for (int64_t c = 0; c < weights.dim(1); ++c) {
      size += std::abs(double{weights.data()[r * weights.dim(1) + c]});
    }
    row_size = std::max(row_size, size);
  }
  return 2e-5 + row_size * Largest(x.values()) / 32767 / 2;
}

TEST(QuantizedLinear, IsTheLinearLayerOfItsWeights) {
  for (WeightFormat format : kFormats) {
    for (const Shape& shape : {Shape{70}, Shape{3, 70}, Shape{2, 50, 70}}) {
      const QuantizedMatrix w = Random(format, 37, 70);
      const Tensor x = RandomTensor(shape, 2), bias = RandomTensor({37}, 3), dense = Dequantized(w);
      const double linear = Tolerance(format, dense, x),
                   gelu = 1.13 * linear;  // its steepest slope
      ExpectNear(ops::Linear(x, w, bias), ops::Linear(x, dense, bias), linear);
      ExpectNear(ops::Linear(x, w, Tensor()), ops::Linear(x, dense, Tensor()), linear);
      ExpectNear(ops::LinearGelu(x, w, bias), ops::LinearGelu(x, dense, bias), gelu);
      const NoGrad no_grad;
      ExpectNear(ops::LinearGelu(x, w, bias), ops::LinearGelu(x, dense, bias), gelu);
    }
  }
}

TEST(QuantizedLinear, HandsGradientsToInputAndBias) {
  for (WeightFormat format : kFormats) {
    const QuantizedMatrix w = Random(format, 19, 33);
    const std::vector<Tensor> inputs = {RandomTensor({2, 3, 33}, 2), RandomTensor({19}, 3)};
    // Where x is rounded, a difference of two products is one of steps: a step of 1e-4 for one of
    // 2e-2 in x.
    const GradientCheckOptions options = {.tolerance = IsFixedPoint(format) ? 5e-3 : 1e-3};
    EXPECT_TRUE(GradientsAreRight(
        [&](const std::vector<Tensor>& in) { return ops::Linear(in[0], w, in[1]); }, inputs,
        options));
    EXPECT_TRUE(GradientsAreRight(
        [&](const std::vector<Tensor>& in) { return ops::LinearGelu(in[0], w, in[1]); }, inputs,
        options));
    // A second reader of x adds to the gradient of the first.
    EXPECT_TRUE(GradientsAreRight(
        [&](const std::vector<Tensor>& in) {
          return ops::Linear(in[0], w, Tensor()) + ops::Linear(in[0], w, Tensor());
        },
        {RandomTensor({70, 33}, 4)}));
  }
}

TEST(QuantizedEmbedding, LooksUpRows) {
  for (WeightFormat format : kFormats) {
    const QuantizedMatrix w = Random(format, 40, 70);
    const std::vector<int32_t> ids = {39, 0, 17, 17};
    const Tensor found = ops::EmbeddingLookup(w, ids, {2, 2});
    EXPECT_EQ(found.shape(), Shape({2, 2, 70}));
    ExpectNear(found, ops::EmbeddingLookup(Dequantized(w), ids, {2, 2}));
    EXPECT_THROW(ops::EmbeddingLookup(w, std::vector<int32_t>{40}, {1}), std::invalid_argument);
    EXPECT_THROW(ops::EmbeddingLookup(w, std::vector<int32_t>{-1}, {1}), std::invalid_argument);
    EXPECT_THROW(ops::EmbeddingLookup(w, ids, {3}), std::invalid_argument);
  }
}

TEST(QuantizedLinear, RefusesOtherShapes) {
  const QuantizedMatrix w = Random(WeightFormat::kQ8, 4, 6);
  EXPECT_THROW(ops::Linear(RandomTensor({2, 5}, 1), w, Tensor()), std::invalid_argument);
  EXPECT_THROW(ops::Linear(RandomTensor({2, 6}, 1), w, RandomTensor({6}, 2)),
               std::invalid_argument);
  EXPECT_THROW(ops::LinearGelu(RandomTensor({2, 5}, 1), w, Tensor()), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
