// Each format against its definition, decoded here by hand from the plain layout; error bounds; and
// products against double arithmetic on the decoded weights.
#include "tensor/quantized/quantized_matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensor/kernels/parallel.h"
#include "tensor/quantized/block_codes.h"
#include "tensor/random.h"

namespace gokart {
namespace {

std::vector<float> Normal(int64_t n, uint64_t seed, float std = 1) {
  std::vector<float> x(n);
  Generator generator(seed);
  generator.Normal(x.data(), n, 0, std);
  return x;
}

std::vector<float> Decoded(const QuantizedMatrix& w) {
  std::vector<float> out(w.rows() * w.cols());
  w.Dequantize(0, w.rows(), out.data());
  return out;
}

double HalfToDouble(uint16_t bits) {
  const int exponent = bits >> 10 & 31, mantissa = bits & 1023;
  const double magnitude =
      exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  return bits >> 15 ? -magnitude : magnitude;
}

uint16_t HalfAt(const std::byte* p) {
  uint16_t bits;
  std::memcpy(&bits, p, 2);
  return bits;
}

// A row of the plain layout, by the format's description.
std::vector<double> DecodePlainRow(WeightFormat format, const std::byte* p, int64_t cols) {
  std::vector<double> out(cols);
  for (int64_t c = 0; c < cols; ++c) {
    switch (format) {
      case WeightFormat::kFloat16:
        out[c] = HalfToDouble(HalfAt(p + 2 * c));
        break;
      case WeightFormat::kBFloat16:
        out[c] = std::bit_cast<float>(uint32_t{HalfAt(p + 2 * c)} << 16);
        break;
      case WeightFormat::kQ8: {
        const std::byte* block = p + c / 32 * 34;
        out[c] = HalfToDouble(HalfAt(block)) * static_cast<int8_t>(block[2 + c % 32]);
        break;
      }
      default: {
        const std::byte* block = p + c / 32 * 18;
        const int byte = static_cast<int>(block[2 + c % 16]);
        const int q = c % 32 < 16 ? byte & 15 : byte >> 4;
        out[c] = HalfToDouble(HalfAt(block)) * (q - 8);
      }
    }
  }
  return out;
}

double RootMeanSquare(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
  return std::sqrt(sum / a.size());
}

// How far w . x may be from the exact number because x is rounded to 16 bits: half of a step, a
// 32767th of the largest of 32 columns, for each of them. Only whole numbers are multiplied so, and
// only where they are not brought back to floats first, as for 65 rows of x or more.
double FixedPointError(WeightFormat format, int64_t m, int64_t cols, const float* w,
                       const float* x) {
  if (format != WeightFormat::kQ8 && format != WeightFormat::kQ4) return 0;
  if (m >= 65) return 0;
  double error = 0;
  for (int64_t begin = 0; begin < cols; begin += 32) {
    double largest = 0, weights = 0;
    for (int64_t c = begin; c < std::min(cols, begin + 32); ++c) {
      largest = std::max(largest, std::abs(double{x[c]}));
      weights += std::abs(double{w[c]});
    }
    error += weights * largest / 32767 / 2;
  }
  return error;
}

class EveryFormat : public testing::TestWithParam<WeightFormat> {};
INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat,
                         testing::Values(WeightFormat::kFloat16, WeightFormat::kBFloat16,
                                         WeightFormat::kQ8, WeightFormat::kQ4, WeightFormat::kNF4),
                         [](const auto& info) { return Describe(info.param).name; });

TEST_P(EveryFormat, DequantizesWhatThePlainLayoutSays) {
  if (GetParam() == WeightFormat::kNF4) GTEST_SKIP() << "has no plain layout";
  const int64_t rows = 37, cols = 96;
  const QuantizedMatrix w =
      QuantizedMatrix::Quantize(GetParam(), rows, cols, Normal(rows * cols, 1));
  const std::vector<std::byte> plain = w.PlainRows(0, rows);
  ASSERT_EQ(static_cast<int64_t>(plain.size()), rows * w.PlainRowBytes());
  const std::vector<float> decoded = Decoded(w);
  for (int64_t row = 0; row < rows; ++row) {
    const std::vector<double> expected =
        DecodePlainRow(GetParam(), plain.data() + row * w.PlainRowBytes(), cols);
    for (int64_t c = 0; c < cols; ++c) {
      // A product of an 11-bit scale and a code of up to 7 bits is exact in float32.
      ASSERT_EQ(decoded[row * cols + c], expected[c]) << row << ", " << c;
    }
  }
  EXPECT_EQ(w.PlainRows(5, 2), std::vector<std::byte>(plain.begin() + 5 * w.PlainRowBytes(),
                                                      plain.begin() + 7 * w.PlainRowBytes()));
  const QuantizedMatrix again = QuantizedMatrix::FromPlainRows(GetParam(), rows, cols, plain);
  EXPECT_EQ(Decoded(again), decoded);
}

// By the theory of uniform rounding: a step of size s leaves an error of s / sqrt(12).
TEST_P(EveryFormat, IsAsCloseAsItsBitsAllow) {
  const int64_t rows = 64, cols = 768;
  const std::vector<float> values = Normal(rows * cols, 2, 0.02f);
  const QuantizedMatrix w = QuantizedMatrix::Quantize(GetParam(), rows, cols, values);
  const double error = RootMeanSquare(values, Decoded(w)) / 0.02;
  switch (GetParam()) {
    case WeightFormat::kFloat16:  // 11 bits of mantissa: relative steps of 2^-11 to 2^-10
      EXPECT_LT(error, 0x1p-10 / std::sqrt(12));
      break;
    case WeightFormat::kBFloat16:
      EXPECT_LT(error, 0x1p-7 / std::sqrt(12));
      break;
    case WeightFormat::kQ8:  // of 32 normal numbers the largest has a mean square of 5.71
      EXPECT_NEAR(error, std::sqrt(5.71) / 127 / std::sqrt(12), 2e-4);
      break;
    case WeightFormat::kQ4:  // ggml's choice of the scale leaves 0.0859
      EXPECT_LT(error, 0.082);
      break;
    case WeightFormat::kNF4:  // 0.0945 with exact scales
      EXPECT_LT(error, 0.096);
      break;
  }
}

// More rows than are asked for at once, and not a whole number of panels.
TEST_P(EveryFormat, IsTheSameFromRowsThatComeAFewAtATime) {
  const int64_t rows = 2 * 5456 + 37, cols = 96;
  const std::vector<float> values = Normal(rows * cols, 7);
  int64_t asked = 0, most = 0;
  const QuantizedMatrix w = QuantizedMatrix::QuantizeRows(
      GetParam(), rows, cols, [&](int64_t begin, int64_t count, float* out) {
        EXPECT_EQ(begin, asked % rows);
        asked += count;
        most = std::max(most, count);
        std::copy_n(values.begin() + begin * cols, count * cols, out);
      });
  EXPECT_EQ(asked, GetParam() == WeightFormat::kNF4 ? 2 * rows : rows);
  EXPECT_LE(most * cols * 4, 2 << 20);
  const QuantizedMatrix whole = QuantizedMatrix::Quantize(GetParam(), rows, cols, values);
  EXPECT_EQ(Decoded(w), Decoded(whole));
}

TEST_P(EveryFormat, MultipliesTheWeightsThatItStandsFor) {
  for (const auto& [rows, cols] : std::vector<std::pair<int64_t, int64_t>>{
           {1, 1}, {15, 33}, {16, 64}, {17, 65}, {50, 100}, {130, 768}}) {
    const QuantizedMatrix w =
        QuantizedMatrix::Quantize(GetParam(), rows, cols, Normal(rows * cols, 3));
    const std::vector<float> weights = Decoded(w), bias = Normal(rows, 4);
    for (int64_t m : {1, 2, 3, 8, 9, 64, 65, 70}) {
      SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(cols) + ", " + std::to_string(m));
      const std::vector<float> x = Normal(m * cols, 5), dy = Normal(m * rows, 6);
      std::vector<float> y(m * rows, NAN), dx(m * cols, 0.5f);
      std::vector<int> covered(m * rows);
      w.MatMul(m, x.data(), bias.data(), y.data(), [&](const kernels::MatMulTile& tile) {
        for (int64_t i = tile.row_begin; i < tile.row_end; ++i) {
          for (int64_t j = tile.col_begin; j < tile.col_end; ++j) ++covered[i * rows + j];
        }
      });
      EXPECT_THAT(covered, testing::Each(1));
      w.MatMulTransposed(m, dy.data(), dx.data(), /*accumulate=*/true);
      double error = 0, norm = 0;
      for (int64_t i = 0; i < m; ++i) {
        for (int64_t r = 0; r < rows; ++r) {
          double sum = bias[r], size = std::abs(bias[r]);
          for (int64_t c = 0; c < cols; ++c) {
            sum += double{x[i * cols + c]} * weights[r * cols + c];
            size += std::abs(double{x[i * cols + c]} * weights[r * cols + c]);
          }
          const double rounding =
              FixedPointError(GetParam(), m, cols, weights.data() + r * cols, x.data() + i * cols);
          ASSERT_NEAR(y[i * rows + r], sum, 1e-6 * size + rounding) << i << ", " << r;
          error += (y[i * rows + r] - sum) * (y[i * rows + r] - sum);
          norm += sum * sum;
        }
        for (int64_t c = 0; c < cols; ++c) {
          double sum = 0.5, size = 0.5;
          for (int64_t r = 0; r < rows; ++r) {
            sum += double{dy[i * rows + r]} * weights[r * cols + c];
            size += std::abs(double{dy[i * rows + r]} * weights[r * cols + c]);
          }
          ASSERT_NEAR(dx[i * cols + c], sum, 1e-6 * size) << i << ", " << c;
        }
      }
      // Of all results together: 2.4 / 32767 / sqrt(12), 2.1e-5, for normal x.
      EXPECT_LT(std::sqrt(error / norm), 3e-5);
    }
  }
}

