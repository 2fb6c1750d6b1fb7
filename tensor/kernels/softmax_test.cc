#include "tensor/kernels/softmax.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "tensor/kernels/kernel_test_util.h"

namespace gokart::kernels {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

struct Exact {
  Doubles softmax, log_softmax, log_sum_exp;

  Exact(Matrix size, const Floats& x)
      : softmax(x.size()), log_softmax(x.size()), log_sum_exp(size.rows) {
    const auto [rows, c] = size;
    for (int64_t r = 0; r < rows; ++r) {
      double sum = 0;
      for (int64_t j = 0; j < c; ++j) sum += std::exp(static_cast<double>(x[r * c + j]));
      log_sum_exp[r] = std::log(sum);
      for (int64_t j = 0; j < c; ++j) {
        softmax[r * c + j] = std::exp(static_cast<double>(x[r * c + j])) / sum;
        log_softmax[r * c + j] = x[r * c + j] - log_sum_exp[r];
      }
    }
  }
};

TEST(SoftmaxTest, ForwardMatchesTheDefinitionAtAllSizes) {
  for (const Matrix size : MatrixSizes()) {
    const auto [rows, c] = size;
    const Floats x = RandomFloats(rows * c, 1, -30, 30);
    const Exact exact(size, x);
    Floats y(rows * c, kNan), in_place = x;
    SoftmaxForward(rows, c, x.data(), y.data());
    SoftmaxForward(rows, c, in_place.data(), in_place.data());
    ExpectClose(y, exact.softmax, 1e-6);
    ExpectClose(in_place, exact.softmax, 1e-6);
    y.assign(rows * c, kNan);
    in_place = x;
    LogSoftmaxForward(rows, c, x.data(), y.data());
    LogSoftmaxForward(rows, c, in_place.data(), in_place.data());
    ExpectClose(y, exact.log_softmax, 3e-7);
    ExpectClose(in_place, exact.log_softmax, 3e-7);
    Floats log_sum_exp(rows, kNan);
    LogSumExp(rows, c, x.data(), log_sum_exp.data());
    ExpectClose(log_sum_exp, exact.log_sum_exp, 3e-7);
  }
}

TEST(SoftmaxTest, BackwardMatchesTheJacobianAtAllSizes) {
  for (const Matrix size : MatrixSizes()) {
    const auto [rows, c] = size;
    const Floats x = RandomFloats(rows * c, 1, -4, 4), dy = RandomFloats(rows * c, 2);
    const Exact exact(size, x);
    Floats y(exact.softmax.begin(), exact.softmax.end());
    Floats log_y(exact.log_softmax.begin(), exact.log_softmax.end());
    Doubles dx(rows * c), log_dx(rows * c), dx_plus(rows * c), log_dx_plus(rows * c);
    for (int64_t r = 0; r < rows; ++r) {
      double dot = 0, sum = 0;
      for (int64_t i = r * c; i < (r + 1) * c; ++i) {
        dot += exact.softmax[i] * dy[i];
        sum += dy[i];
      }
      for (int64_t i = r * c; i < (r + 1) * c; ++i) {
        dx[i] = exact.softmax[i] * (dy[i] - dot);
        log_dx[i] = dy[i] - exact.softmax[i] * sum;
        dx_plus[i] = 3 + dx[i];
        log_dx_plus[i] = 3 + log_dx[i];
      }
    }
    Floats stored(rows * c, kNan), in_place = dy, added(rows * c, 3.0f);
    SoftmaxBackward(rows, c, y.data(), dy.data(), stored.data(), false);
    SoftmaxBackward(rows, c, y.data(), in_place.data(), in_place.data(), false);
    SoftmaxBackward(rows, c, y.data(), dy.data(), added.data(), true);
    ExpectClose(stored, dx, 1e-6);
    ExpectClose(in_place, dx, 1e-6);
    ExpectClose(added, dx_plus, 1e-6);
    stored.assign(rows * c, kNan);
    in_place = dy;
    added.assign(rows * c, 3.0f);
    LogSoftmaxBackward(rows, c, log_y.data(), dy.data(), stored.data(), false);
    LogSoftmaxBackward(rows, c, log_y.data(), in_place.data(), in_place.data(), false);
    LogSoftmaxBackward(rows, c, log_y.data(), dy.data(), added.data(), true);
    ExpectClose(stored, log_dx, 1e-5);
    ExpectClose(in_place, log_dx, 1e-5);
    ExpectClose(added, log_dx_plus, 1e-5);
  }
}

// log(1 + e + e^2) = 2.4076060; weights 0.09003057, 0.24472847, 0.66524096, wherever the row is.
TEST(SoftmaxTest, ByHandAndShifted) {
  for (const float shift : {-10000.0f, -100.0f, 0.0f, 100.0f, 10000.0f}) {
    const Floats x = {shift, shift + 1, shift + 2};
    Floats y(3), log_y(3), log_sum_exp(1);
    SoftmaxForward(1, 3, x.data(), y.data());
    ExpectClose(y, {0.09003057, 0.24472847, 0.66524096}, 1e-7);
    LogSoftmaxForward(1, 3, x.data(), log_y.data());
    ExpectClose(log_y, {-2.40760596, -1.40760596, -0.40760596}, 1e-7);
    LogSumExp(1, 3, x.data(), log_sum_exp.data());
    ExpectClose(log_sum_exp, {shift + 2.40760596}, 1e-7);
  }
}

// The largest entry in each chunk of the row, so that the running sum has to be rescaled or not.
TEST(SoftmaxTest, LogSumExpOfLongRowsWithThePeakAnywhere) {
  const int64_t c = 9001;
  for (int64_t peak = 5; peak < c; peak += 999) {
    Floats x = RandomFloats(c, peak, -1, 1);
    for (const float height : {4.0f, 12.0f, 300.0f}) {
      x[peak] = height;
      Floats log_sum_exp(1);
      LogSumExp(1, c, x.data(), log_sum_exp.data());
      ExpectClose(log_sum_exp, Exact({1, c}, x).log_sum_exp, 5e-7);
    }
  }
}

// Nothing but masked entries for long, then finite ones of any size.
TEST(SoftmaxTest, LogSumExpAfterMaskedChunks) {
  for (const float value : {-3e38f, -1000.0f, 0.0f, 1000.0f}) {
    Floats x(9001, -kInf);
    x[8500] = x[8600] = value;
    Floats log_sum_exp(1), log_y(x.size());
    LogSumExp(1, x.size(), x.data(), log_sum_exp.data());
    ExpectClose(log_sum_exp, {value + 0.69314718}, 2e-7);
    LogSoftmaxForward(1, x.size(), x.data(), log_y.data());
    EXPECT_EQ(log_y[0], -kInf);
    EXPECT_NEAR(log_y[8500], -0.69314718, std::abs(value) < 1e30f ? 1e-7 : 1);
  }
}

TEST(SoftmaxTest, MaskedEntriesHaveNoWeight) {
  Floats x = RandomFloats(40, 1), y(40);
  for (int i = 20; i < 40; ++i) x[i] = -kInf;
  SoftmaxForward(1, 40, x.data(), y.data());
  double sum = 0;
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(y[i] == 0, i >= 20);
    sum += y[i];
  }
  EXPECT_NEAR(sum, 1, 1e-6);
  LogSoftmaxForward(1, 40, x.data(), y.data());
  EXPECT_EQ(y[30], -kInf);
}

