#include "tensor/kernels/elementwise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "tensor/kernels/kernel_test_util.h"

namespace gokart::kernels {
namespace {

/// expected[i] = f(i), in double.
template <typename F>
Doubles Tabulate(int64_t n, const F& f) {
  Doubles result(n);
  for (int64_t i = 0; i < n; ++i) result[i] = f(i);
  return result;
}

using Binary = void (*)(int64_t, const float*, const float*, float*);

TEST(ElementwiseTest, BinaryAtAllSizesAndInPlace) {
  for (const int64_t n : Sizes()) {
    const Floats a = RandomFloats(n, n + 1), b = RandomFloats(n, n + 2, 0.5f, 2);
    const auto check = [&](Binary function, auto op) {
      const Doubles expected =
          Tabulate(n, [&](int64_t i) { return op(double{a[i]}, double{b[i]}); });
      Floats y(n, kNan), over_a = a, over_b = b;
      function(n, a.data(), b.data(), y.data());
      function(n, over_a.data(), b.data(), over_a.data());
      function(n, a.data(), over_b.data(), over_b.data());
      ExpectClose(y, expected, 1e-7);
      ExpectClose(over_a, expected, 1e-7);
      ExpectClose(over_b, expected, 1e-7);
    };
    check(Add, [](double p, double q) { return p + q; });
    check(Subtract, [](double p, double q) { return p - q; });
    check(Multiply, [](double p, double q) { return p * q; });
    check(Divide, [](double p, double q) { return p / q; });
  }
}

TEST(ElementwiseTest, AccumulatingAtAllSizes) {
  for (const int64_t n : Sizes()) {
    const Floats a = RandomFloats(n, n + 1), b = RandomFloats(n, n + 2),
                 y0 = RandomFloats(n, n + 3);
    Floats y = y0;
    AddTo(n, a.data(), y.data());
    ExpectClose(y, Tabulate(n, [&](int64_t i) { return double{y0[i]} + a[i]; }), 1e-7);
    y = y0;
    MultiplyAddTo(n, a.data(), b.data(), y.data());
    ExpectClose(y, Tabulate(n, [&](int64_t i) { return y0[i] + double{a[i]} * b[i]; }), 2e-7);
    y = y0;
    Scale(n, -1.5f, a.data(), y.data(), true);
    ExpectClose(y, Tabulate(n, [&](int64_t i) { return y0[i] - 1.5 * a[i]; }), 2e-7);
    y.assign(n, kNan);
    Scale(n, -1.5f, a.data(), y.data(), false);
    ExpectClose(y, Tabulate(n, [&](int64_t i) { return -1.5 * a[i]; }), 1e-7);
  }
}

TEST(ElementwiseTest, FillAndCopyAtAllSizes) {
  for (const int64_t n : Sizes()) {
    Floats y(n, kNan);
    Fill(n, 2.5f, y.data());
    EXPECT_EQ(y, Floats(n, 2.5f));
    const Floats x = RandomFloats(n, n + 1);
    Copy(n, x.data(), y.data());
    EXPECT_EQ(y, x);
    Copy(n, y.data(), y.data());
    EXPECT_EQ(y, x);
  }
}

// Large buffers are written past the caches, in aligned pieces.
TEST(ElementwiseTest, FillOfALargeBufferAtAnyAlignment) {
  const int64_t n = (int64_t{8} << 20) + 7;
  Floats y(n + 8, 1.0f);
  for (int64_t offset = 0; offset < 4; ++offset) {
    const float value = static_cast<float>(2 + offset);
    Fill(n, value, y.data() + 1 + offset);
    EXPECT_EQ(y[offset], offset == 0 ? 1.0f : value - 1);  // what stood in front of it
    EXPECT_EQ(std::count(y.begin() + 1 + offset, y.begin() + 1 + offset + n, value), n);
    EXPECT_EQ(y[1 + offset + n], 1.0f);
  }
}

TEST(ElementwiseTest, RowsAtAllSizes) {
  for (const auto [rows, c] : MatrixSizes()) {
    const Floats x = RandomFloats(rows * c, 1), row = RandomFloats(c, 2);
    Floats sum(rows * c, kNan), product = x;
    AddRow(rows, c, x.data(), row.data(), sum.data());
    MultiplyRow(rows, c, product.data(), row.data(), product.data());
    const int64_t n = rows * c, width = c;
    ExpectClose(sum, Tabulate(n, [&](int64_t i) { return double{x[i]} + row[i % width]; }), 1e-7);
    ExpectClose(product, Tabulate(n, [&](int64_t i) { return double{x[i]} * row[i % width]; }),
                1e-7);
  }
}

TEST(ElementwiseTest, KeepBitsAtAllSizes) {
  for (const int64_t n : Sizes()) {
    std::mt19937_64 generator(n);
    std::vector<uint64_t> keep((n + 63) / 64);
    std::vector<bool> kept(n);
    for (uint64_t& word : keep) word = generator();
    for (int64_t i = 0; i < n; ++i) kept[i] = (keep[i / 64] >> (i % 64)) % 2 == 1;
    const Floats x = RandomFloats(n, n + 1);
    Floats y(n, kNan), in_place = x, added(n, 3.0f);
    ApplyKeepBits(n, keep.data(), 1.25f, x.data(), y.data(), false);
    ApplyKeepBits(n, keep.data(), 1.25f, in_place.data(), in_place.data(), false);
    ApplyKeepBits(n, keep.data(), 1.25f, x.data(), added.data(), true);
    const auto expected = [&](int64_t i) { return kept[i] ? 1.25 * x[i] : 0.0; };
    ExpectClose(y, Tabulate(n, expected), 1e-7);
    ExpectClose(in_place, Tabulate(n, expected), 1e-7);
    ExpectClose(added, Tabulate(n, [&](int64_t i) { return 3 + expected(i); }), 2e-7);
  }
}

TEST(ElementwiseTest, DroppedNanIsZero) {
  const Floats x(70, kNan);
  const std::vector<uint64_t> keep = {uint64_t{1} << 5, 0};
  Floats y(70, 1.0f);
  ApplyKeepBits(70, keep.data(), 2, x.data(), y.data(), false);
  for (int i = 0; i < 70; ++i) EXPECT_TRUE(i == 5 ? std::isnan(y[i]) : y[i] == 0) << i;
}

TEST(ElementwiseTest, UnaryAtAllSizes) {
  for (const int64_t n : Sizes()) {
    const Floats x = RandomFloats(n, n + 1, 0, 8);
    Floats y(n, kNan);
    Exp(n, x.data(), y.data());
    ExpectClose(y, Tabulate(n, [&](int64_t i) { return std::exp(double{x[i]}); }), 2e-7);
    Log(n, x.data(), y.data());
    ExpectClose(y, Tabulate(n, [&](int64_t i) { return std::log(double{x[i]}); }), 2e-7);
    Sqrt(n, x.data(), y.data());
    ExpectClose(y, Tabulate(n, [&](int64_t i) { return std::sqrt(double{x[i]}); }), 2e-7);
  }
}

TEST(ElementwiseTest, UnaryOfSpecialValues) {
  Floats x(20, -1.0f), y(20);
  x[0] = 0;
  x[1] = std::numeric_limits<float>::infinity();
  const Doubles special = {0, HUGE_VAL};
  Doubles logs(20, NAN), roots(20, NAN);
  logs[0] = -HUGE_VAL;
  roots[0] = 0;
  logs[1] = roots[1] = HUGE_VAL;
  Log(20, x.data(), y.data());
  ExpectClose(y, logs, 0);
  Sqrt(20, x.data(), y.data());
  ExpectClose(y, roots, 0);
}

TEST(ElementwiseTest, SameBitsForAnyThreads) {
  const int64_t n = 100003;
  const Floats a = RandomFloats(n, 1), b = RandomFloats(n, 2);
  const std::vector<uint64_t> keep((n + 63) / 64, 0x123456789abcdef0u);
  ExpectSameBitsForAnyThreads([&] {
    Floats y(n), z(n);
    Divide(n, a.data(), b.data(), y.data());
    MultiplyAddTo(n, a.data(), b.data(), y.data());
    ApplyKeepBits(n, keep.data(), 1.1f, y.data(), z.data(), false);
    Exp(n, z.data(), z.data());
    return Joined(y, z);
  });
}

}  // namespace
}  // namespace gokart::kernels