// Codes and activations as large as can be, all of one sign: sums of whole numbers must not
// overflow. In float16 the scale is exact, and so is a 16-bit 32767.
TEST(FixedPointProductTest, TheLargestSumsDoNotOverflow) {
  const int64_t cols = 96;
  for (WeightFormat format : {WeightFormat::kQ8, WeightFormat::kQ4}) {
    const bool q8 = format == WeightFormat::kQ8;
    const int block_bytes = q8 ? 34 : 18;
    std::vector<std::byte> plain(cols / 32 * block_bytes, q8 ? std::byte{0x80} : std::byte{0});
    for (int64_t b = 0; b < cols / 32; ++b) {  // d = 1; q = -128, or 0 - 8
      plain[b * block_bytes] = std::byte{0x00};
      plain[b * block_bytes + 1] = std::byte{0x3c};
    }
    const QuantizedMatrix w = QuantizedMatrix::FromPlainRows(format, 1, cols, plain);
    for (float sign : {1.0f, -1.0f}) {
      const std::vector<float> x(cols, sign * 32767);
      float y;
      w.MatMul(1, x.data(), nullptr, &y);
      EXPECT_EQ(y, (q8 ? -128 : -8) * sign * 32767 * cols) << Describe(format).name;
    }
  }
}

// Large and small activations in the same row, each exact to its own block; and numbers that are
// none, which must spoil the results of their own row of x and no other.
TEST(FixedPointProductTest, OddActivations) {
  const int64_t rows = 20, cols = 70;
  for (WeightFormat format : {WeightFormat::kQ8, WeightFormat::kQ4}) {
    const QuantizedMatrix w =
        QuantizedMatrix::Quantize(format, rows, cols, Normal(rows * cols, 11));
    const std::vector<float> weights = Decoded(w);
    std::vector<float> x = Normal(8 * cols, 12), y(8 * rows);
    for (int64_t c = 0; c < cols; ++c) {
      x[c] = 0;
      x[1 * cols + c] *= c < 32 ? 1e-20f : c < 64 ? 0 : 1e-22f;
      x[2 * cols + c] *= 1e30f;
      x[3 * cols + c] = 1e-42f;
    }
    x[4 * cols + 69] = NAN;
    x[5 * cols + 33] = INFINITY;
    w.MatMul(8, x.data(), nullptr, y.data());
    for (int64_t i = 0; i < 8; ++i) {
      for (int64_t r = 0; r < rows; ++r) {
        const float result = y[i * rows + r];
        if (i == 4 || i == 5) {
          EXPECT_TRUE(std::isnan(result));
          continue;
        }
        double sum = 0, size = 0;
        for (int64_t c = 0; c < cols; ++c) {
          sum += double{x[i * cols + c]} * weights[r * cols + c];
          size += std::abs(double{x[i * cols + c]} * weights[r * cols + c]);
        }
        const double rounding =
            FixedPointError(format, 8, cols, weights.data() + r * cols, x.data() + i * cols);
        EXPECT_NEAR(result, sum, 1e-6 * size + rounding + 1e-38) << i << ", " << r;
        if (i == 0) {
          EXPECT_EQ(result, 0);
        }
      }
    }
  }
}