TEST(SoftmaxTest, SpecialRowsAreAsInPyTorch) {
  for (const int64_t c : {1, 7, 40, 5000}) {
    Floats masked(c, -kInf), infinite(c, 1.0f), nan(c, 1.0f);
    infinite[c - 1] = kInf;
    nan[c - 1] = kNan;
    Floats both = infinite;
    both[0] = kNan;
    const auto log_sum_exp = [c](const Floats& x) {
      float result = 0;
      LogSumExp(1, c, x.data(), &result);
      return result;
    };
    EXPECT_EQ(log_sum_exp(masked), -kInf);
    EXPECT_EQ(log_sum_exp(infinite), kInf);
    EXPECT_TRUE(std::isnan(log_sum_exp(nan)));
    EXPECT_TRUE(std::isnan(log_sum_exp(both)));
    for (const Floats& x : {masked, infinite, nan, both}) {
      Floats y(c), log_y(c);
      SoftmaxForward(1, c, x.data(), y.data());
      LogSoftmaxForward(1, c, x.data(), log_y.data());
      for (int64_t i = 0; i < c; ++i) {
        EXPECT_TRUE(std::isnan(y[i]) && std::isnan(log_y[i])) << i << " of " << c;
      }
    }
  }
}

TEST(SoftmaxTest, SameBitsForAnyThreads) {
  for (const Matrix size : {Matrix{1031, 37}, Matrix{5, 10007}}) {
    const auto [rows, c] = size;
    const Floats x = RandomFloats(rows * c, 1), dy = RandomFloats(rows * c, 2);
    ExpectSameBitsForAnyThreads([&, rows = rows, c = c] {
      Floats y(rows * c), dx(rows * c), log_y(rows * c), log_dx(rows * c), log_sum_exp(rows);
      SoftmaxForward(rows, c, x.data(), y.data());
      SoftmaxBackward(rows, c, y.data(), dy.data(), dx.data(), false);
      LogSoftmaxForward(rows, c, x.data(), log_y.data());
      LogSoftmaxBackward(rows, c, log_y.data(), dy.data(), log_dx.data(), false);
      LogSumExp(rows, c, x.data(), log_sum_exp.data());
      return Joined(Joined(y, dx), Joined(Joined(log_y, log_dx), log_sum_exp));
    });
  }
}

}  // namespace
}  // namespace gokart::kernels
