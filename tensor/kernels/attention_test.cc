#include "tensor/kernels/attention.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tensor/kernels/parallel.h"

namespace gokart::kernels {
namespace {

constexpr double kUnit = 0x1p-24;  // half the distance from 1 to the next float
constexpr float kUntouched = 12345;

struct Case {
  int64_t B, T, H, D;
  int64_t kv_heads = 0;
  bool causal = true;
  int64_t window = 0;
  float drop_rate = 0;
  int64_t gap = 0;  // floats between a token's heads and those of the next token
  float scale = 0;
  float spread = 1;     // of the queries
  int64_t pattern = 0;  // of a mask: see Pattern()
  bool opaque = false;  // whether the mask's blocks are unknown
  bool alibi = false, sinks = false;
};

// Masks by number. 1: causal; 2: documents of 100 tokens; 3: a prefix of 70 that all see, then
// causal; 4: every third key, in both directions, and queries 64 to 199 see nothing; 5: what a
// window of 33 leaves.
bool Pattern(int64_t pattern, int64_t t, int64_t j) {
  if (pattern == 2) return j <= t && t / 100 == j / 100;
  if (pattern == 3) return j <= t || j < 70;
  if (pattern == 4) return (t < 64 || t >= 200) && (t + j) % 3 == 0;
  if (pattern == 5) return j <= t && j > t - 33;
  return j <= t;
}

std::string Describe(const Case& c) {
  return "B " + std::to_string(c.B) + " T " + std::to_string(c.T) + " H " + std::to_string(c.H) +
         " D " + std::to_string(c.D) + " kv_heads " + std::to_string(c.kv_heads) +
         (c.causal ? " causal" : "") + " window " + std::to_string(c.window) + " drop " +
         std::to_string(c.drop_rate) + " gap " + std::to_string(c.gap) + " pattern " +
         std::to_string(c.pattern) + (c.opaque ? " opaque" : "") + (c.alibi ? " alibi" : "") +
         (c.sinks ? " sinks" : "");
}

std::vector<float> Random(int64_t n, int seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> x(n);
  for (float& value : x) value = normal(generator);
  return x;
}

// Inputs of one case, with the outputs and gradients of the kernels.
struct Problem {
  explicit Problem(const Case& test_case) : c(test_case) {
    kv_heads = c.kv_heads == 0 ? c.H : c.kv_heads;
    shape = {.batch = c.B, .tokens = c.T, .heads = c.H, .head_dim = c.D, .kv_heads = c.kv_heads};
    shape.q_stride = c.H * c.D + c.gap;
    shape.kv_stride = kv_heads * c.D + c.gap;
    shape.scale = c.scale;
    shape.causal = c.causal;
    shape.window = c.window;
    q = Random(c.B * c.T * shape.q_stride, 1);
    for (float& x : q) x *= c.spread;
    k = Random(c.B * c.T * shape.kv_stride, 2);
    v = Random(c.B * c.T * shape.kv_stride, 3);
    dout = Random(c.B * c.T * c.H * c.D, 4);
    slopes = Random(c.H, 9);
    for (float& x : slopes) x = 0.1f * std::abs(x);
    sinks = Random(c.H, 10);
    if (c.alibi) shape.slopes = slopes.data();
    if (c.sinks) shape.sinks = sinks.data();
    if (c.pattern > 0) {
      const auto sees = [this](int64_t t, int64_t j) { return Pattern(c.pattern, t, j); };
      mask = std::make_unique<BlockMask>(c.opaque ? BlockMask::Opaque(c.T, sees)
                                                  : BlockMask::Compile(c.T, sees));
      shape.mask = mask.get();
    }
    if (c.drop_rate > 0) {
      const int64_t n = c.B * c.H * c.T * c.T;
      keep.resize((n + 63) / 64);
      std::mt19937 generator(5);
      std::bernoulli_distribution bit(1 - c.drop_rate);
      for (int64_t i = 0; i < n; ++i) keep[i / 64] |= uint64_t{bit(generator)} << (i % 64);
      dropout = {keep.data(), 1 / (1 - c.drop_rate)};
    }
  }

