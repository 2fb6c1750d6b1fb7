// Fixed point against its definition in double, and what must not go wrong with odd numbers.
#include "tensor/kernels/fixed_point.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "tensor/random.h"

namespace gokart::kernels {
namespace {

std::vector<FixedBlock> FixedPoint(const std::vector<float>& x) {
  std::vector<FixedBlock> blocks(FixedBlocks(x.size()));
  ToFixedPoint(x.data(), x.size(), blocks.data());
  return blocks;
}

double ValueOf(const std::vector<FixedBlock>& blocks, size_t i) {
  return double{blocks[i / 32].scale} * blocks[i / 32].values[i % 32];
}

TEST(FixedPointTest, ABlockByHand) {
  std::vector<float> x(32);
  x[0] = -2 * 32767;  // the largest: a scale of 2
  x[1] = 5;           // 2.5 steps: the even neighbour
  x[2] = 7;           // 3.5 steps
  x[31] = -2.9f;
  const std::vector<FixedBlock> blocks = FixedPoint(x);
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(blocks[0].scale, 2);
  EXPECT_EQ(blocks[0].values[0], -32767);
  EXPECT_EQ(blocks[0].values[1], 2);
  EXPECT_EQ(blocks[0].values[2], 4);
  EXPECT_EQ(blocks[0].values[3], 0);
  EXPECT_EQ(blocks[0].values[31], -1);
  EXPECT_EQ(blocks[0].minus_eight_sums, -8 * (-32767 + 2 + 4 - 1));
}

TEST(FixedPointTest, IsOffByHalfAScaleAtMost) {
  for (int64_t n : {1, 31, 32, 33, 64, 100, 768}) {
    for (float size : {1e-28f, 1e-10f, 1.0f, 1e10f, 5e37f}) {
      std::vector<float> x(n);
      Generator generator(n);
      generator.Normal(x.data(), n, 0, size);
      const std::vector<FixedBlock> blocks = FixedPoint(x);
      for (int64_t i = 0; i < n; ++i) {
        double largest = 0;
        for (int64_t j = i / 32 * 32; j < std::min(n, i / 32 * 32 + 32); ++j) {
          largest = std::max(largest, std::abs(double{x[j]}));
        }
        const double scale = std::max(largest / 32767, std::ldexp(1, -100));
        ASSERT_NEAR(ValueOf(blocks, i), x[i], 0.5 * scale * (1 + 1e-2)) << n << ", " << size;
      }
      int64_t sum = 0;
      for (int i = 0; i < 32; ++i) sum += blocks.back().values[i];
      EXPECT_EQ(blocks.back().minus_eight_sums, -8 * sum);
      for (int64_t i = n; i < 32 * FixedBlocks(n); ++i) EXPECT_EQ(blocks[i / 32].values[i % 32], 0);
    }
  }
}

TEST(FixedPointTest, TakesTheSmallestAndTheLargestNumbers) {
  using Limits = std::numeric_limits<float>;
  for (float tiny : {0.0f, Limits::denorm_min(), Limits::min(), 1e-35f}) {
    const std::vector<FixedBlock> blocks = FixedPoint({tiny, -tiny, 0});
    EXPECT_EQ(blocks[0].values[0], 0) << tiny;
    EXPECT_EQ(blocks[0].values[1], 0) << tiny;
    EXPECT_EQ(blocks[0].scale, 0x1p-100f) << tiny;
  }
  const std::vector<FixedBlock> blocks = FixedPoint({-Limits::max(), Limits::max() / 2, 1});
  EXPECT_EQ(blocks[0].values[0], -32767);
  EXPECT_NEAR(blocks[0].values[1], 16383.5, 0.5);
  EXPECT_EQ(blocks[0].values[2], 0);
  EXPECT_TRUE(std::isfinite(blocks[0].scale));
}

TEST(FixedPointTest, InfinityAndNaNMakeTheirBlockNaN) {
  for (float odd : {INFINITY, -INFINITY, NAN, -NAN}) {
    for (int64_t at : {32, 40, 63}) {
      std::vector<float> x(96, 3.0f);
      x[at] = odd;
      const std::vector<FixedBlock> blocks = FixedPoint(x);
      EXPECT_TRUE(std::isnan(blocks[1].scale)) << odd;
      EXPECT_EQ(std::count(blocks[1].values, blocks[1].values + 32, 0), 32) << odd;
      EXPECT_EQ(blocks[1].minus_eight_sums, 0) << odd;
      EXPECT_NEAR(ValueOf(blocks, 31), 3, 1e-6);
      EXPECT_NEAR(ValueOf(blocks, 64), 3, 1e-6);
    }
  }
}

TEST(FixedPointTest, NothingTakesNoBlocks) { EXPECT_TRUE(FixedPoint({}).empty()); }

}  // namespace
}  // namespace gokart::kernels
