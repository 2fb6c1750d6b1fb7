// The types of numbers in GGUF files: plain ones, and blocks of numbers that share scales.
//
//   const GgmlTypeInfo* info = FindGgmlType(8);  // Q8_0: 34 bytes for 32 numbers
//
// Source: ggml's header ggml.h (enum ggml_type) and ggml-common.h (the blocks).
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGML_TYPE_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGML_TYPE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "tensor/dtype.h"

namespace gokart {

/// The types that this program reads and writes, with ggml's numbers.
enum class GgmlType : uint32_t {
  kF32 = 0,
  kF16 = 1,
  kQ4_0 = 2,
  kQ8_0 = 8,
  kF64 = 28,
  kBF16 = 30,
};

struct GgmlTypeInfo {
  GgmlType type;        ///< may be one that GgmlType doesn't name
  const char* name;     ///< "Q8_0"
  int64_t block;        ///< numbers in a block, 1 for plain types; rows are whole blocks
  int64_t block_bytes;  ///< bytes of a block
};

/// Also of types that only other programs use, so that their files can at least be listed; nullptr
/// for numbers that no type has.
const GgmlTypeInfo* FindGgmlType(uint32_t number);
/// The same of one that is known.
const GgmlTypeInfo& Describe(GgmlType type);

/// The bytes of a tensor, nothing if they can't be counted in 63 bits, a dimension is negative or
/// the last one is not made of whole blocks.
std::optional<uint64_t> GgmlByteSize(GgmlType type, std::span<const int64_t> shape);

/// The same type of the engine, whose ToFloats() reads it; nothing for those of other programs.
std::optional<DType> DTypeOf(GgmlType type);
/// The inverse. Throws std::invalid_argument for a type that GGUF lacks.
GgmlType GgmlTypeOf(DType dtype);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGML_TYPE_H_
