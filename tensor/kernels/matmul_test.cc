#include "tensor/kernels/matmul.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "tensor/kernels/parallel.h"

namespace gokart::kernels {
namespace {

constexpr float kUntouched = 12345;

std::vector<float> Random(int64_t n, int seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> x(n);
  for (float& value : x) value = normal(generator);
  return x;
}

// A product with everything that it needs. `gap` floats lie between rows, or, if gap is negative,
// rows start at multiples of -gap.
struct Problem {
  Problem(MatMulShape s, int64_t gap, int seed = 1) : shape(s) {
    const auto stride = [gap](int64_t n) {
      return gap >= 0 ? n + gap : (n - gap - 1) / -gap * -gap;
    };
    shape.a_stride = stride(s.transpose_a ? s.m : s.k);
    shape.b_stride = stride(s.transpose_b ? s.k : s.n);
    shape.c_stride = stride(s.n);
    a = Random((s.transpose_a ? s.k : s.m) * shape.a_stride, seed);
    b = Random((s.transpose_b ? s.n : s.k) * shape.b_stride, seed + 1);
    c.assign(s.m * shape.c_stride, kUntouched);
    for (int64_t i = 0; i < s.m; ++i) {
      const std::vector<float> row = Random(s.n, seed + 2);
      std::copy(row.begin(), row.end(), c.begin() + i * shape.c_stride);
    }
  }

  double A(int64_t i, int64_t l) const {
    return shape.transpose_a ? a[l * shape.a_stride + i] : a[i * shape.a_stride + l];
  }
  double B(int64_t l, int64_t j) const {
    return shape.transpose_b ? b[j * shape.b_stride + l] : b[l * shape.b_stride + j];
  }

