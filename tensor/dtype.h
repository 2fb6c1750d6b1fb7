// The types of numbers that weight files hold, and their conversion to what the engine computes
// with.
//
//   std::vector<float> out(bytes.size() / DTypeSize(DType::kBF16));
//   ToFloats(DType::kBF16, bytes, out);
//
// Names and memory layout (little-endian) are those of the safetensors format.
#ifndef GOKART_TENSOR_DTYPE_H_
#define GOKART_TENSOR_DTYPE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "absl/strings/string_view.h"

namespace gokart {

/// In the order in which the safetensors library lays tensors out, last first.
enum class DType { kBool, kU8, kI8, kI16, kF16, kBF16, kI32, kF32, kF64, kI64 };

/// Bytes per number.
size_t DTypeSize(DType dtype);
/// "F32", "BF16", "BOOL", ...
absl::string_view DTypeName(DType dtype);
/// The inverse of DTypeName(); nothing for other names.
std::optional<DType> DTypeFromName(absl::string_view name);

/// F16, BF16, F32 and F64 are floating point, the others whole numbers.
bool IsFloatingPoint(DType dtype);

/// Converts floating point numbers to float32, those of F64 rounded to the nearest. `bytes` need
/// not be aligned. Throws std::invalid_argument if dtype is not floating point or the sizes don't
/// fit.
void ToFloats(DType dtype, std::span<const std::byte> bytes, std::span<float> out);
/// Converts whole numbers, of BOOL all but 0 to 1; else as ToFloats.
void ToInt64s(DType dtype, std::span<const std::byte> bytes, std::span<int64_t> out);

}  // namespace gokart

#endif  // GOKART_TENSOR_DTYPE_H_