  void Run(bool accumulate) {
    out.assign(c.B * c.T * c.H * c.D, kUntouched);
    log_sum_exp.assign(c.B * c.H * c.T, kUntouched);
    dq = before_dq = accumulate ? Random(q.size(), 6) : std::vector<float>(q.size(), kUntouched);
    dk = before_dk = accumulate ? Random(k.size(), 7) : std::vector<float>(k.size(), kUntouched);
    dv = before_dv = accumulate ? Random(v.size(), 8) : std::vector<float>(v.size(), kUntouched);
    AttentionForward(shape, dropout, q.data(), k.data(), v.data(), out.data(), log_sum_exp.data());
    AttentionBackward(shape, dropout, q.data(), k.data(), v.data(), out.data(), log_sum_exp.data(),
                      dout.data(), dq.data(), dk.data(), dv.data(), accumulate);
    dsinks = before_dsinks = accumulate ? Random(c.H, 11) : std::vector<float>(c.H, kUntouched);
    if (c.sinks) {
      AttentionSinkBackward(shape, out.data(), log_sum_exp.data(), dout.data(), dsinks.data(),
                            accumulate);
    }
  }

  bool Sees(int64_t t, int64_t j) const {
    if (c.pattern > 0) return Pattern(c.pattern, t, j);
    if (c.window > 0) return j <= t && j > t - c.window;
    return !c.causal || j <= t;
  }

  Case c;
  int64_t kv_heads;
  AttentionShape shape;
  AttentionDropout dropout;
  std::vector<uint64_t> keep;
  std::unique_ptr<BlockMask> mask;
  std::vector<float> q, k, v, dout, slopes, sinks;
  std::vector<float> out, log_sum_exp, dq, dk, dv, before_dq, before_dk, before_dv;
  std::vector<float> dsinks, before_dsinks;
};

// A number in double beside the sum of the magnitudes that it is made of, to which rounding errors
// are proportional.
struct Bounded {
  double value = 0, magnitude = 0;
  void Add(double x, double size) {
    value += x;
    magnitude += size;
  }
  void Add(double x) { Add(x, std::abs(x)); }
};

// Attention by its definition, one query at a time, in double.
struct Reference {
  explicit Reference(const Problem& p)
      : out(p.out.size()),
        log_sum_exp(p.log_sum_exp.size()),
        dq(p.q.size()),
        dk(p.k.size()),
        dv(p.v.size()),
        dsinks(p.c.H) {
    const double default_scale = 1 / std::sqrt(static_cast<float>(p.c.D));
    scale = p.c.scale != 0 ? p.c.scale : default_scale;
    for (int64_t b = 0; b < p.c.B; ++b) {
      for (int64_t h = 0; h < p.c.H; ++h) {
        for (int64_t t = 0; t < p.c.T; ++t) Row(p, b, h, t);
      }
    }
  }

