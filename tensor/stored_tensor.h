// A tensor as files hold it: a name, a shape, and numbers of some type where they lie.
//
//   for (const StoredTensor& t : file.entries()) {
//     std::vector<float> values = t.Floats();     // a copy, whatever the type
//     const float* in_place = t.FloatsInPlace();  // no copy, if they are floats already
//   }
//
// All readers of weight files give these, and all writers take them.
#ifndef GOKART_TENSOR_STORED_TENSOR_H_
#define GOKART_TENSOR_STORED_TENSOR_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tensor/dtype.h"

namespace gokart {

/// One tensor of a file, read or to be written. The numbers lie elsewhere: in the mapped file, or
/// where whoever writes has them.
struct StoredTensor {
  std::string name;
  DType dtype = DType::kF32;
  std::vector<int64_t> shape;        ///< empty for a single number
  std::span<const std::byte> bytes;  ///< little-endian, row-major, perhaps not aligned

  /// How many numbers.
  int64_t size() const {
    return static_cast<int64_t>(bytes.size() / DTypeSize(dtype) * DTypeBlock(dtype));
  }

  /// The numbers as float32, converted from other floating point types where necessary. Throws
  /// std::invalid_argument for whole numbers: ask IsFloatingPoint(dtype) first.
  std::vector<float> Floats() const;
  /// The same into existing memory of size() floats.
  void CopyFloatsTo(std::span<float> out) const;
  /// The numbers where they lie, if they are F32 and aligned; otherwise nullptr.
  const float* FloatsInPlace() const;

  /// Whole numbers as int64. Throws std::invalid_argument for floating point numbers.
  std::vector<int64_t> Int64s() const;

  /// "F32 [2, 3]", for messages.
  std::string TypeAndShape() const;
};

/// A tensor of type F32 or I64 over numbers that must outlive it. Throws std::invalid_argument if
/// their number doesn't fit the shape.
StoredTensor MakeStoredTensor(std::string name, std::vector<int64_t> shape,
                              std::span<const float> values);
StoredTensor MakeStoredTensor(std::string name, std::vector<int64_t> shape,
                              std::span<const int64_t> values);

/// The bytes of a tensor; nothing if a dimension is negative, they can't be counted in 63 bits, or
/// the last dimension is not made of whole blocks. All dimensions but zeros are multiplied, so that
/// no product of some of them overflows either.
std::optional<uint64_t> ByteSize(std::span<const int64_t> shape, DType dtype);

/// "[2, 3]", for messages.
std::string ShapeText(std::span<const int64_t> shape);

}  // namespace gokart

#endif  // GOKART_TENSOR_STORED_TENSOR_H_
