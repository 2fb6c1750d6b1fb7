#include "ch05_pretrain/weights/export/tensor_to_write.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TensorToWrite Tensor(DType dtype, std::vector<int64_t> shape, std::vector<float> values) {
  return {"w", dtype, std::move(shape), [values] { return values; }};
}

std::vector<uint16_t> Words(const TensorToWrite& tensor) {
  const std::vector<std::byte> bytes = EncodeTensor(tensor).value();
  std::vector<uint16_t> words(bytes.size() / 2);
  std::memcpy(words.data(), bytes.data(), words.size() * 2);
  return words;
}

TEST(TensorToWriteTest, SixteenBitsByHand) {
  // 1 + 2^-11 lies between two halves: the even one is 1. 1 + 3 * 2^-11 is rounded up.
  EXPECT_THAT(Words(Tensor(DType::kF16, {5}, {0, 1, -2, 1 + 0x1p-11f, 1 + 3 * 0x1p-11f})),
              ElementsAre(0, 0x3c00, 0xc000, 0x3c00, 0x3c02));
  EXPECT_THAT(Words(Tensor(DType::kBF16, {2, 2}, {1, -2, 1 + 0x1p-8f, 1 + 3 * 0x1p-8f})),
              ElementsAre(0x3f80, 0xc000, 0x3f80, 0x3f82));
}

TEST(TensorToWriteTest, EightBitBlocksByHand) {
  std::vector<float> values(64);
  values[0] = 127;  // the scale is 1
  values[1] = -3.4f;
  values[33] = -63.5f;  // the scale is 0.5
  values[34] = 1;
  const std::vector<std::byte> bytes = EncodeTensor(Tensor(DType::kQ8_0, {1, 64}, values)).value();
  ASSERT_EQ(bytes.size(), 2 * 34);
  const auto at = [&](size_t i) { return std::to_integer<int>(bytes[i]); };
  EXPECT_THAT(std::vector({at(0), at(1), at(2), at(3), at(4)}),
              ElementsAre(0x00, 0x3c, 127, 256 - 3, 0));
  EXPECT_THAT(std::vector({at(34), at(35), at(36), at(37), at(38)}),
              ElementsAre(0x00, 0x38, 0, 256 - 127, 2));
}

TEST(TensorToWriteTest, FloatsAsTheyAre) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<std::byte> bytes = EncodeTensor(Tensor(DType::kF32, {2}, {nan, 0.1f})).value();
  float values[2];
  std::memcpy(values, bytes.data(), sizeof(values));
  EXPECT_TRUE(std::isnan(values[0]));
  EXPECT_EQ(values[1], 0.1f);
  EXPECT_EQ(EncodeTensor(Tensor(DType::kF32, {0, 3}, {})).value().size(), 0);
}

TEST(TensorToWriteTest, ValuesThatDoNotFitAreErrors) {
  const auto error = [](const TensorToWrite& tensor) {
    return std::string(EncodeTensor(tensor).status().message());
  };
  EXPECT_EQ(error(Tensor(DType::kF16, {2}, {0, -70000})),
            "w has the value -70000 (number 1), which F16 can't hold");
  EXPECT_EQ(error(Tensor(DType::kBF16, {1}, {-70000})), "");
  std::vector<float> block(32);
  block[7] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(error(Tensor(DType::kF16, {32}, block)), "");
  EXPECT_THAT(error(Tensor(DType::kQ8_0, {32}, block)), HasSubstr("number 7"));
  block[7] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(error(Tensor(DType::kQ4_0, {32}, block)), HasSubstr("number 7"));
}

TEST(TensorToWriteTest, ThrowsOnCallersMistakes) {
  EXPECT_THROW((void)EncodeTensor(Tensor(DType::kF32, {3}, {1, 2})), std::invalid_argument);
  EXPECT_THROW((void)EncodeTensor(Tensor(DType::kQ8_0, {2, 16}, std::vector<float>(32))),
               std::invalid_argument);
  EXPECT_THROW((void)EncodeTensor(Tensor(DType::kI32, {1}, {1})), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
