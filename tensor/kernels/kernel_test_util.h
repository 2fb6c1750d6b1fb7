// What the tests of the kernels share: inputs, sizes, comparison with a twin in double, and the
// demand that the result does not depend on the number of threads.
#ifndef GOKART_TENSOR_KERNELS_KERNEL_TEST_UTIL_H_
#define GOKART_TENSOR_KERNELS_KERNEL_TEST_UTIL_H_

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "tensor/kernels/parallel.h"

namespace gokart::kernels {

using Floats = std::vector<float>;
using Doubles = std::vector<double>;

inline constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// `n` numbers, uniform in [lo, hi).
inline Floats RandomFloats(int64_t n, uint32_t seed, float lo = -2, float hi = 2) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> uniform(lo, hi);
  Floats result(n);
  for (float& x : result) x = uniform(generator);
  return result;
}

/// Where kernels go wrong: all sizes around the width of a vector, primes, and the edges of a
/// thread's range.
inline std::vector<int64_t> Sizes() {
  std::vector<int64_t> sizes;
  for (int64_t n = 0; n <= 70; ++n) sizes.push_back(n);
  for (int64_t n : {97, 127, 128, 129, 257, 1021, 16383, 16384, 16385, 32767, 32769, 80021})
    sizes.push_back(n);
  return sizes;
}

struct Matrix {
  int64_t rows, c;
};

/// Rows and columns likewise; the last ones are shared between threads.
inline std::vector<Matrix> MatrixSizes() {
  std::vector<Matrix> sizes;
  for (int64_t c = 1; c <= 70; ++c) sizes.push_back({3, c});
  for (int64_t rows : {0, 1, 2, 15, 16, 17, 31, 33}) sizes.push_back({rows, 19});
  sizes.insert(sizes.end(), {{2, 1021}, {1, 5003}, {257, 129}, {1031, 37}, {3, 20011}});
  return sizes;
}

/// Expects |actual - expected| <= tolerance * (1 + |expected|) in every entry, and NaN where NaN is
/// expected.
inline void ExpectClose(const Floats& actual, const Doubles& expected, double tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    if (std::isnan(expected[i]) || std::isinf(expected[i])) {
      ASSERT_TRUE(std::isnan(expected[i]) ? std::isnan(actual[i]) : actual[i] == expected[i])
          << "entry " << i << " of " << actual.size() << ": " << actual[i] << " for "
          << expected[i];
      continue;
    }
    ASSERT_LE(std::abs(actual[i] - expected[i]), tolerance * (1 + std::abs(expected[i])))
        << "entry " << i << " of " << actual.size() << ": " << actual[i] << " for " << expected[i];
  }
}

/// Expects that `compute()`, which returns Floats, gives the same bits on 1, 2, 3 and 4 threads.
template <typename Compute>
void ExpectSameBitsForAnyThreads(const Compute& compute) {
  const int before = NumThreads();
  SetNumThreads(1);
  const Floats one = compute();
  for (int threads = 2; threads <= 4; ++threads) {
    SetNumThreads(threads);
    const Floats several = compute();
    ASSERT_EQ(several.size(), one.size());
    EXPECT_EQ(std::memcmp(several.data(), one.data(), one.size() * sizeof(float)), 0)
        << threads << " threads";
  }
  SetNumThreads(before);
}

/// b appended to a; for kernels with several results.
inline Floats Joined(Floats a, const Floats& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_KERNEL_TEST_UTIL_H_
