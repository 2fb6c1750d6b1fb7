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

TEST(GgmlTypeTest, KnowsTheEnginesTypes) {
  EXPECT_EQ(DTypeOf(GgmlType::kQ8_0), DType::kQ8_0);
  EXPECT_EQ(DTypeOf(static_cast<GgmlType>(14)), std::nullopt);
  EXPECT_EQ(GgmlTypeOf(DType::kBF16), GgmlType::kBF16);
  EXPECT_THROW(GgmlTypeOf(DType::kBool), std::invalid_argument);
  EXPECT_THROW(Describe(static_cast<GgmlType>(999)), std::invalid_argument);
  for (const DType dtype : {DType::kF32, DType::kF16, DType::kQ4_0, DType::kQ8_0}) {
    const GgmlTypeInfo& info = Describe(GgmlTypeOf(dtype));
    EXPECT_EQ(info.name, DTypeName(dtype));
    EXPECT_EQ(info.block, DTypeBlock(dtype));
    EXPECT_EQ(info.block_bytes, DTypeSize(dtype));
  }
}

}  // namespace
}  // namespace gokart
