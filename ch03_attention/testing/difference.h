// Comparing tensors so that a failure says where they differ, and by how much.
//
//   EXPECT_EQ(Difference(layer.Forward(x), expected), "");
#ifndef GOKART_CH03_ATTENTION_TESTING_DIFFERENCE_H_
#define GOKART_CH03_ATTENTION_TESTING_DIFFERENCE_H_

#include <string>
#include <vector>

#include "tensor/tensor.h"

namespace gokart {

/// "" if the shapes are the same and no value differs by more than `tolerance`. Otherwise a line
/// with both shapes, or the index of the largest difference and both values there.
std::string Difference(const Tensor& actual, const Tensor& expected, double tolerance = 1e-5);

/// The same with the values expected, row-major.
std::string Difference(const Tensor& actual, const Shape& shape,
                       const std::vector<double>& expected, double tolerance = 1e-5);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_TESTING_DIFFERENCE_H_
