// Linear layers with quantised weights: values of the weights as they are after quantisation, and
// gradients for input and bias.
#include "tensor/ops/quantized_linear.h"

#include <gtest/gtest.h>

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

void ExpectNear(const Tensor& a, const Tensor& b) {
  ASSERT_EQ(a.shape(), b.shape());
  for (int64_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a.data()[i], b.data()[i], 2e-5) << i;
}

TEST(QuantizedLinear, IsTheLinearLayerOfItsWeights) {
  for (WeightFormat format : kFormats) {
    for (const Shape& shape : {Shape{70}, Shape{3, 70}, Shape{2, 50, 70}}) {
      const QuantizedMatrix w = Random(format, 37, 70);
      const Tensor x = RandomTensor(shape, 2), bias = RandomTensor({37}, 3), dense = Dequantized(w);
      ExpectNear(ops::Linear(x, w, bias), ops::Linear(x, dense, bias));
      ExpectNear(ops::Linear(x, w, Tensor()), ops::Linear(x, dense, Tensor()));
      ExpectNear(ops::LinearGelu(x, w, bias), ops::LinearGelu(x, dense, bias));
      const NoGrad no_grad;
      ExpectNear(ops::LinearGelu(x, w, bias), ops::LinearGelu(x, dense, bias));
    }
  }
}

TEST(QuantizedLinear, HandsGradientsToInputAndBias) {
  for (WeightFormat format : kFormats) {
    const QuantizedMatrix w = Random(format, 19, 33);
    const std::vector<Tensor> inputs = {RandomTensor({2, 3, 33}, 2), RandomTensor({19}, 3)};
    EXPECT_TRUE(GradientsAreRight(
        [&](const std::vector<Tensor>& in) { return ops::Linear(in[0], w, in[1]); }, inputs));
    EXPECT_TRUE(GradientsAreRight(
        [&](const std::vector<Tensor>& in) { return ops::LinearGelu(in[0], w, in[1]); }, inputs));
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
