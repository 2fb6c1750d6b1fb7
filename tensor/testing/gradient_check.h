// Compares an operation's gradients with finite differences.
//
//   std::vector<Tensor> inputs = {RandomTensor({3, 5}, 1), RandomTensor({5, 7}, 2)};
//   EXPECT_TRUE(GradientsAreRight(
//       [](const std::vector<Tensor>& x) { return ops::MatMul(x[0], x[1]); }, inputs));
//
// The output is projected on a random vector. A plain sum would be blind: the sum of a softmax or
// of a layer norm is a constant, whose gradient is 0 whatever the operation claims.
#ifndef GOKART_TENSOR_TESTING_GRADIENT_CHECK_H_
#define GOKART_TENSOR_TESTING_GRADIENT_CHECK_H_

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "tensor/tensor.h"

namespace gokart {

/// Values from the standard normal distribution, the same for the same seed.
Tensor RandomTensor(const Shape& shape, uint64_t seed);

struct GradientCheckOptions {
  double step = 1e-2;  ///< of the central difference; float32 wants 3e-3 to 3e-2
  double tolerance =
      1e-3;  ///< on ||numeric - analytic|| / (||numeric|| + ||analytic||), for each input
  /// Inputs whose gradient is truly zero: for any other, two tiny norms are a failure and not a
  /// success.
  std::vector<int> zero_expected = {};
};

using TensorFunction = std::function<Tensor(const std::vector<Tensor>& inputs)>;

/// Checks the gradient of `function` for every input that requires one; if none does, all are made
/// to. The failure names the input, the worst index and both values there.
::testing::AssertionResult GradientsAreRight(const TensorFunction& function,
                                             std::vector<Tensor> inputs,
                                             const GradientCheckOptions& options = {});

}  // namespace gokart

#endif  // GOKART_TENSOR_TESTING_GRADIENT_CHECK_H_