  void Row(const Problem& p, int64_t b, int64_t h, int64_t t) {
    const int64_t T = p.c.T, D = p.c.D, H = p.c.H, g = h / (H / p.kv_heads);
    const int64_t row = (b * H + h) * T + t, o = (b * T + t) * H * D + h * D;
    const int64_t qt = (b * T + t) * p.shape.q_stride + h * D;
    const auto kv = [&](int64_t j) { return (b * T + j) * p.shape.kv_stride + g * D; };
    std::vector<int64_t> keys;
    for (int64_t j = 0; j < T; ++j) {
      if (p.Sees(t, j)) keys.push_back(j);
    }
    std::vector<double> weight(T), keep(T, 1);
    double max = -1e300, sum = 0;
    for (int64_t j : keys) {
      Bounded score;
      for (int64_t d = 0; d < D; ++d) score.Add(scale * p.q[qt + d] * p.k[kv(j) + d]);
      if (p.c.alibi) score.Add(-1.0 * p.slopes[h] * static_cast<double>(t - j));
      weight[j] = score.value;
      score_error = std::max(score_error, (D + 4) * kUnit * score.magnitude);
      max = std::max(max, score.value);
      if (p.c.drop_rate > 0) {
        const int64_t bit = row * T + j;
        keep[j] = p.keep[bit / 64] >> (bit % 64) & 1 ? p.dropout.scale : 0;
      }
    }
    if (p.c.sinks) max = std::max<double>(max, p.sinks[h]);
    for (int64_t j : keys) sum += std::exp(weight[j] - max);
    const double sink = p.c.sinks ? std::exp(p.sinks[h] - max) : 0;
    sum += sink;
    if (sum == 0) {
      log_sum_exp[row] = -INFINITY;
      return;
    }
    for (int64_t j : keys) weight[j] = std::exp(weight[j] - max) / sum;
    log_sum_exp[row] = max + std::log(sum);

    Bounded delta;
    for (int64_t d = 0; d < D; ++d) {
      for (int64_t j : keys) out[o + d].Add(weight[j] * keep[j] * p.v[kv(j) + d]);
      delta.Add(out[o + d].value * p.dout[o + d], out[o + d].magnitude * std::abs(p.dout[o + d]));
    }
    for (int64_t j : keys) {
      Bounded dweight;
      for (int64_t d = 0; d < D; ++d) {
        dv[kv(j) + d].Add(weight[j] * keep[j] * p.dout[o + d]);
        dweight.Add(keep[j] * p.dout[o + d] * p.v[kv(j) + d]);
      }
      const double dscore = scale * weight[j] * (dweight.value - delta.value);
      const double size = std::abs(scale) * weight[j] * (dweight.magnitude + delta.magnitude);
      for (int64_t d = 0; d < D; ++d) {
        dq[qt + d].Add(dscore * p.k[kv(j) + d], size * std::abs(p.k[kv(j) + d]));
        dk[kv(j) + d].Add(dscore * p.q[qt + d], size * std::abs(p.q[qt + d]));
      }
    }
    dsinks[h].Add(-sink / sum * delta.value, sink / sum * delta.magnitude);
  }