// A sequence's text does not depend on what else is decoded beside it, nor on the threads.
TEST_P(EveryFormat, RowsAloneGiveTheSameBitsOnAnyNumberOfThreads) {
  const int threads_before = kernels::NumThreads();
  const int64_t rows = 1000, cols = 330, m = 29;
  const QuantizedMatrix w =
      QuantizedMatrix::Quantize(GetParam(), rows, cols, Normal(rows * cols, 7));
  const std::vector<float> x = Normal(m * cols, 8);
  std::vector<float> together(m * rows), alone(m * rows);
  kernels::SetNumThreads(1);
  const QuantizedMatrix serial =
      QuantizedMatrix::Quantize(GetParam(), rows, cols, Normal(rows * cols, 7));
  EXPECT_EQ(Decoded(serial), Decoded(w));
  w.MatMul(m, x.data(), nullptr, together.data());
  for (int64_t count = 2; count <= 7; ++count) {  // and as many as these at a time
    w.MatMul(count, x.data() + count * cols, nullptr, alone.data());
    EXPECT_TRUE(
        std::equal(alone.begin(), alone.begin() + count * rows, together.begin() + count * rows))
        << count;
  }
  for (int threads : {2, 4}) {
    kernels::SetNumThreads(threads);
    for (int64_t i = 0; i < m; ++i) {
      w.MatMul(1, x.data() + i * cols, nullptr, alone.data() + i * rows);
    }
    EXPECT_EQ(alone, together) << threads;
  }
  kernels::SetNumThreads(threads_before);
}

