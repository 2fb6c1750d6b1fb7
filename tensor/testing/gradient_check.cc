#include "tensor/testing/gradient_check.h"

#include <algorithm>
#include <cmath>

#include "tensor/random.h"

namespace gokart {
namespace {

// The output's inner product with a random vector, in double.
double Project(const Tensor& y, const Tensor& direction) {
  double sum = 0;
  for (int64_t i = 0; i < y.size(); ++i) {
    sum += static_cast<double>(y.data()[i]) * direction.data()[i];
  }
  return sum;
}

double Norm(const std::vector<double>& v) {
  double sum = 0;
  for (double x : v) sum += x * x;
  return std::sqrt(sum);
}

// d projection / d input[i] by central differences, dividing by the step that float32 really took.
std::vector<double> NumericGradient(const TensorFunction& function, std::vector<Tensor>& inputs,
                                    Tensor input, const Tensor& direction, double step) {
  NoGrad no_grad;
  std::vector<double> gradient(input.size());
  for (int64_t i = 0; i < input.size(); ++i) {
    const float center = input.data()[i];
    const float above = center + static_cast<float>(step),
                below = center - static_cast<float>(step);
    input.mutable_data()[i] = above;
    const double y_above = Project(function(inputs), direction);
    input.mutable_data()[i] = below;
    const double y_below = Project(function(inputs), direction);
    input.mutable_data()[i] = center;
    gradient[i] = (y_above - y_below) / (static_cast<double>(above) - below);
  }
  return gradient;
}

::testing::AssertionResult Compare(size_t which, const Shape& shape,
                                   const std::vector<double>& numeric,
                                   const std::vector<double>& analytic,
                                   const GradientCheckOptions& options) {
  std::vector<double> difference(numeric.size());
  for (size_t i = 0; i < numeric.size(); ++i) difference[i] = numeric[i] - analytic[i];
  const double scale = Norm(numeric) + Norm(analytic);
  const auto& zero = options.zero_expected;
  const bool zero_expected =
      std::find(zero.begin(), zero.end(), static_cast<int>(which)) != zero.end();
  const double tiny = 1e-3 * std::sqrt(static_cast<double>(numeric.size()));
  if (zero_expected) {
    if (scale < tiny) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << "input " << which << " " << shape
                                         << ": gradient should be zero, norms add up to " << scale;
  }
  if (scale < tiny) {
    return ::testing::AssertionFailure()
           << "input " << which << " " << shape
           << ": both gradients are (almost) zero, which proves nothing; norms add up to " << scale;
  }
  const double error = Norm(difference) / scale;
  if (error < options.tolerance) return ::testing::AssertionSuccess();  // false for NaN
  size_t worst = 0;
  for (size_t i = 0; i < difference.size(); ++i) {
    if (!(std::fabs(difference[i]) <= std::fabs(difference[worst]))) worst = i;
  }
  return ::testing::AssertionFailure()
         << "input " << which << " " << shape << ": relative error " << error << " (allowed "
         << options.tolerance << "); worst at flat index " << worst << ": finite difference "
         << numeric[worst] << ", gradient " << analytic[worst];
}

}  // namespace

Tensor RandomTensor(const Shape& shape, uint64_t seed) {
  Generator generator(seed);
  Tensor tensor = Tensor::Empty(shape);
  generator.Normal(tensor.mutable_data(), tensor.size(), 0, 1);
  return tensor;
}

::testing::AssertionResult GradientsAreRight(const TensorFunction& function,
                                             std::vector<Tensor> inputs,
                                             const GradientCheckOptions& options) {
  if (std::none_of(inputs.begin(), inputs.end(),
                   [](const Tensor& t) { return t.requires_grad(); })) {
    for (Tensor& input : inputs) input.RequireGrad();
  }
  for (Tensor& input : inputs) input.ClearGrad();
  const Tensor y = function(inputs);
  const Tensor direction = RandomTensor(y.shape(), 4711);
  y.Backward(direction);
  for (size_t which = 0; which < inputs.size(); ++which) {
    Tensor& input = inputs[which];
    if (!input.requires_grad()) {
      if (input.grad().defined()) {
        return ::testing::AssertionFailure()
               << "input " << which << " wants no gradient, but got one";
      }
      continue;
    }
    if (!input.grad().defined()) {
      return ::testing::AssertionFailure() << "input " << which << " got no gradient";
    }
    const auto values = input.grad().values();
    const std::vector<double> analytic(values.begin(), values.end());
    const std::vector<double> numeric =
        NumericGradient(function, inputs, input, direction, options.step);
    const auto result = Compare(which, input.shape(), numeric, analytic, options);
    if (!result) return result;
  }
  return ::testing::AssertionSuccess();
}

}  // namespace gokart
