#include "tensor/dtype.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;

// The bytes of `values` behind one other byte, so that they aren't aligned for most types.
template <typename T>
std::vector<std::byte> Shifted(std::span<const T> values) {
  std::vector<std::byte> bytes(1);
  const std::span<const std::byte> raw = std::as_bytes(values);
  bytes.insert(bytes.end(), raw.begin(), raw.end());
  return bytes;
}

template <typename T>
std::vector<float> Floats(DType dtype, std::vector<T> values) {
  const std::vector<std::byte> bytes = Shifted<T>(values);
  std::vector<float> out(values.size());
  ToFloats(dtype, std::span(bytes).subspan(1), out);
  return out;
}

template <typename T>
std::vector<int64_t> Int64s(DType dtype, std::vector<T> values) {
  const std::vector<std::byte> bytes = Shifted<T>(values);
  std::vector<int64_t> out(values.size());
  ToInt64s(dtype, std::span(bytes).subspan(1), out);
  return out;
}

TEST(DTypeTest, NamesAndSizesOfTheFormat) {
  const std::vector<std::pair<const char*, size_t>> expected = {
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"I16", 2}, {"F16", 2},
      {"BF16", 2}, {"I32", 4}, {"F32", 4}, {"F64", 8}, {"I64", 8}};
  for (const auto& [name, size] : expected) {
    const std::optional<DType> dtype = DTypeFromName(name);
    ASSERT_TRUE(dtype.has_value()) << name;
    EXPECT_EQ(DTypeName(*dtype), name);
    EXPECT_EQ(DTypeSize(*dtype), size) << name;
    EXPECT_EQ(IsFloatingPoint(*dtype), std::strchr(name, 'F') != nullptr) << name;
  }
  for (const char* name : {"", "f32", "F8_E4M3", "U64", "F32 "}) EXPECT_FALSE(DTypeFromName(name));
}

// IEEE 754 half precision by hand: sign, 5 bits of exponent with bias 15, 10 bits of mantissa.
TEST(DTypeTest, HalfPrecision) {
  const std::vector<float> x = Floats<uint16_t>(
      DType::kF16,
      {0x0000, 0x3c00, 0xc000, 0x3555, 0x7bff, 0x0400, 0x0001, 0x03ff, 0x7c00, 0xfc00});
  EXPECT_THAT(
      x, ElementsAre(0, 1, -2, 1365.0f / 4096, 65504, std::ldexp(1.0f, -14), std::ldexp(1.0f, -24),
                     1023 * std::ldexp(1.0f, -24), INFINITY, -INFINITY));
  const std::vector<float> special = Floats<uint16_t>(DType::kF16, {0x8000, 0x7e00});
  EXPECT_TRUE(special[0] == 0 && std::signbit(special[0]));
  EXPECT_TRUE(std::isnan(special[1]));
}

// bfloat16 by hand: sign, 8 bits of exponent with bias 127, 7 bits of mantissa.
TEST(DTypeTest, BFloat16) {
  const std::vector<float> x =
      Floats<uint16_t>(DType::kBF16, {0x0000, 0x3f80, 0xc000, 0x4049, 0x7f7f, 0x0001, 0xff80});
  EXPECT_THAT(x, ElementsAre(0, 1, -2, 3.140625f, 255 * std::ldexp(1.0f, 120),
                             std::ldexp(1.0f, -133), -INFINITY));
  EXPECT_TRUE(std::isnan(Floats<uint16_t>(DType::kBF16, {0x7fc0})[0]));
}

TEST(DTypeTest, SingleAndDoublePrecision) {
  EXPECT_THAT(Floats<float>(DType::kF32, {0.1f, -3e38f}), ElementsAre(0.1f, -3e38f));
  // Halfway between 1 and the next float, 1 + 2^-23, and just above it.
  EXPECT_THAT(Floats<double>(DType::kF64, {0.1, 1 + 0x1p-24, 1 + 0x1.000002p-24, 1e300}),
              ElementsAre(0.1f, 1.0f, 1 + 0x1p-23f, INFINITY));
}

