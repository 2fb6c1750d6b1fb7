#include "tensor/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <set>
#include <stdexcept>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<float> Normals(Generator& generator, int64_t n) {
  std::vector<float> x(n);
  generator.Normal(x.data(), n);
  return x;
}

std::vector<float> Uniforms(Generator& generator, int64_t n) {
  std::vector<float> x(n);
  generator.Uniform(x.data(), n);
  return x;
}

std::vector<bool> KeepBits(Generator& generator, int64_t n, double p) {
  std::vector<uint64_t> bits((n + 63) / 64, 0x5555);
  generator.DropoutKeepBits(bits.data(), n, p);
  std::vector<bool> keep(n);
  for (int64_t i = 0; i < n; ++i) keep[i] = bits[i / 64] >> (i % 64) & 1;
  for (int64_t i = n; i % 64 != 0; ++i) EXPECT_EQ(bits.back() >> (i % 64), 0) << "unused bits";
  return keep;
}

// The C++ standard gives the 10000th draw of a default-seeded mt19937.
TEST(RandomTest, TenThousandthDrawIsThatOfTheStandard) {
  Generator generator(5489);
  for (int i = 1; i < 10000; ++i) generator.Random32();
  EXPECT_EQ(generator.Random32(), 4123659995u);
}

// --- The recipes against slow twins on the standard library's engine
// ------------------------------

double SlowDouble(std::mt19937& engine) {
  const uint64_t high = engine();
  const uint64_t bits = (high << 32) | engine();
  return std::ldexp(static_cast<double>(bits % (uint64_t{1} << 53)), -53);
}

TEST(RandomTest, UniformIsTheLow24BitsWhereverACallBegins) {
  for (const int n : {0, 1, 15, 16, 17, 511, 512, 513, 623, 624, 625, 1300}) {
    std::mt19937 engine(7);
    Generator generator(7);
    for (int call = 0; call < 3; ++call) {
      const std::vector<float> x = Uniforms(generator, n);
      for (int i = 0; i < n; ++i) {
        ASSERT_EQ(x[i], static_cast<float>(engine() % (1 << 24)) / (1 << 24)) << n << " " << i;
      }
    }
  }
}

TEST(RandomTest, DropoutComparesA53BitUniformWhereverACallBegins) {
  for (const int offset : {0, 1, 622, 623}) {
    for (const int n : {0, 1, 63, 64, 65, 128, 311, 312, 313, 1000}) {
      for (const double p : {1e-9, 0.1, 0.5, 0.9}) {
        std::mt19937 engine(11);
        engine.discard(offset);
        Generator generator(11);
        for (int i = 0; i < offset; ++i) generator.Random32();
        for (int call = 0; call < 2; ++call) {
          const std::vector<bool> keep = KeepBits(generator, n, p);
          for (int i = 0; i < n; ++i) {
            ASSERT_EQ(keep[i], SlowDouble(engine) < 1 - p) << offset << " " << n << " " << p;
          }
        }
        EXPECT_EQ(generator.Random32(), engine());
      }
    }
  }
}

// u = 1 - (1 - u) is exact for u on [1/2, 1): an element is dropped if its number equals 1 - p, and
// kept if 1 - p is the next larger one.
TEST(RandomTest, DropoutIsExactAtItsThreshold) {
  for (const int n : {1, 64}) {
    int tried = 0;
    for (uint64_t seed = 0; seed < 20; ++seed) {
      const double u = Generator(seed).UniformDouble();
      if (u < 0.5) continue;
      Generator equal(seed), above(seed);
      EXPECT_FALSE(KeepBits(equal, n, 1 - u)[0]) << seed;
      EXPECT_TRUE(KeepBits(above, n, 1 - (u + 0x1p-53))[0]) << seed;
      ++tried;
    }
    EXPECT_GT(tried, 5);
  }
}

TEST(RandomTest, DropoutDrawsNothingForAllOrNone) {
  Generator generator(3);
  EXPECT_THAT(KeepBits(generator, 130, 0), Each(true));
  EXPECT_THAT(KeepBits(generator, 130, 1), Each(false));
  EXPECT_EQ(generator.state(), Generator(3).state());
}

