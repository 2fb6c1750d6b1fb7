// The chunked form and its gradients against the recurrence, token by token in double precision.
#include "tensor/kernels/delta_rule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace gokart::kernels {
namespace {

using Doubles = std::vector<double>;

struct Problem {
  Problem(int64_t B, int64_t T, int64_t H, int64_t D, double decay) : s{B, T, H, D} {
    std::mt19937 generator(static_cast<unsigned>(T * 100 + D));
    std::normal_distribution<float> normal;
    std::uniform_real_distribution<float> uniform;
    for (auto* x : {&q, &k, &v, &dout}) {
      x->resize(B * T * H * D);
      for (float& value : *x) value = normal(generator);
    }
    for (size_t i = 0; i < k.size(); ++i) k[i] /= std::sqrt(1.1f * static_cast<float>(D));
    log_decay.resize(B * T * H);
    beta.resize(B * T * H);
    for (float& value : log_decay) value = static_cast<float>(-decay) * uniform(generator);
    for (float& value : beta) value = uniform(generator);
    beta[0] = 0;
    beta[B * T * H / 2] = 0;
  }
  DeltaRuleInputs Inputs() const {
    return {q.data(), k.data(), v.data(), log_decay.data(), beta.data()};
  }

  DeltaRuleShape s;
  std::vector<float> q, k, v, log_decay, beta, dout;
};

struct Reference {
  explicit Reference(const Problem& p)
      : out(p.q.size()),
        dq(p.q.size()),
        dk(p.q.size()),
        dv(p.q.size()),
        dlog_decay(p.beta.size()),
        dbeta(p.beta.size()) {
    for (int64_t b = 0; b < p.s.batch; ++b) {
      for (int64_t h = 0; h < p.s.heads; ++h) Head(p, b, h);
    }
  }

  void Head(const Problem& p, int64_t b, int64_t h) {
    const int64_t T = p.s.tokens, D = p.s.head_dim;
    std::vector<Doubles> states = {Doubles(D * D, 0.0)}, deltas;
    const auto row = [&](int64_t t) { return (b * T + t) * p.s.heads + h; };
    for (int64_t t = 0; t < T; ++t) {
      const int64_t r = row(t);
      Doubles S = states.back(), delta(D);
      for (double& x : S) x *= std::exp(static_cast<double>(p.log_decay[r]));
      for (int64_t d = 0; d < D; ++d) {
        double answer = 0;
        for (int64_t i = 0; i < D; ++i) answer += p.k[r * D + i] * S[i * D + d];
        delta[d] = p.beta[r] * (p.v[r * D + d] - answer);
      }
      for (int64_t i = 0; i < D; ++i) {
        for (int64_t d = 0; d < D; ++d) {
          S[i * D + d] += p.k[r * D + i] * delta[d];
          out[r * D + d] += p.q[r * D + i] * S[i * D + d];
        }
      }
      states.push_back(S);
      deltas.push_back(delta);
    }
    Doubles dS(D * D, 0.0);
    for (int64_t t = T - 1; t >= 0; --t) {
      const int64_t r = row(t);
      const double decay = std::exp(static_cast<double>(p.log_decay[r]));
      Doubles ddelta(D);
      for (int64_t i = 0; i < D; ++i) {
        for (int64_t d = 0; d < D; ++d) {
          dq[r * D + i] += states[t + 1][i * D + d] * p.dout[r * D + d];
          dS[i * D + d] += p.q[r * D + i] * p.dout[r * D + d];
          dk[r * D + i] += dS[i * D + d] * deltas[t][d];
          ddelta[d] += p.k[r * D + i] * dS[i * D + d];
        }
      }
      for (int64_t d = 0; d < D; ++d) {
        double answer = 0;
        const double danswer = -p.beta[r] * ddelta[d];
        dv[r * D + d] = -danswer;
        for (int64_t i = 0; i < D; ++i) {
          const double faded = decay * states[t][i * D + d];
          answer += p.k[r * D + i] * faded;
          dk[r * D + i] += faded * danswer;
          dS[i * D + d] += p.k[r * D + i] * danswer;
          dlog_decay[r] += dS[i * D + d] * faded;
          dS[i * D + d] *= decay;
        }
        dbeta[r] += ddelta[d] * (p.v[r * D + d] - answer);
      }
    }
    last = states.back();
  }