  double scale;
  double score_error = 0;  // the largest of any score in float32
  std::vector<Bounded> out;
  std::vector<double> log_sum_exp;
  std::vector<Bounded> dq, dk, dv, dsinks;
};

// Rows of `width` results are followed by `gap` numbers that are none of the kernel's business.
// `before` is what was there, and stays where accumulate is true.
void ExpectNear(const std::vector<float>& actual, const std::vector<Bounded>& expected,
                const std::vector<float>& before, bool accumulate, int64_t width, int64_t gap,
                double relative_error, const std::string& what) {
  for (size_t i = 0; i < expected.size(); ++i) {
    if (static_cast<int64_t>(i) % (width + gap) >= width) {
      ASSERT_EQ(actual[i], before[i]) << what << " at " << i << ", between rows";
      continue;
    }
    const double start = accumulate ? before[i] : 0;
    ASSERT_NEAR(actual[i], start + expected[i].value,
                relative_error * expected[i].magnitude + 4 * kUnit * std::abs(start) + 1e-37)
        << what << " at " << i;
  }
}

void ExpectMatchesReference(const Case& c, bool accumulate) {
  SCOPED_TRACE(Describe(c) + (accumulate ? " accumulate" : ""));
  Problem p(c);
  p.Run(accumulate);
  const Reference expected(p);
  // An error of e in a score changes its weight by a factor of 1 + e, and once more through the sum
  // that it is divided by. A sum of n terms is off by n roundings of the sum of their magnitudes.
  const double weight_error = 2 * expected.score_error + (c.T + 10) * kUnit;
  for (size_t i = 0; i < p.log_sum_exp.size(); ++i) {
    if (std::isinf(expected.log_sum_exp[i])) continue;  // a query that sees nothing
    ASSERT_NEAR(p.log_sum_exp[i], expected.log_sum_exp[i],
                weight_error + 4 * kUnit * std::abs(expected.log_sum_exp[i]));
  }
  const int64_t q_width = c.H * c.D, kv_width = p.kv_heads * c.D;
  ExpectNear(p.out, expected.out, p.out, false, q_width, 0, weight_error, "out");
  // The backward pass takes scores relative to the rounded log-sum-exp, and sums over D, keys,
  // queries and the query heads of a key/value head.
  double lse_error = 0;
  for (double x : expected.log_sum_exp) {
    if (std::isfinite(x)) lse_error = std::max(lse_error, 4 * kUnit * std::abs(x));
  }
  const double error = 2 * weight_error + lse_error + (c.D + (c.T + 4) * c.H) * kUnit;
  ExpectNear(p.dq, expected.dq, p.before_dq, accumulate, q_width, c.gap, error, "dq");
  ExpectNear(p.dk, expected.dk, p.before_dk, accumulate, kv_width, c.gap, error, "dk");
  ExpectNear(p.dv, expected.dv, p.before_dv, accumulate, kv_width, c.gap, error, "dv");
  if (c.sinks) {
    ExpectNear(p.dsinks, expected.dsinks, p.before_dsinks, accumulate, c.H, 0, error, "dsinks");
  }
}

TEST(AttentionTest, OddSizes) {
  for (int64_t T : {1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 129}) {
    for (int64_t D : {1, 2, 3, 8, 15, 16, 17, 33}) {
      ExpectMatchesReference(
          {.B = 2, .T = T, .H = 2, .D = D, .causal = (T + D) % 3 != 0, .gap = T % 4}, T % 2 == 0);
      if (HasFatalFailure()) return;
    }
  }
}

const Case kCases[] = {
    {.B = 1, .T = 100, .H = 12, .D = 64},
    {.B = 1, .T = 75, .H = 3, .D = 128, .gap = 5},
    {.B = 2, .T = 50, .H = 1, .D = 131, .causal = false},
    // Several tiles of keys.
    {.B = 1, .T = 257, .H = 2, .D = 16},
    {.B = 1, .T = 600, .H = 1, .D = 8},
    {.B = 1, .T = 1100, .H = 1, .D = 5, .causal = false},
    {.B = 17, .T = 300, .H = 1, .D = 4},
    // Windows.
    {.B = 1, .T = 90, .H = 2, .D = 8, .window = 1},
    {.B = 1, .T = 90, .H = 2, .D = 8, .window = 7},
    {.B = 1, .T = 90, .H = 2, .D = 8, .causal = false, .window = 30},
    {.B = 1, .T = 700, .H = 2, .D = 8, .window = 33},
    {.B = 1, .T = 700, .H = 1, .D = 8, .window = 300},
    {.B = 1, .T = 40, .H = 2, .D = 8, .window = 1000},
    // Heads that share keys and values.
    {.B = 1, .T = 70, .H = 6, .D = 16, .kv_heads = 2},
    {.B = 2, .T = 70, .H = 5, .D = 16, .kv_heads = 1},
    {.B = 1, .T = 30, .H = 40, .D = 8, .kv_heads = 2},
    {.B = 9, .T = 30, .H = 6, .D = 8, .kv_heads = 2},
    {.B = 1, .T = 600, .H = 2, .D = 8, .kv_heads = 1, .window = 100, .drop_rate = 0.5, .gap = 3},
    // Dropout.
    {.B = 2, .T = 1, .H = 3, .D = 8, .drop_rate = 0.4},
    {.B = 2, .T = 64, .H = 2, .D = 8, .drop_rate = 0.1},
    {.B = 2, .T = 77, .H = 3, .D = 16, .drop_rate = 0.4},
    {.B = 1, .T = 533, .H = 1, .D = 8, .causal = false, .drop_rate = 0.2},
    // Strides that collide in the cache; packed q, k and v are strided like this.
    {.B = 1, .T = 130, .H = 16, .D = 64},
    {.B = 1, .T = 130, .H = 2, .D = 16, .gap = 1024 - 32},
    // Scores far apart, and another scale.
    {.B = 1, .T = 600, .H = 2, .D = 16, .spread = 30},
    {.B = 1, .T = 70, .H = 2, .D = 16, .scale = -0.7},
    // Masks: every kind of block, gaps between runs of them, a last block cut short.
    {.B = 1, .T = 60, .H = 2, .D = 8, .pattern = 1},
    {.B = 2, .T = 300, .H = 2, .D = 8, .gap = 3, .pattern = 2},
    {.B = 1, .T = 700, .H = 1, .D = 8, .pattern = 2, .opaque = true},
    {.B = 1, .T = 333, .H = 4, .D = 8, .kv_heads = 2, .pattern = 3},
    {.B = 1, .T = 641, .H = 1, .D = 8, .pattern = 3},
    {.B = 1, .T = 290, .H = 2, .D = 8, .pattern = 4},
    {.B = 1, .T = 290, .H = 2, .D = 8, .pattern = 4, .sinks = true},
    {.B = 1, .T = 1200, .H = 1, .D = 8, .drop_rate = 0.3, .pattern = 5},
    // ALiBi and sinks.
    {.B = 2, .T = 77, .H = 3, .D = 8, .gap = 2, .alibi = true},
    {.B = 1, .T = 700, .H = 2, .D = 8, .drop_rate = 0.2, .alibi = true},
    {.B = 2, .T = 65, .H = 3, .D = 8, .causal = false, .sinks = true},
    {.B = 1, .T = 700, .H = 2, .D = 8, .kv_heads = 1, .window = 100, .sinks = true},
    {.B = 1, .T = 600, .H = 2, .D = 8, .drop_rate = 0.2, .alibi = true, .sinks = true},
    {.B = 1, .T = 90, .H = 2, .D = 8, .spread = 30, .sinks = true},
};

TEST(AttentionTest, MatchesTheDefinition) {
  for (const Case& c : kCases) {
    for (bool accumulate : {false, true}) {
      ExpectMatchesReference(c, accumulate);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(AttentionTest, SameBitsForAnyNumberOfThreads) {
  const int threads_before = NumThreads();
  std::vector<Case> cases(std::begin(kCases), std::end(kCases));
  cases.push_back({.B = 2, .T = 1024, .H = 2, .D = 32, .kv_heads = 1, .drop_rate = 0.1});
  cases.push_back({.B = 1, .T = 2050, .H = 1, .D = 16});
  for (const Case& c : cases) {
    Problem expected(c), actual(c);
    SetNumThreads(1);
    expected.Run(/*accumulate=*/true);
    for (int threads : {1, 2, 3, 4}) {
      SetNumThreads(threads);
      actual.Run(/*accumulate=*/true);
      const auto same = [](const std::vector<float>& a, const std::vector<float>& b) {
        return std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
      };
      ASSERT_TRUE(same(actual.out, expected.out)) << Describe(c) << ", threads " << threads;
      ASSERT_TRUE(same(actual.log_sum_exp, expected.log_sum_exp)) << Describe(c);
      ASSERT_TRUE(same(actual.dq, expected.dq)) << Describe(c) << ", threads " << threads;
      ASSERT_TRUE(same(actual.dk, expected.dk)) << Describe(c) << ", threads " << threads;
      ASSERT_TRUE(same(actual.dv, expected.dv)) << Describe(c) << ", threads " << threads;
    }
  }
  SetNumThreads(threads_before);
}

// Scores that grow from key to key: what was summed up must be scaled down again and again, from
// below the smallest float.
TEST(AttentionTest, GrowingScores) {
  const int64_t T = 1300;
  std::vector<float> q(T, 1), k(T), v(T), out(T), log_sum_exp(T);
  for (int64_t t = 0; t < T; ++t) {
    k[t] = static_cast<float>(t - 650);
    v[t] = static_cast<float>(t % 7);
  }
  AttentionForward({.batch = 1, .tokens = T, .heads = 1, .head_dim = 1, .scale = 1}, {}, q.data(),
                   k.data(), v.data(), out.data(), log_sum_exp.data());
  for (int64_t t = 0; t < T; ++t) {
    double sum = 0, expected = 0;
    for (int64_t j = t; j >= 0; --j) {
      sum += std::exp(static_cast<double>(j - t));
      expected += std::exp(static_cast<double>(j - t)) * v[j];
    }
    ASSERT_NEAR(out[t], expected / sum, 1e-5) << t;
    ASSERT_NEAR(log_sum_exp[t], k[t] + std::log(sum), 1e-4) << t;
  }
}

TEST(AttentionTest, LaterTokensLeaveNoTrace) {
  Problem p({.B = 1, .T = 200, .H = 2, .D = 16});
  p.Run(false);
  const std::vector<float> before = p.out;
  const int64_t t = 117, row = 2 * 16;
  for (size_t i = t * row; i < p.k.size(); ++i) {
    p.k[i] *= 50;
    p.v[i] += 1e6;
  }
  p.Run(false);
  EXPECT_EQ(std::memcmp(p.out.data(), before.data(), t * row * sizeof(float)), 0);
  EXPECT_NE(std::memcmp(p.out.data() + t * row, before.data() + t * row, row * sizeof(float)), 0);
}

TEST(AttentionTest, LogSumExpMayBeLeftOut) {
  Problem p({.B = 1, .T = 90, .H = 2, .D = 16});
  p.Run(false);
  std::vector<float> out(p.out.size());
  AttentionForward(p.shape, {}, p.q.data(), p.k.data(), p.v.data(), out.data(), nullptr);
  EXPECT_EQ(out, p.out);
}

// Queries, keys and values side by side in one matrix [B, T, 3 * H * D], as one projection leaves
// them.
TEST(AttentionTest, PackedInputs) {
  const int64_t B = 2, T = 70, H = 3, D = 8, C = H * D;
  const std::vector<float> qkv = Random(B * T * 3 * C, 1), dout = Random(B * T * C, 2);
  std::vector<float> dqkv(qkv.size()), q, k, v, dq(B * T * C), dk(B * T * C), dv(B * T * C);
  for (int64_t i = 0; i < B * T; ++i) {
    const auto row = qkv.begin() + i * 3 * C;
    q.insert(q.end(), row, row + C);
    k.insert(k.end(), row + C, row + 2 * C);
    v.insert(v.end(), row + 2 * C, row + 3 * C);
  }
  AttentionShape s = {.batch = B, .tokens = T, .heads = H, .head_dim = D};
  std::vector<float> out(B * T * C), packed_out(B * T * C), lse(B * H * T);
  AttentionForward(s, {}, q.data(), k.data(), v.data(), out.data(), lse.data());
  AttentionBackward(s, {}, q.data(), k.data(), v.data(), out.data(), lse.data(), dout.data(),
                    dq.data(), dk.data(), dv.data(), false);
  s.q_stride = s.kv_stride = 3 * C;
  const float* x = qkv.data();
  AttentionForward(s, {}, x, x + C, x + 2 * C, packed_out.data(), lse.data());
  AttentionBackward(s, {}, x, x + C, x + 2 * C, out.data(), lse.data(), dout.data(), dqkv.data(),
                    dqkv.data() + C, dqkv.data() + 2 * C, false);
  for (int64_t i = 0; i < B * T * C; ++i) {
    const int64_t row = i / C * 3 * C + i % C;
    ASSERT_NEAR(packed_out[i], out[i], 1e-5);
    ASSERT_NEAR(dqkv[row], dq[i], 1e-4);
    ASSERT_NEAR(dqkv[row + C], dk[i], 1e-4);
    ASSERT_NEAR(dqkv[row + 2 * C], dv[i], 1e-4);
  }
}

TEST(AttentionTest, NoTokensAndNoBatch) {
  float x = kUntouched;
  for (const AttentionShape& s :
       {AttentionShape{.batch = 0, .tokens = 5, .heads = 2, .head_dim = 3},
        AttentionShape{.batch = 2, .tokens = 0, .heads = 2, .head_dim = 3}}) {
    AttentionForward(s, {}, &x, &x, &x, &x, &x);
    AttentionBackward(s, {}, &x, &x, &x, &x, &x, &x, &x, &x, &x, false);
  }
  EXPECT_EQ(x, kUntouched);
}

TEST(AttentionTest, RefusesImpossibleShapes) {
  float x[64] = {};
  const AttentionShape good = {.batch = 1, .tokens = 2, .heads = 4, .head_dim = 2};
  AttentionForward(good, {}, x, x, x, x + 32, nullptr);
  for (const auto& change : std::vector<void (*)(AttentionShape&)>{
           [](AttentionShape& s) { s.kv_heads = 3; }, [](AttentionShape& s) { s.heads = 0; },
           [](AttentionShape& s) { s.tokens = -1; }, [](AttentionShape& s) { s.q_stride = 7; },
           [](AttentionShape& s) { s.kv_stride = 7; }, [](AttentionShape& s) { s.window = -1; },
           [](AttentionShape& s) { s.head_dim = 0; }}) {
    AttentionShape bad = good;
    change(bad);
    EXPECT_THROW(AttentionForward(bad, {}, x, x, x, x, nullptr), std::invalid_argument);
    EXPECT_THROW(AttentionBackward(bad, {}, x, x, x, x, x, x, x, x, x, false),
                 std::invalid_argument);
  }
}

}  // namespace
}  // namespace gokart::kernels
