#include "tensor/tensor.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include "tensor/kernels/elementwise.h"

namespace gokart {

Tensor::Tensor(const Shape& shape, Buffer buffer) {
  if (buffer.size() != shape.size()) {
    throw std::invalid_argument("Tensor: " + std::to_string(buffer.size()) +
                                " values do not fit shape " + shape.ToString());
  }
  auto slot = std::make_shared<GradSlot>(shape.size());
  impl_ = std::make_shared<Impl>(Impl{shape, std::move(buffer), std::move(slot)});
}

Tensor Tensor::Empty(const Shape& shape) { return Tensor(shape, Buffer::Allocate(shape.size())); }

Tensor Tensor::Full(const Shape& shape, float value) {
  Tensor tensor = Empty(shape);
  kernels::Fill(tensor.size(), value, tensor.mutable_data());
  return tensor;
}

Tensor Tensor::FromValues(const Shape& shape, std::span<const float> values) {
  if (static_cast<int64_t>(values.size()) != shape.size()) {
    throw std::invalid_argument("FromValues: " + std::to_string(values.size()) +
                                " values do not fit shape " + shape.ToString());
  }
  Tensor tensor = Empty(shape);
  std::copy(values.begin(), values.end(), tensor.mutable_data());
  return tensor;
}

Tensor Tensor::FromValues(const Shape& shape, std::initializer_list<float> values) {
  return FromValues(shape, std::span<const float>(values.begin(), values.size()));
}

Tensor::Impl& Tensor::impl() const {
  if (!impl_) throw std::logic_error("Tensor: this handle is empty");
  return *impl_;
}

const Shape& Tensor::shape() const { return impl().shape; }
const float* Tensor::data() const { return impl().buffer.data(); }
const Buffer& Tensor::buffer() const { return impl().buffer; }
const std::shared_ptr<GradSlot>& Tensor::grad_slot() const { return impl().slot; }

float* Tensor::mutable_data() {
  if (impl().slot->producer) {
    throw std::logic_error(
        std::string("Tensor: the result of '") + impl().slot->producer->name +
        "' must not be changed in place before Backward; use Detach() or Clone()");
  }
  return impl().buffer.mutable_data();
}

void Tensor::SetBuffer(Buffer buffer) {
  if (buffer.size() != size()) {
    throw std::invalid_argument("SetBuffer: " + std::to_string(buffer.size()) +
                                " values do not fit shape " + shape().ToString());
  }
  impl().buffer = std::move(buffer);
}

float Tensor::item() const {
  if (size() != 1) {
    throw std::invalid_argument("item: " + shape().ToString() + " has more than one element");
  }
  return *data();
}

float Tensor::at(std::initializer_list<int64_t> index) const {
  if (static_cast<int>(index.size()) != rank()) {
    throw std::invalid_argument("at: " + std::to_string(index.size()) + " indices for shape " +
                                shape().ToString());
  }
  int64_t offset = 0;
  int axis = 0;
  for (int64_t i : index) {
    if (i < 0 || i >= dim(axis)) {
      throw std::invalid_argument("at: index " + std::to_string(i) + " on axis " +
                                  std::to_string(axis) + " of shape " + shape().ToString());
    }
    offset = offset * dim(axis++) + i;
  }
  return data()[offset];
}

Tensor& Tensor::RequireGrad(bool value) {
  GradSlot& slot = *impl().slot;
  if (slot.producer) {
    throw std::logic_error(std::string("RequireGrad: this is the result of '") +
                           slot.producer->name + "', not a leaf");
  }
  slot.requires_grad = value;
  if (!value) slot.grad = Buffer();
  return *this;
}

bool Tensor::requires_grad() const {
  return impl().slot->requires_grad || impl().slot->producer != nullptr;
}

Tensor Tensor::grad() const {
  return impl().slot->grad ? Tensor(shape(), impl().slot->grad) : Tensor();
}

void Tensor::ClearGrad() { impl().slot->grad = Buffer(); }

void Tensor::Backward() const {
  if (size() != 1) {
    throw std::invalid_argument("Backward: " + shape().ToString() +
                                " is not a single number; pass the gradient to start from");
  }
  RunBackward(*this, Ones(shape()).buffer());
}

void Tensor::Backward(const Tensor& seed) const {
  if (!(seed.shape() == shape())) {
    throw std::invalid_argument("Backward: a seed of shape " + seed.shape().ToString() +
                                " for a tensor of shape " + shape().ToString());
  }
  RunBackward(*this, seed.buffer());
}

Tensor Tensor::Detach() const { return Tensor(shape(), buffer()); }
Tensor Tensor::Clone() const { return FromValues(shape(), values()); }

namespace {

// Rows and columns beyond these are abbreviated with "...", keeping three at either end.
constexpr int64_t kSummarizeAbove = 1000;
constexpr int64_t kEdge = 3;

void Print(const Shape& shape, int axis, const float* data, bool summarize, std::string& out) {
  if (axis == shape.rank()) {
    char number[32];
    std::snprintf(number, sizeof number, "%7.4f", *data);
    out += number;
    return;
  }
  const int64_t n = shape[axis], step = shape.Product(axis + 1, shape.rank());
  const bool innermost = axis == shape.rank() - 1;
  const std::string separator =
      innermost ? ", " : ",\n" + std::string(static_cast<size_t>(axis) + 1, ' ');
  out += "[";
  for (int64_t i = 0; i < n; ++i) {
    if (i > 0) out += separator;
    if (summarize && n > 2 * kEdge && i == kEdge) {
      out += "..." + separator;
      i = n - kEdge;
    }
    Print(shape, axis + 1, data + i * step, summarize, out);
  }
  out += "]";
}

}  // namespace

std::string Tensor::ToString() const {
  if (!defined()) return "(empty handle)";
  std::string text;
  Print(shape(), 0, data(), size() > kSummarizeAbove, text);
  return text;
}

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  return out << tensor.ToString();
}

}  // namespace gokart
