#include "ch05_pretrain/weights/export/tensor_to_write.h"

#include <cmath>
#include <limits>
#include <span>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "tensor/quantized/quantized_matrix.h"
#include "tensor/stored_tensor.h"

namespace gokart {
namespace {

WeightFormat FormatOf(DType dtype) {
  switch (dtype) {
    case DType::kF16:
      return WeightFormat::kFloat16;
    case DType::kBF16:
      return WeightFormat::kBFloat16;
    case DType::kQ8_0:
      return WeightFormat::kQ8;
    case DType::kQ4_0:
      return WeightFormat::kQ4;
    default:
      throw std::invalid_argument(
          absl::StrCat("EncodeTensor: nothing is written as ", DTypeName(dtype)));
  }
}

// What a number, or for block types its block's scale, may be at most.
float LargestOf(DType dtype) {
  constexpr float kLargestHalf = 65504;
  if (dtype == DType::kF32 || dtype == DType::kBF16) return std::numeric_limits<float>::max();
  return dtype == DType::kQ8_0   ? 127 * kLargestHalf
         : dtype == DType::kQ4_0 ? 8 * kLargestHalf
                                 : kLargestHalf;
}

// Infinities and NaNs are numbers to float types; as a block's scale they would spoil 32 numbers.
absl::Status CheckRange(const TensorToWrite& tensor, std::span<const float> values) {
  const float largest = LargestOf(tensor.dtype);
  const bool blocks = DTypeBlock(tensor.dtype) > 1;
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::abs(values[i]) <= largest || (!blocks && !std::isfinite(values[i]))) continue;
    return absl::OutOfRangeError(absl::StrCat(tensor.name, " has the value ", values[i],
                                              " (number ", i, "), which ", DTypeName(tensor.dtype),
                                              " can't hold"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::byte>> EncodeTensor(const TensorToWrite& tensor) {
  const std::vector<float> values = tensor.values();
  const auto count = static_cast<int64_t>(values.size());
  const std::optional<uint64_t> size = ByteSize(tensor.shape, tensor.dtype);
  if (!size || *size / DTypeSize(tensor.dtype) * DTypeBlock(tensor.dtype) != values.size()) {
    throw std::invalid_argument(absl::StrCat("EncodeTensor: ", tensor.name, " from ", count,
                                             " numbers: ", DTypeName(tensor.dtype), " ",
                                             ShapeText(tensor.shape)));
  }
  if (absl::Status s = CheckRange(tensor, values); !s.ok()) return s;
  if (tensor.dtype == DType::kF32) {
    const std::span<const std::byte> bytes = std::as_bytes(std::span(values));
    return std::vector<std::byte>(bytes.begin(), bytes.end());
  }
  const int64_t columns = tensor.shape.empty() || count == 0 ? count : tensor.shape.back();
  const int64_t rows = count == 0 ? 0 : count / columns;
  return QuantizedMatrix::Quantize(FormatOf(tensor.dtype), rows, columns, values)
      .PlainRows(0, rows);
}

}  // namespace gokart
