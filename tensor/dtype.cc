#include "tensor/dtype.h"

#include <bit>
#include <cstring>
#include <stdexcept>
#include <string>

#include "absl/strings/str_cat.h"

namespace gokart {
namespace {

static_assert(std::endian::native == std::endian::little, "files are little-endian");

struct Description {
  DType dtype;
  const char* name;
  size_t size;
  bool floating_point;
  size_t block = 1;
};

constexpr size_t kBlock = 32;
constexpr size_t kScaleSize = 2;

constexpr Description kDescriptions[] = {
    {DType::kQ4_0, "Q4_0", kScaleSize + kBlock / 2, true, kBlock},
    {DType::kQ8_0, "Q8_0", kScaleSize + kBlock, true, kBlock},
    {DType::kBool, "BOOL", 1, false},
    {DType::kU8, "U8", 1, false},
    {DType::kI8, "I8", 1, false},
    {DType::kI16, "I16", 2, false},
    {DType::kF16, "F16", 2, true},
    {DType::kBF16, "BF16", 2, true},
    {DType::kI32, "I32", 4, false},
    {DType::kF32, "F32", 4, true},
    {DType::kF64, "F64", 8, true},
    {DType::kI64, "I64", 8, false},
};

const Description& Describe(DType dtype) { return kDescriptions[static_cast<int>(dtype)]; }

// clang 14, which builds the fuzzers, has no arithmetic in 16 bits on this processor, but a type to
// store them in.
#ifdef __clang__
using Half = __fp16;
#else
using Half = _Float16;
#endif

// bfloat16 is the upper half of a float.
struct BF16 {
  uint16_t bits;
  explicit operator float() const { return std::bit_cast<float>(uint32_t{bits} << 16); }
};

// out[i] = the i-th From in `bytes`; the copy is for bytes that aren't aligned, and costs nothing.
template <typename From, typename To>
void Convert(std::span<const std::byte> bytes, std::span<To> out) {
  for (size_t i = 0; i < out.size(); ++i) {
    From value;
    std::memcpy(&value, bytes.data() + i * sizeof(From), sizeof(From));
    out[i] = static_cast<To>(value);
  }
}

float BlockScale(const std::byte* block) {
  Half scale;
  std::memcpy(&scale, block, kScaleSize);
  return static_cast<float>(scale);
}

void ReadQ4Blocks(std::span<const std::byte> bytes, std::span<float> out) {
  const std::byte* block = bytes.data();
  for (size_t i = 0; i < out.size(); i += kBlock, block += DTypeSize(DType::kQ4_0)) {
    const float d = BlockScale(block);
    for (size_t j = 0; j < kBlock / 2; ++j) {
      const int pair = std::to_integer<int>(block[kScaleSize + j]);
      out[i + j] = d * static_cast<float>((pair & 15) - 8);
      out[i + j + kBlock / 2] = d * static_cast<float>((pair >> 4) - 8);
    }
  }
}

void ReadQ8Blocks(std::span<const std::byte> bytes, std::span<float> out) {
  const std::byte* block = bytes.data();
  for (size_t i = 0; i < out.size(); i += kBlock, block += DTypeSize(DType::kQ8_0)) {
    const float d = BlockScale(block);
    for (size_t j = 0; j < kBlock; ++j) {
      out[i + j] = d * static_cast<float>(static_cast<int8_t>(block[kScaleSize + j]));
    }
  }
}

void Check(const char* operation, bool kind_fits, DType dtype, size_t bytes, size_t count) {
  if (!kind_fits) {
    throw std::invalid_argument(
        absl::StrCat(operation, ": cannot convert numbers of type ", DTypeName(dtype)));
  }
  if (bytes % DTypeSize(dtype) != 0 || bytes / DTypeSize(dtype) * DTypeBlock(dtype) != count) {
    throw std::invalid_argument(absl::StrCat(operation, ": ", bytes, " bytes of ", DTypeName(dtype),
                                             " are not ", count, " numbers"));
  }
}

}  // namespace

size_t DTypeBlock(DType dtype) { return Describe(dtype).block; }

size_t DTypeSize(DType dtype) { return Describe(dtype).size; }

absl::string_view DTypeName(DType dtype) { return Describe(dtype).name; }

bool IsFloatingPoint(DType dtype) { return Describe(dtype).floating_point; }

std::optional<DType> DTypeFromName(absl::string_view name) {
  for (const Description& d : kDescriptions) {
    if (name == d.name && d.block == 1) return d.dtype;
  }
  return std::nullopt;
}

void ToFloats(DType dtype, std::span<const std::byte> bytes, std::span<float> out) {
  Check("ToFloats", IsFloatingPoint(dtype), dtype, bytes.size(), out.size());
  if (dtype == DType::kF32) return Convert<float>(bytes, out);
  if (dtype == DType::kF64) return Convert<double>(bytes, out);
  if (dtype == DType::kF16) return Convert<Half>(bytes, out);
  if (dtype == DType::kQ8_0) return ReadQ8Blocks(bytes, out);
  if (dtype == DType::kQ4_0) return ReadQ4Blocks(bytes, out);
  Convert<BF16>(bytes, out);
}

void ToInt64s(DType dtype, std::span<const std::byte> bytes, std::span<int64_t> out) {
  Check("ToInt64s", !IsFloatingPoint(dtype), dtype, bytes.size(), out.size());
  if (dtype == DType::kI64) return Convert<int64_t>(bytes, out);
  if (dtype == DType::kI32) return Convert<int32_t>(bytes, out);
  if (dtype == DType::kI16) return Convert<int16_t>(bytes, out);
  if (dtype == DType::kI8) return Convert<int8_t>(bytes, out);
  Convert<uint8_t>(bytes, out);
  if (dtype == DType::kBool) {
    for (int64_t& value : out) value = value != 0;
  }
}

}  // namespace gokart