  MatMulShape shape;
  std::vector<float> a, b, c;
};

std::string Describe(const MatMulShape& s) {
  return std::to_string(s.m) + " x " + std::to_string(s.n) + " x " + std::to_string(s.k) +
         (s.transpose_a ? " T" : " N") + (s.transpose_b ? "T" : "N") +
         (s.accumulate ? " accumulate" : "") + " a_stride " + std::to_string(s.a_stride) +
         " b_stride " + std::to_string(s.b_stride);
}

// Compares every `step`-th entry of c with the sum of products in double. In float32 that sum, in
// any order, is off by at most k + 1 roundings, each of 2^-24 of the sum of the magnitudes.
void ExpectProduct(const Problem& p, const std::vector<float>& c, int64_t step = 1) {
  const MatMulShape& s = p.shape;
  for (int64_t index = 0; index < s.m * s.n; index += step) {
    const int64_t i = index / s.n, j = index % s.n;
    const double before = s.accumulate ? p.c[i * s.c_stride + j] : 0;
    double sum = before, magnitude = std::abs(before);
    for (int64_t l = 0; l < s.k; ++l) {
      sum += p.A(i, l) * p.B(l, j);
      magnitude += std::abs(p.A(i, l) * p.B(l, j));
    }
    ASSERT_NEAR(c[i * s.c_stride + j], sum, (s.k + 1) * 0x1p-24 * magnitude)
        << Describe(s) << " at " << i << ", " << j;
  }
  for (int64_t i = 0; i < s.m; ++i) {
    for (int64_t j = s.n; j < s.c_stride; ++j) {
      ASSERT_EQ(c[i * s.c_stride + j], kUntouched) << Describe(s) << ": wrote between rows";
    }
  }
}

std::vector<float> Multiply(const Problem& p, const MatMulEpilogue& epilogue = nullptr) {
  std::vector<float> c = p.c;
  MatMul(p.shape, p.a.data(), p.b.data(), c.data(), epilogue);
  return c;
}

struct Layout {
  bool transpose_a, transpose_b;
};
constexpr Layout kLayouts[] = {{false, false}, {false, true}, {true, false}, {true, true}};

// The ways that a product may go: dot products, one tile, several tiles, a split K, with edges that
// fit nothing, and strides at which oneDNN gets its operands copied.
const std::tuple<int, int, int> kLargeSizes[] = {
    {1, 1031, 521},  {3, 769, 1000},  {8, 2050, 67},   {1031, 1, 521}, {1031, 5, 257},
    {9, 1031, 521},  {1031, 11, 257}, {521, 401, 97},  {256, 384, 48}, {257, 385, 513},
    {600, 1200, 65}, {33, 17, 5003},  {16, 100, 2048}, {130, 64, 4099}};

TEST(MatMulTest, SmallSizesInAllLayouts) {
  const int sizes[] = {1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65};
  int count = 0;
  for (int m : sizes) {
    for (int n : sizes) {
      for (int k : sizes) {
        for (const auto& [ta, tb] : kLayouts) {
          ++count;
          const Problem p({m, n, k, ta, tb, /*accumulate=*/count % 3 == 0}, count % 2 * 3);
          ExpectProduct(p, Multiply(p));
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

TEST(MatMulTest, LargeSizesInAllLayouts) {
  int count = 0;
  for (const auto& [m, n, k] : kLargeSizes) {
    for (const auto& [ta, tb] : kLayouts) {
      for (int64_t gap : {0, 5, -1024}) {
        const Problem p({m, n, k, ta, tb, /*accumulate=*/++count % 2 == 0}, gap);
        ExpectProduct(p, Multiply(p), /*step=*/m * n < 5000 ? 1 : 997);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(MatMulTest, WithoutInnerDimensionTheProductIsZero) {
  for (int n : {4, 400}) {
    Problem p({20, n, 0}, 1);
    ExpectProduct(p, Multiply(p));
    p.shape.accumulate = true;
    ExpectProduct(p, Multiply(p));
  }
}

TEST(MatMulTest, EmptyOutputIsLeftAlone) {
  float c = kUntouched;
  MatMul({.m = 0, .n = 3, .k = 2}, &c, &c, &c, [](const MatMulTile&) { FAIL(); });
  MatMul({.m = 3, .n = 0, .k = 2}, &c, &c, &c, [](const MatMulTile&) { FAIL(); });
  EXPECT_EQ(c, kUntouched);
}

TEST(MatMulTest, EpilogueSeesEveryFinishedEntryOnce) {
  for (const auto& [m, n, k] : kLargeSizes) {
    for (const auto& [ta, tb] : kLayouts) {
      const Problem p({m, n, k, ta, tb}, 0);
      const std::vector<float> plain = Multiply(p);
      std::vector<float> c = p.c, seen(c.size(), kUntouched);
      std::vector<int> calls(c.size(), 0);
      MatMul(p.shape, p.a.data(), p.b.data(), c.data(), [&](const MatMulTile& tile) {
        for (int64_t i = tile.row_begin; i < tile.row_end; ++i) {
          for (int64_t j = tile.col_begin; j < tile.col_end; ++j) {
            seen[i * n + j] = c[i * n + j];
            c[i * n + j] = -1;
            ++calls[i * n + j];
          }
        }
      });
      ASSERT_EQ(seen, plain) << Describe(p.shape);
      ASSERT_EQ(c, std::vector<float>(c.size(), -1)) << Describe(p.shape);
      ASSERT_EQ(calls, std::vector<int>(c.size(), 1)) << Describe(p.shape);
    }
  }
}

TEST(MatMulTest, SameBitsForAnyNumberOfThreads) {
  const int threads_before = NumThreads();
  std::vector<std::tuple<int, int, int>> sizes(std::begin(kLargeSizes), std::end(kLargeSizes));
  // Weight gradients of B * T = 2048 tokens and more, narrow ones, too.
  sizes.insert(sizes.end(), {{1, 300, 2000},
                             {1, 16, 20000},
                             {48, 200, 2048},
                             {2, 64, 3000},
                             {64, 64, 8192},
                             {7, 9, 10000},
                             {300, 8, 2500},
                             {768, 16, 2048},
                             {129, 515, 2300}});
  for (const auto& [m, n, k] : sizes) {
    for (const auto& [ta, tb] : kLayouts) {
      const Problem p({m, n, k, ta, tb, /*accumulate=*/true}, 0);
      SetNumThreads(1);
      const std::vector<float> expected = Multiply(p);
      for (int threads : {1, 2, 3, 4}) {
        SetNumThreads(threads);
        const std::vector<float> c = Multiply(p);
        ASSERT_EQ(std::memcmp(c.data(), expected.data(), c.size() * sizeof(float)), 0)
            << Describe(p.shape) << ", " << threads << " threads";
      }
    }
  }
  SetNumThreads(threads_before);
}

TEST(MatMulTest, LeavesTheNumberOfThreadsAlone) {
  const int threads_before = NumThreads();
  SetNumThreads(3);
  for (int size : {2, 20, 400}) Multiply(Problem({size, size, size}, 0));
  EXPECT_EQ(NumThreads(), 3);
  SetNumThreads(threads_before);
}

std::string ErrorOf(const MatMulShape& s) {
  std::vector<float> x(100);
  try {
    MatMul(s, x.data(), x.data(), x.data());
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "none";
}

TEST(MatMulTest, RefusesImpossibleShapes) {
  const std::string reason = ": negative size, or a stride below the row's length";
  EXPECT_EQ(
      ErrorOf({.m = 2, .n = 4, .k = 3, .transpose_a = true, .c_stride = 3}),
      "MatMul: A [3, 2] with stride 2, B [3, 4] with stride 4, C [2, 4] with stride 3" + reason);
  EXPECT_EQ(
      ErrorOf({.m = 2, .n = 5, .k = 4, .a_stride = 3}),
      "MatMul: A [2, 4] with stride 3, B [4, 5] with stride 5, C [2, 5] with stride 5" + reason);
  EXPECT_EQ(
      ErrorOf({.m = 2, .n = 5, .k = 4, .transpose_b = true, .b_stride = 3}),
      "MatMul: A [2, 4] with stride 4, B [5, 4] with stride 3, C [2, 5] with stride 5" + reason);
  EXPECT_EQ(
      ErrorOf({.m = -1, .n = 1, .k = 1}),
      "MatMul: A [-1, 1] with stride 1, B [1, 1] with stride 1, C [-1, 1] with stride 1" + reason);
  EXPECT_EQ(ErrorOf({.m = 2, .n = 3, .k = 4}), "none");
}

// Batch entries that are small, that are large, and that are products of few rows.
TEST(BatchedMatMulTest, EachEntryIsAProductOfItsOwn) {
  for (const auto& [batch, m, n, k] : {std::tuple(50, 17, 33, 5), std::tuple(2, 400, 500, 400),
                                       std::tuple(24, 128, 128, 64), std::tuple(96, 1, 70, 64)}) {
    for (const auto& [ta, tb] : kLayouts) {
      const MatMulShape s = {m, n, k, ta, tb, /*accumulate=*/true};
      std::vector<Problem> entries;
      std::vector<float> a, b, c;
      for (int i = 0; i < batch; ++i) {
        const Problem& p = entries.emplace_back(s, 0, /*seed=*/10 * i);
        a.insert(a.end(), p.a.begin(), p.a.end());
        b.insert(b.end(), p.b.begin(), p.b.end());
        c.insert(c.end(), p.c.begin(), p.c.end());
      }
      BatchedMatMul(batch, s, a.data(), m * k, b.data(), k * n, c.data(), m * n);
      for (int i = 0; i < batch; ++i) {
        ExpectProduct(entries[i], {c.begin() + i * m * n, c.begin() + (i + 1) * m * n}, 13);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(BatchedMatMulTest, AStepOfZeroSharesAMatrix) {
  const int batch = 5, m = 9, n = 20, k = 30;
  const std::vector<float> a = Random(batch * m * k, 1), b = Random(k * n, 2);
  std::vector<float> batched(batch * m * n), at_once(batch * m * n);
  BatchedMatMul(batch, {.m = m, .n = n, .k = k}, a.data(), m * k, b.data(), 0, batched.data(),
                m * n);
  MatMul({.m = batch * m, .n = n, .k = k}, a.data(), b.data(), at_once.data());
  for (size_t i = 0; i < at_once.size(); ++i) ASSERT_NEAR(batched[i], at_once[i], 1e-4);
}

TEST(BatchedMatMulTest, SameBitsForAnyNumberOfThreads) {
  const int threads_before = NumThreads();
  for (const auto& [batch, m, n, k] : {std::tuple(7, 100, 90, 80), std::tuple(3, 64, 48, 2500)}) {
    const std::vector<float> a = Random(batch * m * k, 1), b = Random(batch * k * n, 2);
    std::vector<float> expected;
    for (int threads : {1, 2, 3, 4}) {
      SetNumThreads(threads);
      std::vector<float> c(batch * m * n);
      BatchedMatMul(batch, {.m = m, .n = n, .k = k}, a.data(), m * k, b.data(), k * n, c.data(),
                    m * n);
      if (threads == 1) expected = c;
      ASSERT_EQ(std::memcmp(c.data(), expected.data(), c.size() * sizeof(float)), 0) << threads;
    }
  }
  SetNumThreads(threads_before);
}

TEST(MatVecTest, MatchesDoubleArithmetic) {
  for (int n : {0, 1, 2, 3, 4, 5, 7, 1000}) {
    for (int k : {0, 1, 2, 15, 16, 17, 33, 768, 1031}) {
      const std::vector<float> w = Random(n * k, 1), x = Random(k, 2), bias = Random(n, 3);
      for (const float* b : {static_cast<const float*>(nullptr), bias.data()}) {
        std::vector<float> y(n, kUntouched);
        MatVec(n, k, w.data(), x.data(), b, y.data());
        for (int i = 0; i < n; ++i) {
          double sum = b != nullptr ? b[i] : 0, magnitude = std::abs(sum);
          for (int l = 0; l < k; ++l) {
            sum += double{w[i * k + l]} * x[l];
            magnitude += std::abs(double{w[i * k + l]} * x[l]);
          }
          ASSERT_NEAR(y[i], sum, (k + 1) * 0x1p-24 * magnitude) << n << " x " << k << " at " << i;
        }
      }
    }
  }
}

// A token's result does not depend on how many others are decoded beside it.
TEST(MatVecTest, SameBitsAsRowsOfAProduct) {
  const int n = 1003, k = 77;
  const std::vector<float> w = Random(n * k, 1), x = Random(8 * k, 2);
  for (int m = 1; m <= 8; ++m) {
    std::vector<float> together(m * n), alone(n);
    MatMul({.m = m, .n = n, .k = k, .transpose_b = true}, x.data(), w.data(), together.data());
    for (int i = 0; i < m; ++i) {
      MatVec(n, k, w.data(), x.data() + i * k, nullptr, alone.data());
      ASSERT_EQ(std::memcmp(alone.data(), together.data() + i * n, n * sizeof(float)), 0) << m;
    }
  }
}

TEST(MatVecTest, SameBitsForAnyNumberOfThreads) {
  const int threads_before = NumThreads(), n = 3001, k = 515;
  const std::vector<float> w = Random(n * k, 1), x = Random(k, 2), bias = Random(n, 3);
  std::vector<float> expected(n);
  SetNumThreads(1);
  MatVec(n, k, w.data(), x.data(), bias.data(), expected.data());
  for (int threads : {2, 3, 4}) {
    SetNumThreads(threads);
    std::vector<float> y(n);
    MatVec(n, k, w.data(), x.data(), bias.data(), y.data());
    EXPECT_EQ(y, expected) << threads;
  }
  SetNumThreads(threads_before);
}

}  // namespace
}  // namespace gokart::kernels
