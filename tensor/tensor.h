// The engine's one type of data: a handle to a contiguous row-major array of floats.
//
//   Tensor w = Tensor::FromValues({2, 3}, {1, 2, 3, 4, 5, 6}).RequireGrad();
//   Tensor loss = ops::Sum(w * w);
//   loss.Backward();
//   w.grad();  // 2 * w
//
// Copying a Tensor copies the handle; Clone() copies the numbers. There are no strided tensors:
// Reshape shares the buffer, everything else makes a new one. "tensor/tensor_view.h" gives an
// xtensor view.
#ifndef GOKART_TENSOR_TENSOR_H_
#define GOKART_TENSOR_TENSOR_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <ostream>
#include <span>
#include <string>

#include "tensor/autograd.h"
#include "tensor/buffer.h"
#include "tensor/shape.h"

namespace gokart {

class Tensor {
 public:
  /// A handle to nothing: defined() is false.
  Tensor() = default;
  /// A tensor over an existing buffer of shape.size() floats.
  Tensor(const Shape& shape, Buffer buffer);

  static Tensor Empty(const Shape& shape);  ///< contents undefined
  static Tensor Full(const Shape& shape, float value);
  static Tensor Zeros(const Shape& shape) { return Full(shape, 0); }
  static Tensor Ones(const Shape& shape) { return Full(shape, 1); }
  static Tensor Scalar(float value) { return Full({}, value); }
  /// Row-major values. Throws std::invalid_argument when their number does not fit the shape.
  static Tensor FromValues(const Shape& shape, std::span<const float> values);
  static Tensor FromValues(const Shape& shape, std::initializer_list<float> values);

  bool defined() const { return impl_ != nullptr; }
  const Shape& shape() const;
  int rank() const { return shape().rank(); }
  int64_t size() const { return shape().size(); }
  /// The extent of an axis; negative axes count from the end.
  int64_t dim(int axis) const { return shape()[axis]; }

  const float* data() const;
  /// For writing in place: only on leaves, and never between an operation and its Backward().
  float* mutable_data();
  const Buffer& buffer() const;
  /// Puts this tensor, and every other handle to it, on other memory of the same size.
  void SetBuffer(Buffer buffer);
  std::span<const float> values() const { return {data(), static_cast<size_t>(size())}; }

  /// The only element. Throws std::invalid_argument when there are more.
  float item() const;
  /// One element by its index on each axis, checked.
  float at(std::initializer_list<int64_t> index) const;
  /// An N-dimensional xtensor view of the same memory; include "tensor/tensor_view.h" to use it.
  template <int N>
  auto view() const;

  /// Makes this leaf collect gradients (or stop to); all handles to it agree. Returns itself.
  Tensor& RequireGrad(bool value = true);
  /// Whether gradients flow to or through this tensor.
  bool requires_grad() const;
  /// The gradient collected so far, with this tensor's shape, or an undefined tensor. Shares
  /// memory.
  Tensor grad() const;
  /// Forgets the gradient; its memory goes back to the pool.
  void ClearGrad();

  /// Adds d(this)/d(leaf) to the gradient of every leaf that wants one, and frees the tape on its
  /// way. This must be a single number. Throws std::logic_error when there is no tape or it was
  /// used before.
  void Backward() const;
  /// The same for a tensor of any shape, whose gradient is `seed`.
  void Backward(const Tensor& seed) const;

  /// The same values without the history.
  Tensor Detach() const;
  /// A copy of the values, without the history.
  Tensor Clone() const;
  /// Shape and values, abbreviated, four decimals, as PyTorch prints them.
  std::string ToString() const;

  /// The gradient side, for autograd.
  const std::shared_ptr<GradSlot>& grad_slot() const;

 private:
  struct Impl {
    Shape shape;
    Buffer buffer;
    std::shared_ptr<GradSlot> slot;
  };
  Impl& impl() const;

  std::shared_ptr<Impl> impl_;
};

std::ostream& operator<<(std::ostream& out, const Tensor& tensor);

}  // namespace gokart

#endif  // GOKART_TENSOR_TENSOR_H_