TEST_P(EveryFormat, KeepsZerosAndTakesAnySize) {
  for (int64_t cols : {0, 1, 31, 64}) {
    const std::vector<float> zeros(5 * cols);
    EXPECT_EQ(Decoded(QuantizedMatrix::Quantize(GetParam(), 5, cols, zeros)), zeros);
  }
  EXPECT_EQ(QuantizedMatrix::Quantize(GetParam(), 0, 4, {}).rows(), 0);
}

TEST_P(EveryFormat, TakesTheMemoryThatItPromises) {
  const int64_t rows = 1600, cols = 768;
  const QuantizedMatrix w =
      QuantizedMatrix::Quantize(GetParam(), rows, cols, std::vector<float>(rows * cols, 1));
  EXPECT_NEAR(8.0 * w.bytes() / (rows * cols), Describe(GetParam()).bits_per_weight, 0.01);
}

TEST_P(EveryFormat, RefusesOtherSizes) {
  const std::vector<float> values(12);
  EXPECT_THROW(QuantizedMatrix::Quantize(GetParam(), 3, 5, values), std::invalid_argument);
  EXPECT_THROW(QuantizedMatrix::Quantize(GetParam(), -3, -4, values), std::invalid_argument);
  const QuantizedMatrix w = QuantizedMatrix::Quantize(GetParam(), 3, 4, values);
  std::vector<float> out(12);
  EXPECT_THROW(w.Dequantize(2, 2, out.data()), std::invalid_argument);
  EXPECT_THROW(w.Dequantize(-1, 1, out.data()), std::invalid_argument);
  EXPECT_THROW(w.PlainRows(2, 2), std::invalid_argument);
  EXPECT_THROW(QuantizedMatrix::FromPlainRows(GetParam(), 1, 64, std::vector<std::byte>(3)),
               std::invalid_argument);
}

// Worked by hand: the largest is 12.7, so d = 0.1, in float16 0.0999755859375.
TEST(Q8Test, ABlockByHand) {
  std::vector<float> w(32);
  w[0] = 12.7f;
  w[1] = -6.34f;  // -63.4 steps
  w[2] = 0.06f;   // 0.6 steps
  w[31] = -12.7f;
  const QuantizedMatrix q = QuantizedMatrix::Quantize(WeightFormat::kQ8, 1, 32, w);
  const std::vector<std::byte> plain = q.PlainRows(0, 1);
  ASSERT_EQ(plain.size(), 34u);
  EXPECT_EQ(HalfAt(plain.data()), 0x2e66);
  EXPECT_EQ(static_cast<int8_t>(plain[2]), 127);
  EXPECT_EQ(static_cast<int8_t>(plain[3]), -63);
  EXPECT_EQ(static_cast<int8_t>(plain[4]), 1);
  EXPECT_EQ(static_cast<int8_t>(plain[5]), 0);
  EXPECT_EQ(static_cast<int8_t>(plain[33]), -127);
}

// Multiples of a scale are kept as they are, with either sign of the largest.
TEST(Q4Test, KeepsWhatFitsExactly) {
  for (float d : {0.25f, -0.25f}) {
    std::vector<float> w(32);
    for (int i = 0; i < 32; ++i) w[i] = d * (i % 16 - 8);
    EXPECT_EQ(Decoded(QuantizedMatrix::Quantize(WeightFormat::kQ4, 1, 32, w)), w);
  }
}