  Doubles out, dq, dk, dv, dlog_decay, dbeta, last;
};

void ExpectNear(const std::vector<float>& actual, const Doubles& expected, const char* what) {
  double largest = 0;
  for (double x : expected) largest = std::max(largest, std::abs(x));
  for (size_t i = 0; i < actual.size(); ++i) {
    ASSERT_NEAR(actual[i], expected[i], 2e-6 * largest + 2e-5 * std::abs(expected[i]))
        << what << " at " << i;
  }
}

struct Sizes {
  int64_t B, T, H, D;
  double decay;
};

class DeltaRule : public ::testing::TestWithParam<Sizes> {};
INSTANTIATE_TEST_SUITE_P(Sizes, DeltaRule,
                         ::testing::Values(Sizes{1, 1, 1, 1, 0.5}, Sizes{2, 5, 3, 4, 0.5},
                                           Sizes{1, 63, 2, 7, 0.1}, Sizes{2, 64, 1, 16, 0},
                                           Sizes{1, 65, 2, 5, 0.3}, Sizes{1, 129, 3, 17, 0.05},
                                           Sizes{1, 200, 1, 64, 0.01}, Sizes{1, 150, 2, 8, 30}),
                         [](const auto& info) {
                           return "B" + std::to_string(info.param.B) + "T" +
                                  std::to_string(info.param.T) + "H" +
                                  std::to_string(info.param.H) + "D" + std::to_string(info.param.D);
                         });

TEST_P(DeltaRule, ChunksGiveTheRecurrence) {
  const auto [B, T, H, D, decay] = GetParam();
  const Problem p(B, T, H, D, decay);
  const Reference expected(p);
  std::vector<float> out(p.q.size()), states(p.s.StatesSize());
  DeltaRuleForward(p.s, p.Inputs(), nullptr, states.data(), out.data());
  ExpectNear(out, expected.out, "out");
}

TEST_P(DeltaRule, GradientsAreThoseOfTheRecurrence) {
  const auto [B, T, H, D, decay] = GetParam();
  const Problem p(B, T, H, D, decay);
  const Reference expected(p);
  std::vector<float> out(p.q.size()), states(p.s.StatesSize());
  DeltaRuleForward(p.s, p.Inputs(), nullptr, states.data(), out.data());
  std::vector<float> dq(out.size(), 7), dk(dq), dv(dq), dlog_decay(p.beta.size(), 7),
      dbeta(dlog_decay);
  DeltaRuleBackward(p.s, p.Inputs(), states.data(), p.dout.data(),
                    {dq.data(), dk.data(), dv.data(), dlog_decay.data(), dbeta.data()});
  ExpectNear(dq, expected.dq, "dq");
  ExpectNear(dk, expected.dk, "dk");
  ExpectNear(dv, expected.dv, "dv");
  ExpectNear(dlog_decay, expected.dlog_decay, "dlog_decay");
  ExpectNear(dbeta, expected.dbeta, "dbeta");
}

// A prompt in chunks and then token by token leaves the outputs and the memory of the recurrence.
TEST_P(DeltaRule, GoesOnFromAMemory) {
  const auto [B, T, H, D, decay] = GetParam();
  if (B > 1 || T < 4) return;
  const Problem p(B, T, H, D, decay);
  const Reference expected(p);
  std::vector<float> out(p.q.size()), memory(H * D * D, 0.0f);
  const auto from = [&](int64_t t, int64_t n) {
    const int64_t row = t * H;
    return std::pair(
        DeltaRuleShape{1, n, H, D},
        DeltaRuleInputs{p.q.data() + row * D, p.k.data() + row * D, p.v.data() + row * D,
                        p.log_decay.data() + row, p.beta.data() + row});
  };
  const int64_t half = T / 2;
  const auto [first_shape, first] = from(0, half);
  DeltaRuleForward(first_shape, first, memory.data(), nullptr, out.data());
  const auto [second_shape, second] = from(half, T - half - 2);
  DeltaRuleForward(second_shape, second, memory.data(), nullptr, out.data() + half * H * D);
  const auto [last_shape, last] = from(T - 2, 2);
  DeltaRuleStep(last_shape, last, memory.data(), out.data() + (T - 2) * H * D);
  ExpectNear(out, expected.out, "out");
  const std::vector<float> last_head(memory.end() - D * D, memory.end());
  ExpectNear(last_head, expected.last, "memory");
}

}  // namespace
}  // namespace gokart::kernels
