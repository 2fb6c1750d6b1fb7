#include "tensor/kernels/reduce.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "tensor/kernels/kernel_test_util.h"

namespace gokart::kernels {
namespace {

TEST(ReduceTest, SumAtAllSizes) {
  for (const int64_t n : Sizes()) {
    const Floats x = RandomFloats(n, n + 1);
    double expected = 0;
    for (const float entry : x) expected += entry;
    EXPECT_NEAR(Sum(n, x.data()), expected, 1e-11) << n;
  }
}

// 2^24 + 1 is not a float; a sum in float would lose every one of the ones.
TEST(ReduceTest, SumIsKeptInDouble) {
  Floats x(100001, 1.0f);
  x[0] = 16777216.0f;
  EXPECT_EQ(Sum(100001, x.data()), 16877216.0);
}

TEST(ReduceTest, RowsAndLastAxisAtAllSizes) {
  for (const auto [rows, c] : MatrixSizes()) {
    const Floats x = RandomFloats(rows * c, 1);
    Doubles columns(c), columns_plus(c, 3.0), lines(rows);
    for (int64_t i = 0; i < rows * c; ++i) {
      columns[i % c] += x[i];
      columns_plus[i % c] += x[i];
      lines[i / c] += x[i];
    }
    Floats stored(c, kNan), added(c, 3.0f), sums(rows, kNan);
    SumRows(rows, c, x.data(), stored.data(), false);
    SumRows(rows, c, x.data(), added.data(), true);
    SumLastAxis(rows, c, x.data(), sums.data());
    ExpectClose(stored, columns, 3e-6);
    ExpectClose(added, columns_plus, 3e-6);
    ExpectClose(sums, lines, 1e-5);
  }
}

// A running float sum of 2^20 ones and tenths would be off by percents; blocks keep it to a few
// digits.
TEST(ReduceTest, LongColumnsStayAccurate) {
  const int64_t rows = 1 << 20;
  const Floats x(rows, 0.1f);
  float sum = 0;
  SumRows(rows, 1, x.data(), &sum, false);
  EXPECT_NEAR(sum / (0.1f * static_cast<double>(rows)), 1, 1e-5);
}

TEST(ReduceTest, MaxAtAllSizesWithThePeakAnywhere) {
  for (int64_t c = 1; c <= 70; ++c) {
    for (int64_t peak = 0; peak < c; ++peak) {
      Floats x = RandomFloats(c, peak, -3, -2);
      x[peak] = -1.5f;
      float max = 0;
      int32_t argmax = -1;
      MaxLastAxis(1, c, x.data(), &max, &argmax);
      ASSERT_EQ(max, -1.5f);
      ASSERT_EQ(argmax, peak);
      MaxLastAxis(1, c, x.data(), &max, nullptr);
      ASSERT_EQ(max, -1.5f);
    }
  }
}

TEST(ReduceTest, MaxOfManyRows) {
  const int64_t rows = 201, c = 1021;
  Floats x = RandomFloats(rows * c, 1), max(rows);
  std::vector<int32_t> argmax(rows);
  for (int64_t r = 0; r < rows; ++r) x[r * c + r * 5] = static_cast<float>(10 + r);
  MaxLastAxis(rows, c, x.data(), max.data(), argmax.data());
  for (int64_t r = 0; r < rows; ++r) {
    EXPECT_EQ(max[r], 10 + r);
    EXPECT_EQ(argmax[r], r * 5);
  }
}

TEST(ReduceTest, MaxOfLongRowsWithThePeakAnywhere) {
  const int64_t c = 5003;
  for (int64_t peak = 3; peak < c; peak += 250) {
    Floats x = RandomFloats(c, peak);
    x[peak] = 7;
    x[c - 1] = x[c - 2] = 7;  // as large, but later
    float max = 0;
    int32_t argmax = -1;
    MaxLastAxis(1, c, x.data(), &max, &argmax);
    EXPECT_EQ(max, 7);
    EXPECT_EQ(argmax, peak);
    x[peak] = kNan;
    MaxLastAxis(1, c, x.data(), &max, &argmax);
    EXPECT_TRUE(std::isnan(max));
    EXPECT_EQ(argmax, peak);
  }
}

TEST(ReduceTest, MaxTakesTheFirstOfEqualsAndNan) {
  const float inf = std::numeric_limits<float>::infinity();
  const auto argmax = [](const Floats& x) {
    float max = 0;
    int32_t result = -1;
    MaxLastAxis(1, x.size(), x.data(), &max, &result);
    EXPECT_TRUE(max == x[result] || (std::isnan(max) && std::isnan(x[result])));
    return result;
  };
  Floats x(100, 1.0f);
  EXPECT_EQ(argmax(x), 0);
  x[40] = x[77] = 2;
  EXPECT_EQ(argmax(x), 40);
  x[99] = inf;
  EXPECT_EQ(argmax(x), 99);
  x[50] = x[60] = kNan;
  EXPECT_EQ(argmax(x), 50);
  EXPECT_EQ(argmax(Floats(37, -inf)), 0);
}

TEST(ReduceTest, SameBitsForAnyThreads) {
  for (const Matrix size :
       {Matrix{1031, 37}, Matrix{300, 768}, Matrix{5, 10007}, Matrix{70000, 3}}) {
    const auto [rows, c] = size;
    const Floats x = RandomFloats(rows * c, 1);
    ExpectSameBitsForAnyThreads([&, rows = rows, c = c] {
      Floats columns(c), lines(rows), max(rows), bits(2);
      const double sum = Sum(rows * c, x.data());
      std::memcpy(bits.data(), &sum, sizeof(sum));
      SumRows(rows, c, x.data(), columns.data(), false);
      SumLastAxis(rows, c, x.data(), lines.data());
      MaxLastAxis(rows, c, x.data(), max.data(), nullptr);
      return Joined(Joined(columns, lines), Joined(max, bits));
    });
  }
}

}  // namespace
}  // namespace gokart::kernels