// Never worse than ggml's one choice of scale, block by block.
TEST(Q4Test, IsNoWorseThanTheUsualChoice) {
  const std::vector<float> values = Normal(32 * 1000, 9);
  const std::vector<float> decoded =
      Decoded(QuantizedMatrix::Quantize(WeightFormat::kQ4, 1000, 32, values));
  for (int64_t row = 0; row < 1000; ++row) {
    const float* w = values.data() + row * 32;
    float largest = 0;
    for (int i = 0; i < 32; ++i) largest = std::abs(w[i]) > std::abs(largest) ? w[i] : largest;
    const double d = largest / -8.0;
    double usual = 0, ours = 0;
    for (int i = 0; i < 32; ++i) {
      const double q = std::clamp(std::floor(w[i] / d + 8.5), 0.0, 15.0) - 8;
      usual += (w[i] - d * q) * (w[i] - d * q);
      ours += (w[i] - decoded[row * 32 + i]) * (w[i] - decoded[row * 32 + i]);
    }
    ASSERT_LE(ours, usual * 1.01) << row;  // the scale's rounding to float16
  }
}

// The definition, in double, for a matrix whose last block of each row is short.
TEST(NF4Test, IsTheDefinition) {
  const int64_t rows = 300, cols = 100, blocks = 2;
  const std::vector<float> w = Normal(rows * cols, 10);
  std::vector<double> scales(rows * blocks);
  for (int64_t i = 0; i < rows * blocks; ++i) {
    const int64_t begin = i / blocks * cols + i % blocks * 64,
                  end = i % blocks ? begin + 36 : begin + 64;
    for (int64_t j = begin; j < end; ++j) scales[i] = std::max(scales[i], std::abs(double{w[j]}));
  }
  double mean = 0;
  for (double d : scales) mean += d / scales.size();
  const std::vector<float> decoded =
      Decoded(QuantizedMatrix::Quantize(WeightFormat::kNF4, rows, cols, w));
  for (int64_t i = 0; i < rows * blocks; ++i) {
    double step = 0;
    for (int64_t j = i / 256 * 256; j < std::min(rows * blocks, i / 256 * 256 + 256); ++j) {
      step = std::max(step, std::abs(scales[j] - mean) / 127);
    }
    const double d = mean + step * std::round((scales[i] - mean) / step);
    EXPECT_NEAR(d, scales[i], step);
    for (int64_t j = 0; j < (i % blocks ? 36 : 64); ++j) {
      const int64_t at = i / blocks * cols + i % blocks * 64 + j;
      double nearest = 1e9;
      for (double value : kernels::kNormalFloat4) {
        if (std::abs(w[at] - d * value) < std::abs(w[at] - nearest)) nearest = d * value;
      }
      ASSERT_NEAR(std::abs(w[at] - decoded[at]), std::abs(w[at] - nearest), 1e-5) << at;
    }
  }
}

TEST(HalvesTest, RoundToTheNearestEven) {
  EXPECT_EQ(ToFloat16(1.0f), 0x3c00);
  EXPECT_EQ(ToFloat16(1 + 0x1p-11f), 0x3c00);
  EXPECT_EQ(ToFloat16(1 + 3 * 0x1p-11f), 0x3c02);
  EXPECT_EQ(ToFloat16(65504), 0x7bff);
  EXPECT_EQ(ToFloat16(1e6f), 0x7c00);
  EXPECT_EQ(ToBFloat16(1.0f), 0x3f80);
  EXPECT_EQ(ToBFloat16(1 + 0x1p-8f), 0x3f80);
  EXPECT_EQ(ToBFloat16(1 + 3 * 0x1p-8f), 0x3f82);
  EXPECT_EQ(ToBFloat16(-INFINITY), 0xff80);
  EXPECT_TRUE(std::isnan(
      std::bit_cast<float>(uint32_t{ToBFloat16(std::bit_cast<float>(0x7f800001u))} << 16)));
}

TEST(WeightFormatTest, NamesAreFound) {
  for (const WeightFormatInfo& info : WeightFormats()) {
    EXPECT_EQ(FindWeightFormat(info.name), info.format);
    EXPECT_EQ(Describe(info.format).name, info.name);
  }
  EXPECT_EQ(FindWeightFormat("q5"), std::nullopt);
}

}  // namespace
}  // namespace gokart