// Box and Muller's formula in double precision, for which single precision leaves a few 1e-7.
TEST(RandomTest, NormalsAreBoxMullersOfTheUniforms) {
  for (const int n : {16, 17, 31, 32, 511, 528, 1000, 1024, 1039}) {
    Generator generator(5), twin(5);
    std::vector<float> x(n);
    generator.Normal(x.data(), n, 3.0f, 0.5f);
    const std::vector<float> first = Uniforms(twin, n);
    const int last = n % 16 == 0 ? n : n - 16;  // from here on the uniforms are drawn anew
    const std::vector<float> redrawn = Uniforms(twin, n - last);
    for (int i = 0; i < n; ++i) {
      const int place = i < last ? i % 16 : i - last;
      const float* u = (i < last ? first.data() + i / 16 * 16 : redrawn.data()) + place % 8;
      const double radius = std::sqrt(-2 * std::log(1.0 - u[0]));
      const double angle = 2 * M_PI * u[8];
      const double normal = radius * (place < 8 ? std::cos(angle) : std::sin(angle));
      ASSERT_NEAR(x[i], 3 + 0.5 * normal, 2e-6) << n << " " << i;
    }
    EXPECT_EQ(generator.Random32(), twin.Random32()) << n;
  }
}

TEST(RandomTest, FewNormalsComeInPairs) {
  std::mt19937 engine(9);
  Generator generator(9);
  std::vector<float> x(3), y(3);
  generator.Normal(x.data(), 3, 1.0f, 2.0f);
  generator.Normal(y.data(), 3);
  const std::vector<double> scaled = {
      (x[0] - 1.0) / 2, (x[1] - 1.0) / 2, (x[2] - 1.0) / 2, y[0], y[1], y[2]};
  for (int i = 0; i < 6; i += 2) {
    const double u1 = SlowDouble(engine), u2 = SlowDouble(engine);
    const double radius = std::sqrt(-2 * std::log(1 - u2));
    EXPECT_NEAR(scaled[i], radius * std::cos(2 * M_PI * u1), 1e-6);
    EXPECT_NEAR(scaled[i + 1], radius * std::sin(2 * M_PI * u1), 1e-6);
  }
  EXPECT_EQ(generator.Random32(), engine());
}

TEST(RandomTest, NormalsHaveTheMomentsOfANormalDistribution) {
  Generator generator(1);
  constexpr int kCount = 1 << 20;
  const std::vector<float> x = Normals(generator, kCount);
  double m1 = 0, m2 = 0, m4 = 0;
  for (const double v : x) m1 += v, m2 += v * v, m4 += v * v * v * v;
  EXPECT_NEAR(m1 / kCount, 0, 5 / std::sqrt(kCount));
  EXPECT_NEAR(m2 / kCount, 1, 5 * std::sqrt(2.0 / kCount));
  EXPECT_NEAR(m4 / kCount, 3, 5 * std::sqrt(96.0 / kCount));
}

TEST(RandomTest, RandomIntCoversItsRange) {
  Generator generator(2);
  std::set<int64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(generator.RandomInt(-3, 4));
  EXPECT_THAT(seen, ElementsAre(-3, -2, -1, 0, 1, 2, 3));
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  bool negative = false, positive = false;
  for (int i = 0; i < 100; ++i) {
    (generator.RandomInt(kMin, kMax) < 0 ? negative : positive) = true;
    EXPECT_GE(generator.RandomInt64(), 0);
  }
  EXPECT_TRUE(negative && positive);
  EXPECT_EQ(generator.RandomInt(kMax - 1, kMax), kMax - 1);
}

TEST(RandomTest, PermutationHasEveryNumberOnce) {
  Generator generator(4);
  EXPECT_THAT(generator.RandomPermutation(0), ElementsAre());
  EXPECT_THAT(generator.RandomPermutation(1), ElementsAre(0));
  std::vector<int64_t> order = generator.RandomPermutation(1000);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(order[i], i);
}

TEST(RandomTest, MultinomialFollowsTheProbabilities) {
  const std::vector<float> probs = {0, 1, 0, 3, 6, 0};
  Generator generator(6);
  std::vector<int> count(probs.size());
  constexpr int kDraws = 20000;
  for (int i = 0; i < kDraws; ++i) ++count[generator.Multinomial(probs)];
  for (size_t i = 0; i < probs.size(); ++i) {
    const double p = probs[i] / 10;
    EXPECT_NEAR(count[i], kDraws * p, 5 * std::sqrt(kDraws * p * (1 - p))) << i;
  }
}

