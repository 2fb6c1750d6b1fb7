#include "tensor/kernels/block_mask.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace gokart::kernels {
namespace {

using Kind = BlockMask::Kind;

bool Causal(int64_t query, int64_t key) { return key <= query; }

TEST(BlockMask, OfACausalMaskHasTheDiagonalInPart) {
  const BlockMask mask = BlockMask::Compile(4 * 64, Causal);
  ASSERT_EQ(mask.blocks(), 4);
  for (int64_t row = 0; row < 4; ++row) {
    for (int64_t column = 0; column < 4; ++column) {
      EXPECT_EQ(mask.kind(row, column), column < row    ? Kind::kFull
                                        : column == row ? Kind::kPartial
                                                        : Kind::kEmpty);
    }
  }
  EXPECT_EQ(mask.Count(Kind::kFull), 6);
  EXPECT_EQ(mask.Count(Kind::kPartial), 4);
  EXPECT_EQ(mask.Count(Kind::kEmpty), 6);
  EXPECT_EQ(mask.ComputedPairs(), 10 * 64 * 64);
}

TEST(BlockMask, BitsSayWhoSeesWhom) {
  const auto sees = [](int64_t query, int64_t key) { return (query * 7 + key * 13) % 5 < 2; };
  const BlockMask mask = BlockMask::Compile(150, sees);
  for (int64_t query = 0; query < 150; ++query) {
    for (int64_t key = 0; key < 192; ++key) {
      const bool expected = key < 150 && sees(query, key);
      ASSERT_EQ(mask.Bits(query, key / 64) >> key % 64 & 1, expected) << query << ", " << key;
    }
  }
}

// 70 tokens: the last blocks are 6 wide, and full when those 6 are seen.
TEST(BlockMask, TheLastBlockMayBeCutShort) {
  const BlockMask mask = BlockMask::Compile(70, [](int64_t, int64_t) { return true; });
  EXPECT_EQ(mask.Count(Kind::kFull), 4);
  EXPECT_EQ(mask.ComputedPairs(), 70 * 70);
}

TEST(BlockMask, OpaqueOnesKeepEveryBlock) {
  const BlockMask mask = BlockMask::Opaque(128, Causal);
  EXPECT_EQ(mask.Count(Kind::kPartial), 4);
  EXPECT_EQ(mask.ComputedPairs(), 128 * 128);
  EXPECT_EQ(mask.Bits(0, 1), 0);
}

TEST(BlockMask, MayBeEmptyButNotNegative) {
  EXPECT_EQ(BlockMask::Compile(0, Causal).ComputedPairs(), 0);
  EXPECT_THROW(BlockMask::Compile(-1, Causal), std::invalid_argument);
}

}  // namespace
}  // namespace gokart::kernels
