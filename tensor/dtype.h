// The types of numbers that weight files hold, and their conversion to what the engine computes
// with.
//
//   std::vector<float> out(bytes.size() / DTypeSize(DType::kBF16));
//   ToFloats(DType::kBF16, bytes, out);
//
// Names and memory layout (little-endian) are those of the safetensors format; the block types, in
// which 32 numbers share a scale, are those of ggml and its GGUF files.
#ifndef GOKART_TENSOR_DTYPE_H_
#define GOKART_TENSOR_DTYPE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "absl/strings/string_view.h"

namespace gokart {

/// In the order in which the safetensors library lays tensors out, last first.
enum class DType {
  kQ4_0,  ///< blocks of a float16 scale d and 32 half bytes: w = d (q - 8); byte i holds q[i] in
          ///< its lower and q[i + 16] in its upper half
  kQ8_0,  ///< blocks of a float16 scale d and 32 signed bytes: w = d q
  kBool,
  kU8,
  kI8,
  kI16,
  kF16,
  kBF16,
  kI32,
  kF32,
  kF64,
  kI64
};

/// How many numbers are stored together: 1, and 32 in the block types.
size_t DTypeBlock(DType dtype);
/// Bytes per block, which for most types is one number.
size_t DTypeSize(DType dtype);
/// "F32", "BF16", "BOOL", ...
absl::string_view DTypeName(DType dtype);
/// The type that a safetensors file names so; nothing for other names, "Q8_0" among them.
std::optional<DType> DTypeFromName(absl::string_view name);

/// F16, BF16, F32, F64 and the block types are floating point, the others whole numbers.
bool IsFloatingPoint(DType dtype);

/// Converts floating point numbers to float32, those of F64 rounded to the nearest. `bytes` need
/// not be aligned. Throws std::invalid_argument if dtype is not floating point or the sizes don't
/// fit.
void ToFloats(DType dtype, std::span<const std::byte> bytes, std::span<float> out);
/// Converts whole numbers, of BOOL all but 0 to 1; else as ToFloats.
void ToInt64s(DType dtype, std::span<const std::byte> bytes, std::span<int64_t> out);

}  // namespace gokart

#endif  // GOKART_TENSOR_DTYPE_H_