TEST(RandomTest, MultinomialOfRowsDrawsRowByRow) {
  const std::vector<float> table = {1, 2, 3, 3, 2, 1, 0, 0, 5};
  Generator generator(8), twin(8);
  const std::vector<int64_t> rows = generator.Multinomial(table, 3);
  for (int r = 0; r < 3; ++r) {
    EXPECT_EQ(rows[r], twin.Multinomial(std::span(table).subspan(3 * r, 3)));
  }
  EXPECT_EQ(rows[2], 2);
}

// --- Seeds and states
// -----------------------------------------------------------------------------

TEST(RandomTest, GlobalGeneratorStartsAgainFromASeed) {
  ManualSeed(123);
  GlobalGenerator().NormalDouble();  // leaves a cached normal, which a new seed drops
  ManualSeed(123);
  EXPECT_EQ(GlobalGenerator().state(), Generator(123).state());
}

TEST(RandomTest, OnlyTheLow32BitsOfASeedCount) {
  EXPECT_EQ(Generator(123).state(), Generator((uint64_t{5} << 32) + 123).state());
  EXPECT_NE(Generator(123).state(), Generator(124).state());
}

TEST(RandomTest, ContinuesFromASerializedState) {
  for (const int normals : {0, 1, 2, 15, 16, 700}) {
    Generator generator(42);
    Normals(generator, normals);
    const std::string saved = generator.state().Serialize();
    EXPECT_EQ(saved.size(), 2520);
    const std::vector<float> few = Normals(generator, 3), many = Normals(generator, 1501);
    const auto parsed = GeneratorState::Parse(std::as_bytes(std::span(saved)));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    Generator other(1);
    other.SetState(*parsed);
    EXPECT_EQ(Normals(other, 3), few) << normals;
    EXPECT_EQ(Normals(other, 1501), many) << normals;
  }
}

TEST(RandomTest, RefusesADamagedState) {
  const std::string good = Generator(42).state().Serialize();
  const auto message = [](const std::string& bytes) {
    return std::string(GeneratorState::Parse(std::as_bytes(std::span(bytes))).status().message());
  };
  EXPECT_THAT(message(good.substr(1)), HasSubstr("expected 2520 bytes, found 2519"));
  EXPECT_THAT(message(good + "x"), HasSubstr("found 2521"));
  EXPECT_THAT(message(""), HasSubstr("found 0"));
  std::string bad = good;
  bad[0] = 'X';
  EXPECT_THAT(message(bad), HasSubstr("mark"));
  bad = good;
  bad[2504] = 0x71;  // 0x271 = 625
  EXPECT_THAT(message(bad), HasSubstr("position 625"));
  bad = good;
  bad[2508] = 2;
  EXPECT_THAT(message(bad), HasSubstr("cached normal"));
  bad = good;
  std::fill(bad.begin() + 8, bad.begin() + 2504, 0);
  EXPECT_THAT(message(bad), HasSubstr("all words are 0"));
}

TEST(RandomTest, ThrowsOnACallersMistakes) {
  Generator generator(1);
  uint64_t bits = 0;
  EXPECT_THROW(generator.DropoutKeepBits(&bits, 1, -0.1), std::invalid_argument);
  EXPECT_THROW(generator.DropoutKeepBits(&bits, 1, 1.1), std::invalid_argument);
  EXPECT_THROW(generator.DropoutKeepBits(&bits, 1, NAN), std::invalid_argument);
  EXPECT_THROW(generator.RandomInt(3, 3), std::invalid_argument);
  EXPECT_THROW(generator.RandomPermutation(-1), std::invalid_argument);
  const auto multinomial = [&](std::vector<float> p) { return generator.Multinomial(p); };
  EXPECT_THROW(multinomial({}), std::invalid_argument);
  EXPECT_THROW(multinomial({0, 0}), std::invalid_argument);
  EXPECT_THROW(multinomial({1, -1}), std::invalid_argument);
  EXPECT_THROW(multinomial({1, NAN}), std::invalid_argument);
  EXPECT_THROW(multinomial({1, INFINITY}), std::invalid_argument);
  EXPECT_THROW(generator.Multinomial(std::vector<float>{1, 2, 3}, 2), std::invalid_argument);
  GeneratorState state = generator.state();
  state.position = 625;
  EXPECT_THROW(generator.SetState(state), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
