#include "ch05_pretrain/weights/gguf/ggml_type.h"

#include <array>
#include <stdexcept>
#include <string>

#include "tensor/dtype.h"

namespace gokart {
namespace {

constexpr int64_t kBlock = 32;        // of the simple block types
constexpr int64_t kSuperBlock = 256;  // of the "K" types

constexpr GgmlTypeInfo Info(uint32_t number, const char* name, int64_t block, int64_t bytes) {
  return {static_cast<GgmlType>(number), name, block, bytes};
}

constexpr std::array kTypes = {
    Info(0, "F32", 1, 4),
    Info(1, "F16", 1, 2),
    Info(2, "Q4_0", kBlock, 18),
    Info(3, "Q4_1", kBlock, 20),
    Info(6, "Q5_0", kBlock, 22),
    Info(7, "Q5_1", kBlock, 24),
    Info(8, "Q8_0", kBlock, 34),
    Info(10, "Q2_K", kSuperBlock, 84),
    Info(11, "Q3_K", kSuperBlock, 110),
    Info(12, "Q4_K", kSuperBlock, 144),
    Info(13, "Q5_K", kSuperBlock, 176),
    Info(14, "Q6_K", kSuperBlock, 210),
    Info(24, "I8", 1, 1),
    Info(25, "I16", 1, 2),
    Info(26, "I32", 1, 4),
    Info(27, "I64", 1, 8),
    Info(28, "F64", 1, 8),
    Info(30, "BF16", 1, 2),
};

std::optional<DType> PlainType(GgmlType type) {
  switch (type) {
    case GgmlType::kF32:
      return DType::kF32;
    case GgmlType::kF16:
      return DType::kF16;
    case GgmlType::kBF16:
      return DType::kBF16;
    case GgmlType::kF64:
      return DType::kF64;
    default:
      return std::nullopt;
  }
}

float Scale(std::span<const std::byte> block) {
  float d = 0;
  ToFloats(DType::kF16, block.first(2), std::span(&d, 1));
  return d;
}

// w[i] = d q[i], q signed bytes behind the scale.
void ReadQ8(std::span<const std::byte> block, std::span<float> out) {
  const float d = Scale(block);
  for (size_t i = 0; i < kBlock; ++i) out[i] = d * static_cast<int8_t>(block[2 + i]);
}

// w[i] = d (q[i] - 8); byte i holds q[i] in its lower and q[i + 16] in its upper half.
void ReadQ4(std::span<const std::byte> block, std::span<float> out) {
  const float d = Scale(block);
  for (size_t i = 0; i < kBlock / 2; ++i) {
    const int byte = std::to_integer<int>(block[2 + i]);
    out[i] = d * static_cast<float>((byte & 15) - 8);
    out[i + kBlock / 2] = d * static_cast<float>((byte >> 4) - 8);
  }
}

}  // namespace

const GgmlTypeInfo* FindGgmlType(uint32_t number) {
  for (const GgmlTypeInfo& info : kTypes) {
    if (static_cast<uint32_t>(info.type) == number) return &info;
  }
  return nullptr;
}

const GgmlTypeInfo& Describe(GgmlType type) {
  const GgmlTypeInfo* info = FindGgmlType(static_cast<uint32_t>(type));
  if (info == nullptr) throw std::invalid_argument("Describe: no such GgmlType");
  return *info;
}

std::optional<uint64_t> GgmlByteSize(GgmlType type, std::span<const int64_t> shape) {
  const GgmlTypeInfo& info = Describe(type);
  const int64_t last = shape.empty() ? 1 : shape.back();
  if (last % info.block != 0) return std::nullopt;
  int64_t product = info.block_bytes;  // of all dimensions but zeros: no part overflows either
  bool empty = false;
  for (size_t i = 0; i < shape.size(); ++i) {
    const int64_t blocks = i + 1 == shape.size() ? last / info.block : shape[i];
    if (blocks < 0) return std::nullopt;
    if (blocks == 0) empty = true;
    if (blocks != 0 && __builtin_mul_overflow(product, blocks, &product)) return std::nullopt;
  }
  return empty ? 0 : static_cast<uint64_t>(product);
}

bool IsReadable(GgmlType type) {
  return PlainType(type).has_value() || type == GgmlType::kQ8_0 || type == GgmlType::kQ4_0;
}

void GgmlToFloats(GgmlType type, std::span<const std::byte> bytes, std::span<float> out) {
  if (!IsReadable(type)) {
    throw std::invalid_argument(std::string("GgmlToFloats: can't read ") + Describe(type).name);
  }
  if (const std::optional<DType> plain = PlainType(type)) return ToFloats(*plain, bytes, out);
  const auto block_bytes = static_cast<size_t>(Describe(type).block_bytes);
  if (out.size() % kBlock != 0 || bytes.size() != out.size() / kBlock * block_bytes) {
    throw std::invalid_argument("GgmlToFloats: " + std::to_string(bytes.size()) +
                                " bytes are not " + std::to_string(out.size()) + " numbers");
  }
  const auto read = type == GgmlType::kQ8_0 ? ReadQ8 : ReadQ4;
  for (size_t i = 0; i < out.size() / kBlock; ++i) {
    read(bytes.subspan(i * block_bytes, block_bytes), out.subspan(i * kBlock, kBlock));
  }
}

}  // namespace gokart
