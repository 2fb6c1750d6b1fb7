#include "ch05_pretrain/weights/gguf/ggml_type.h"

#include <array>
#include <stdexcept>
#include <string>
#include <utility>

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

constexpr std::pair<GgmlType, DType> kSameTypes[] = {
    {GgmlType::kF32, DType::kF32},   {GgmlType::kF16, DType::kF16}, {GgmlType::kQ4_0, DType::kQ4_0},
    {GgmlType::kQ8_0, DType::kQ8_0}, {GgmlType::kF64, DType::kF64}, {GgmlType::kBF16, DType::kBF16},
};

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

std::optional<DType> DTypeOf(GgmlType type) {
  for (const auto& [ggml_type, dtype] : kSameTypes) {
    if (ggml_type == type) return dtype;
  }
  return std::nullopt;
}

GgmlType GgmlTypeOf(DType dtype) {
  for (const auto& [type, same] : kSameTypes) {
    if (same == dtype) return type;
  }
  throw std::invalid_argument("GgmlTypeOf: GGUF has no " + std::string(DTypeName(dtype)));
}

}  // namespace gokart
