#include "tensor/stored_tensor.h"

#include <limits>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace gokart {
namespace {

template <typename T>
StoredTensor TensorOver(std::string name, std::vector<int64_t> shape, DType dtype,
                        std::span<const T> values) {
  StoredTensor tensor{std::move(name), dtype, std::move(shape), std::as_bytes(values)};
  if (ByteSize(tensor.shape, dtype) != tensor.bytes.size()) {
    throw std::invalid_argument(absl::StrCat("MakeStoredTensor: ", tensor.name, " ",
                                             tensor.TypeAndShape(), " from ", values.size(),
                                             " numbers"));
  }
  return tensor;
}

}  // namespace

std::vector<float> StoredTensor::Floats() const {
  std::vector<float> out(size());
  CopyFloatsTo(out);
  return out;
}

void StoredTensor::CopyFloatsTo(std::span<float> out) const { ToFloats(dtype, bytes, out); }

const float* StoredTensor::FloatsInPlace() const {
  const bool aligned = reinterpret_cast<uintptr_t>(bytes.data()) % alignof(float) == 0;
  return dtype == DType::kF32 && aligned ? reinterpret_cast<const float*>(bytes.data()) : nullptr;
}

std::vector<int64_t> StoredTensor::Int64s() const {
  std::vector<int64_t> out(size());
  ToInt64s(dtype, bytes, out);
  return out;
}

std::string StoredTensor::TypeAndShape() const {
  return absl::StrCat(DTypeName(dtype), " ", ShapeText(shape));
}

StoredTensor MakeStoredTensor(std::string name, std::vector<int64_t> shape,
                              std::span<const float> values) {
  return TensorOver(std::move(name), std::move(shape), DType::kF32, values);
}

StoredTensor MakeStoredTensor(std::string name, std::vector<int64_t> shape,
                              std::span<const int64_t> values) {
  return TensorOver(std::move(name), std::move(shape), DType::kI64, values);
}

std::optional<uint64_t> ByteSize(std::span<const int64_t> shape, DType dtype) {
  const auto block = static_cast<int64_t>(DTypeBlock(dtype));
  auto product = static_cast<int64_t>(DTypeSize(dtype));
  if ((shape.empty() ? 1 : shape.back()) % block != 0) return std::nullopt;
  bool empty = false;
  for (size_t i = 0; i < shape.size(); ++i) {
    const int64_t d = i + 1 == shape.size() ? shape[i] / block : shape[i];
    if (d < 0) return std::nullopt;
    if (d == 0) empty = true;
    if (d != 0 && __builtin_mul_overflow(product, d, &product)) return std::nullopt;
  }
  return empty ? 0 : static_cast<uint64_t>(product);
}

std::string ShapeText(std::span<const int64_t> shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

}  // namespace gokart