TEST(DTypeTest, BlocksOf8Bits) {
  std::vector<uint8_t> block(34);
  block[1] = 0x38;  // the scale: 0.5 as a float16, 0x3800
  block[2] = 127;
  block[33] = 0x80;  // -128
  std::vector<float> out(32, -1);
  ToFloats(DType::kQ8_0, std::as_bytes(std::span(block)), out);
  EXPECT_EQ(out[0], 63.5f);
  EXPECT_EQ(out[1], 0);
  EXPECT_EQ(out[31], -64);
}

TEST(DTypeTest, BlocksOf4Bits) {
  std::vector<uint8_t> blocks(2 * 18, 0x88);  // 8 stands for 0
  blocks[18] = 0;
  blocks[19] = 0xc0;          // the second block's scale: -2
  blocks[20] = 0xf0;          // 0 and 15
  blocks[2 * 18 - 1] = 0x98;  // 8 and 9
  std::vector<float> out(64, 5);
  ToFloats(DType::kQ4_0, std::as_bytes(std::span(blocks)), out);
  EXPECT_EQ(out[0], 0);
  EXPECT_EQ(out[32], -2 * -8);
  EXPECT_EQ(out[32 + 16], -2 * 7);
  EXPECT_EQ(out[32 + 15], 0);
  EXPECT_EQ(out[32 + 31], -2);
}

TEST(DTypeTest, BlockTypesAreWholeBlocksAndUnknownToSafetensors) {
  for (const DType dtype : {DType::kQ4_0, DType::kQ8_0}) {
    EXPECT_EQ(DTypeBlock(dtype), 32);
    EXPECT_TRUE(IsFloatingPoint(dtype));
    EXPECT_FALSE(DTypeFromName(DTypeName(dtype)));
    std::vector<std::byte> block(DTypeSize(dtype));
    std::vector<float> out(32);
    EXPECT_NO_THROW(ToFloats(dtype, block, out));
    EXPECT_THROW(ToFloats(dtype, block, std::span(out).first(31)), std::invalid_argument);
    EXPECT_THROW(ToFloats(dtype, std::span(block).subspan(1), out), std::invalid_argument);
  }
  EXPECT_EQ(DTypeBlock(DType::kF16), 1);
}

TEST(DTypeTest, WholeNumbers) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  EXPECT_THAT(Int64s<int64_t>(DType::kI64, {kMin, -1, 50256}), ElementsAre(kMin, -1, 50256));
  EXPECT_THAT(Int64s<int32_t>(DType::kI32, {INT32_MIN, 7}), ElementsAre(INT32_MIN, 7));
  EXPECT_THAT(Int64s<int16_t>(DType::kI16, {-32768, 7}), ElementsAre(-32768, 7));
  EXPECT_THAT(Int64s<uint8_t>(DType::kI8, {0x80, 0x7f, 0xff}), ElementsAre(-128, 127, -1));
  EXPECT_THAT(Int64s<uint8_t>(DType::kU8, {0x80, 0xff}), ElementsAre(128, 255));
  EXPECT_THAT(Int64s<uint8_t>(DType::kBool, {0, 1, 0xff}), ElementsAre(0, 1, 1));
}

TEST(DTypeTest, ThrowsOnTheWrongKindOrSize) {
  std::vector<std::byte> bytes(8);
  std::vector<float> floats(2);
  std::vector<int64_t> ints(2);
  EXPECT_NO_THROW(ToFloats(DType::kF32, bytes, floats));
  EXPECT_THROW(ToFloats(DType::kI32, bytes, floats), std::invalid_argument);
  EXPECT_THROW(ToFloats(DType::kF16, bytes, floats), std::invalid_argument);
  EXPECT_THROW(ToFloats(DType::kF64, std::span(bytes).first(7), {}), std::invalid_argument);
  EXPECT_NO_THROW(ToInt64s(DType::kI32, bytes, ints));
  EXPECT_THROW(ToInt64s(DType::kF32, bytes, ints), std::invalid_argument);
  EXPECT_THROW(ToInt64s(DType::kI64, bytes, ints), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
