// An xtensor view of a Tensor, to slice, print and compute with; changes go to the tensor's memory.
//
//   #include "tensor/tensor_view.h"
//   auto x = t.view<3>();                      // x(b, t, c)
//   xt::xtensor<float, 1> row = xt::view(x, 0, 1, xt::all());
//
// A header of its own, because xtensor's headers take seconds to compile. Name the type on the left
// of an expression, as above: `auto y = x + 1` is a recipe that holds references, not an array.
#ifndef GOKART_TENSOR_TENSOR_VIEW_H_
#define GOKART_TENSOR_TENSOR_VIEW_H_

#include <array>
#include <stdexcept>
#include <string>
#include <xtensor/xadapt.hpp>
#include <xtensor/xtensor.hpp>

#include "tensor/tensor.h"

namespace gokart {

template <int N>
auto Tensor::view() const {
  if (rank() != N) {
    throw std::invalid_argument("view: " + shape().ToString() + " has not " + std::to_string(N) +
                                " axes");
  }
  std::array<size_t, N> extents;
  for (int i = 0; i < N; ++i) extents[i] = static_cast<size_t>(dim(i));
  return xt::adapt(const_cast<float*>(data()), static_cast<size_t>(size()), xt::no_ownership(),
                   extents);
}

/// A tensor with a copy of an array's elements.
template <size_t N>
Tensor ToTensor(const xt::xtensor<float, N>& array) {
  return Tensor::FromValues(Shape(array.shape().begin(), array.shape().end()),
                            std::span<const float>(array.data(), array.size()));
}

}  // namespace gokart

#endif  // GOKART_TENSOR_TENSOR_VIEW_H_
