#include "ch05_pretrain/weights/gguf/ggml_type.h"

#include <stdexcept>
#include <vector>

#include "gtest/gtest.h"

namespace gokart {
namespace {

constexpr int64_t kHuge = int64_t{1} << 62;

TEST(GgmlTypeTest, CountsBytes) {
  EXPECT_EQ(GgmlByteSize(GgmlType::kF32, std::vector<int64_t>{3, 5}), 60);
  EXPECT_EQ(GgmlByteSize(GgmlType::kBF16, std::vector<int64_t>{7}), 14);
  EXPECT_EQ(GgmlByteSize(GgmlType::kQ8_0, std::vector<int64_t>{3, 64}), 3 * 2 * 34);
  EXPECT_EQ(GgmlByteSize(GgmlType::kQ4_0, std::vector<int64_t>{32}), 18);
  EXPECT_EQ(GgmlByteSize(static_cast<GgmlType>(14), std::vector<int64_t>{2, 256}), 2 * 210);
}

TEST(GgmlTypeTest, RefusesWhatCannotBeCounted) {
  EXPECT_FALSE(GgmlByteSize(GgmlType::kQ8_0, std::vector<int64_t>{64, 3}));  // not whole blocks
  EXPECT_FALSE(GgmlByteSize(GgmlType::kF32, std::vector<int64_t>{kHuge}));
  EXPECT_FALSE(GgmlByteSize(GgmlType::kF32, std::vector<int64_t>{0, kHuge}));
  EXPECT_FALSE(GgmlByteSize(GgmlType::kF32, std::vector<int64_t>{-2, -2}));
  EXPECT_EQ(GgmlByteSize(GgmlType::kF32, std::vector<int64_t>{0, 3}), 0);
  EXPECT_EQ(FindGgmlType(4), nullptr);  // Q4_2, which ggml gave up
}

TEST(GgmlTypeTest, ReadsBlocksOf8Bits) {
  std::vector<std::byte> block(34);
  block[1] = std::byte{0x38};  // the scale: 0.5 as a float16, 0x3800
  block[2] = std::byte{127};
  block[33] = std::byte{0x80};  // -128
  std::vector<float> out(32, -1);
  GgmlToFloats(GgmlType::kQ8_0, block, out);
  EXPECT_EQ(out[0], 63.5f);
  EXPECT_EQ(out[1], 0);
  EXPECT_EQ(out[31], -64);
}

TEST(GgmlTypeTest, ReadsBlocksOf4Bits) {
  std::vector<std::byte> blocks(2 * 18, std::byte{0x88});  // 8 stands for 0
  blocks[18] = std::byte{0};
  blocks[19] = std::byte{0xc0};          // the second block's scale: -2
  blocks[20] = std::byte{0xf0};          // 0 and 15
  blocks[2 * 18 - 1] = std::byte{0x98};  // 8 and 9
  std::vector<float> out(64, 5);
  GgmlToFloats(GgmlType::kQ4_0, blocks, out);
  EXPECT_EQ(out[0], 0);
  EXPECT_EQ(out[32], -2 * -8);
  EXPECT_EQ(out[32 + 16], -2 * 7);
  EXPECT_EQ(out[32 + 15], 0);
  EXPECT_EQ(out[32 + 31], -2);
}

TEST(GgmlTypeTest, ThrowsOnCallersMistakes) {
  std::vector<std::byte> block(34);
  std::vector<float> out(32);
  EXPECT_THROW(GgmlToFloats(GgmlType::kQ8_0, std::span(block).first(33), out),
               std::invalid_argument);
  EXPECT_THROW(GgmlToFloats(GgmlType::kQ8_0, block, std::span(out).first(31)),
               std::invalid_argument);
  EXPECT_THROW(GgmlToFloats(static_cast<GgmlType>(24), block, out), std::invalid_argument);
  EXPECT_THROW(Describe(static_cast<GgmlType>(999)), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
