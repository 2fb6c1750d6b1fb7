#include "tensor/kernels/delta_rule.h"

#include <algorithm>
#include <cmath>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/scratch.h"
#include "tensor/kernels/serial_matmul.h"

namespace gokart::kernels {
namespace {

constexpr int64_t kN = DeltaRuleShape::kChunk;

// c[m, n] = op(a) op(b), or added to it; rows without gaps.
struct Flags {
  bool ta = false, tb = false, add = false;
};
void Multiply(int64_t m, int64_t n, int64_t k, const float* a, const float* b, float* c,
              Flags flags = {}) {
  SerialMatMul({.m = m,
                .n = n,
                .k = k,
                .transpose_a = flags.ta,
                .transpose_b = flags.tb,
                .accumulate = flags.add,
                .a_stride = flags.ta ? m : k,
                .b_stride = flags.tb ? k : n,
                .c_stride = n},
               a, b, c);
}

// y[D] += factor x[D]
void AddRow(int64_t D, float factor, const float* x, float* y) {
#pragma omp simd
  for (int64_t d = 0; d < D; ++d) y[d] += factor * x[d];
}

float Dot(int64_t D, const float* x, const float* y) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t d = 0; d < D; ++d) sum += x[d] * y[d];
  return sum;
}

// Rows of a head, `stride` apart, to rows without gaps, or back.
void Gather(int64_t n, int64_t D, const float* x, int64_t stride, float* y) {
  for (int64_t t = 0; t < n; ++t) std::copy(x + t * stride, x + t * stride + D, y + t * D);
}
void Scatter(int64_t n, int64_t D, const float* x, float* y, int64_t stride) {
  for (int64_t t = 0; t < n; ++t) std::copy(x + t * D, x + t * D + D, y + t * stride);
}

// One chunk of one head. With G_t = log a_1 + ... + log a_t, the memory has faded by g_t = e^(G_t)
// since the chunk began and by e^(G_t - G_i) since token i, and
//
//   delta_t = b_t (v_t - g_t S^T k_t) - sum over i < t of A_ti delta_i
//   A_ti = b_t e^(G_t - G_i) k_t . k_i           i < t, so (I + A) delta = residual
//   M_ti = e^(G_t - G_i) q_t . k_i               i <= t
//   out = g (Q S) + M delta
//   S' = g_n S + sum over t of e^(G_n - G_t) k_t delta_t^T
struct Chunk {
  Chunk(int64_t head_dim, float* memory) : D(head_dim) {
    float** const parts[] = {&q, &k, &v, &key_answers, &query_answers, &delta, &out, &faded_keys};
    for (float** part : parts) {
      *part = memory;
      memory += kN * D;
    }
    a = memory;
    m = a + kN * kN;
  }
  static int64_t Floats(int64_t D) { return 8 * kN * D + 2 * kN * kN; }

  // e^(G_t - G_i), at most 1
  float Fade(int64_t t, int64_t i) const {
    return std::exp(static_cast<float>(cumulative[t] - cumulative[i]));
  }
  float FadeFromStart(int64_t t) const { return std::exp(static_cast<float>(cumulative[t])); }
  float FadeToEnd(int64_t t) const { return Fade(n - 1, t); }

  void Load(const DeltaRuleShape& s, const DeltaRuleInputs& in, int64_t b, int64_t h,
            int64_t first);
  void Compute(const float* state);
  void NextState(float* state) const;

  int64_t D, n = 0;
  float *q, *k, *v;                    // [n, D]
  float *key_answers, *query_answers;  // [n, D]: K S, Q S
  float *delta, *out, *faded_keys;     // [n, D]
  float *a, *m;                        // [n, n]
  // G and b. Of two large G the small difference counts, so they are summed up in double precision.
  double cumulative[kN];
  float beta[kN];
};

void Chunk::Load(const DeltaRuleShape& s, const DeltaRuleInputs& in, int64_t b, int64_t h,
                 int64_t first) {
  n = std::min(kN, s.tokens - first);
  const int64_t row = b * s.tokens + first, stride = s.heads * D, at = row * stride + h * D;
  Gather(n, D, in.q + at, stride, q);
  Gather(n, D, in.k + at, stride, k);
  Gather(n, D, in.v + at, stride, v);
  double sum = 0;
  for (int64_t t = 0; t < n; ++t) {
    cumulative[t] = sum += in.log_decay[(row + t) * s.heads + h];
    beta[t] = in.beta[(row + t) * s.heads + h];
  }
}

// All of the above but S'.
void Chunk::Compute(const float* state) {
  Multiply(n, n, D, k, k, a, {.tb = true});
  Multiply(n, n, D, q, k, m, {.tb = true});
  for (int64_t t = 0; t < n; ++t) {
    for (int64_t i = 0; i < n; ++i) {
      const float fade = i <= t ? Fade(t, i) : 0;
      a[t * n + i] *= i < t ? beta[t] * fade : 0;
      m[t * n + i] *= fade;
    }
  }
  Multiply(n, D, D, k, state, key_answers);
  Multiply(n, D, D, q, state, query_answers);
  for (int64_t t = 0; t < n; ++t) {
    const float fade = FadeFromStart(t);
    float *delta_t = delta + t * D, *out_t = out + t * D;
    for (int64_t d = 0; d < D; ++d) {
      delta_t[d] = beta[t] * (v[t * D + d] - fade * key_answers[t * D + d]);
      out_t[d] = fade * query_answers[t * D + d];
    }
    for (int64_t i = 0; i < t; ++i) AddRow(D, -a[t * n + i], delta + i * D, delta_t);
  }
  Multiply(n, D, n, m, delta, out, {.add = true});
  for (int64_t t = 0; t < n; ++t) {
    const float fade = FadeToEnd(t);
    for (int64_t d = 0; d < D; ++d) faded_keys[t * D + d] = fade * k[t * D + d];
  }
}

void Chunk::NextState(float* state) const {
  const float fade = FadeFromStart(n - 1);
  for (int64_t i = 0; i < D * D; ++i) state[i] *= fade;
  Multiply(D, D, n, faded_keys, delta, state, {.ta = true, .add = true});
}

// The gradients of one chunk, from those of its output and of the memory that it leaves behind.
struct ChunkGradient {
  ChunkGradient(int64_t D, float* memory) {
    float** const parts[] = {&dout, &dq, &dk, &dv, &ddelta, &scaled};
    for (float** part : parts) {
      *part = memory;
      memory += kN * D;
    }
    da = memory;
    dm = da + kN * kN;
    dcumulative = dm + kN * kN;
    dbeta = dcumulative + kN;
  }
  static int64_t Floats(int64_t D) { return 6 * kN * D + 2 * kN * kN + 2 * kN; }

  void Compute(const Chunk& c, const float* state, float* dstate, const float* next_state);

  float *dout, *dq, *dk, *dv, *ddelta, *scaled;  // [n, D]
  float *da, *dm;                                // [n, n]
  float *dcumulative, *dbeta;                    // [n]

 private:
  void ThroughNextState(const Chunk& c, const float* dstate, const float* next_state);
  void ThroughOutput(const Chunk& c, const float* state);
  void ThroughDelta(const Chunk& c, const float* state);
  void ThroughPairs(const Chunk& c);
  void IntoState(const Chunk& c, float* dstate);
};

// S' = g_n S + faded_keys^T delta. Everything in S' scales with e^(G_n).
void ChunkGradient::ThroughNextState(const Chunk& c, const float* dstate, const float* next_state) {
  const int64_t n = c.n, D = c.D;
  Multiply(n, D, D, c.faded_keys, dstate, ddelta);       // ddelta = faded_keys dS'
  Multiply(n, D, D, c.delta, dstate, dk, {.tb = true});  // d faded_keys = delta dS'^T
  std::fill(dcumulative, dcumulative + n, 0.0f);
  for (int64_t t = 0; t < n; ++t) {
    const float fade = c.FadeToEnd(t);
    for (int64_t d = 0; d < D; ++d) dk[t * D + d] *= fade;
    dcumulative[t] -= Dot(D, dk + t * D, c.k + t * D);
  }
  dcumulative[n - 1] += Dot(D * D, dstate, next_state);
}

// out = g (Q S) + M delta
void ChunkGradient::ThroughOutput(const Chunk& c, const float* state) {
  const int64_t n = c.n, D = c.D;
  Multiply(n, D, n, c.m, dout, ddelta, {.ta = true, .add = true});
  Multiply(n, n, D, dout, c.delta, dm, {.tb = true});
  Multiply(n, D, D, dout, state, dq, {.tb = true});
  for (int64_t t = 0; t < n; ++t) {
    const float fade = c.FadeFromStart(t);
    dcumulative[t] += fade * Dot(D, c.query_answers + t * D, dout + t * D);
    for (int64_t d = 0; d < D; ++d) dq[t * D + d] *= fade;
  }
}

// (I + A) delta = b (v - g K S). Its transpose is solved from the last row up, in `ddelta`, which
// then is the gradient of the right side.
void ChunkGradient::ThroughDelta(const Chunk& c, const float* state) {
  const int64_t n = c.n, D = c.D;
  for (int64_t t = n - 1; t >= 0; --t) {
    for (int64_t i = 0; i < t; ++i) AddRow(D, -c.a[t * n + i], ddelta + t * D, ddelta + i * D);
  }
  Multiply(n, n, D, ddelta, c.delta, da, {.tb = true});  // with the sign changed: dA = -this
  for (int64_t t = 0; t < n; ++t) {
    const float fade = c.FadeFromStart(t), beta = c.beta[t];
    const float *dr = ddelta + t * D, *answer = c.key_answers + t * D;
    const float taken = fade * Dot(D, dr, answer);
    dbeta[t] = Dot(D, dr, c.v + t * D) - taken;
    dcumulative[t] -= beta * taken;
    for (int64_t d = 0; d < D; ++d) {
      dv[t * D + d] = beta * dr[d];
      scaled[t * D + d] = -fade * beta * dr[d];
    }
  }
  Multiply(n, D, D, scaled, state, dk, {.tb = true, .add = true});
}

// A_ti = b_t e^(G_t - G_i) k_t . k_i and M_ti = e^(G_t - G_i) q_t . k_i. First what the factors
// before the dot products get, then, with the gradients of the dot products in da and dm, q and k.
void ChunkGradient::ThroughPairs(const Chunk& c) {
  const int64_t n = c.n, D = c.D;
  for (int64_t t = 0; t < n; ++t) {
    float from_a = 0;
    for (int64_t i = 0; i < n; ++i) {
      float &da_ti = da[t * n + i], &dm_ti = dm[t * n + i];
      const float by_a = i < t ? -da_ti * c.a[t * n + i] : 0;
      const float by_m = i <= t ? dm_ti * c.m[t * n + i] : 0;
      from_a += by_a;
      dcumulative[t] += by_a + by_m;
      dcumulative[i] -= by_a + by_m;
      const float fade = i <= t ? c.Fade(t, i) : 0;
      // Where b_t is 0, the product over it is taken below.
      da_ti = i < t ? -da_ti * fade : 0;
      dm_ti *= fade;
    }
    if (c.beta[t] != 0) {
      dbeta[t] += from_a / c.beta[t];
    } else {
      for (int64_t i = 0; i < t; ++i) {
        dbeta[t] += da[t * n + i] * Dot(D, c.k + t * D, c.k + i * D);
      }
    }
    for (int64_t i = 0; i < t; ++i) da[t * n + i] *= c.beta[t];
  }
  Multiply(n, D, n, da, c.k, dk, {.add = true});
  Multiply(n, D, n, da, c.k, dk, {.ta = true, .add = true});
  Multiply(n, D, n, dm, c.k, dq, {.add = true});
  Multiply(n, D, n, dm, c.q, dk, {.ta = true, .add = true});
}

// S' = g_n S + ..., out = g (Q S) + ..., right side = ... - b g (K S)
void ChunkGradient::IntoState(const Chunk& c, float* dstate) {
  const int64_t n = c.n, D = c.D;
  const float fade = c.FadeFromStart(n - 1);
  for (int64_t i = 0; i < D * D; ++i) dstate[i] *= fade;
  Multiply(D, D, n, c.k, scaled, dstate, {.ta = true, .add = true});
  for (int64_t t = 0; t < n; ++t) {
    const float from_start = c.FadeFromStart(t);
    for (int64_t d = 0; d < D; ++d) scaled[t * D + d] = from_start * dout[t * D + d];
  }
  Multiply(D, D, n, c.q, scaled, dstate, {.ta = true, .add = true});
}

// `dstate` comes as the gradient of S' and leaves as that of S.
void ChunkGradient::Compute(const Chunk& c, const float* state, float* dstate,
                            const float* next_state) {
  ThroughNextState(c, dstate, next_state);
  ThroughOutput(c, state);
  ThroughDelta(c, state);
  ThroughPairs(c);
  IntoState(c, dstate);
  // Each log a_t is part of G_t and of all that follow.
  for (int64_t t = c.n - 1; t > 0; --t) dcumulative[t - 1] += dcumulative[t];
}

double ChunkWork(const DeltaRuleShape& s) {
  return 2.0 * s.tokens * s.head_dim * (3.5 * kN + 3.0 * s.head_dim);
}

// Calls body(b, h) for each head of each sequence, spread over threads.
template <typename Body>
void ForEachHead(const DeltaRuleShape& s, double work, const Body& body) {
  const int64_t heads = s.batch * s.heads;
  ParallelFor(heads, GrainForWork(heads, work), [&](int64_t begin, int64_t end) {
    for (int64_t bh = begin; bh < end; ++bh) body(bh / s.heads, bh % s.heads);
  });
}

}  // namespace

void DeltaRuleForward(const DeltaRuleShape& s, const DeltaRuleInputs& in, float* memory,
                      float* states, float* out) {
  const int64_t D = s.head_dim, square = D * D;
  ForEachHead(s, ChunkWork(s), [&](int64_t b, int64_t h) {
    static thread_local Scratch scratch;
    float* state = scratch.Get(square + Chunk::Floats(D));
    Chunk chunk(D, state + square);
    const int64_t bh = b * s.heads + h;
    if (memory != nullptr) {
      std::copy(memory + bh * square, memory + (bh + 1) * square, state);
    } else {
      std::fill(state, state + square, 0.0f);
    }
    for (int64_t i = 0; i < s.chunks(); ++i) {
      if (states != nullptr) {
        std::copy(state, state + square, states + (bh * s.chunks() + i) * square);
      }
      chunk.Load(s, in, b, h, i * kN);
      chunk.Compute(state);
      chunk.NextState(state);
      Scatter(chunk.n, D, chunk.out, out + ((b * s.tokens + i * kN) * s.heads + h) * D,
              s.heads * D);
    }
    if (memory != nullptr) std::copy(state, state + square, memory + bh * square);
  });
}

void DeltaRuleStep(const DeltaRuleShape& s, const DeltaRuleInputs& in, float* memory, float* out) {
  const int64_t D = s.head_dim;
  ForEachHead(s, 6.0 * s.tokens * D * D, [&](int64_t b, int64_t h) {
    static thread_local Scratch scratch;
    float *delta = scratch.Get(D), *S = memory + (b * s.heads + h) * D * D;
    for (int64_t t = 0; t < s.tokens; ++t) {
      const int64_t row = (b * s.tokens + t) * s.heads + h;
      const float *q = in.q + row * D, *k = in.k + row * D, *v = in.v + row * D;
      const float decay = std::exp(in.log_decay[row]), beta = in.beta[row];
      // S <- a S;  delta = b (v - S^T k)
      std::copy(v, v + D, delta);
      for (int64_t i = 0; i < D; ++i) {
#pragma omp simd
        for (int64_t d = 0; d < D; ++d) S[i * D + d] *= decay;
        AddRow(D, -k[i], S + i * D, delta);
      }
      // S <- S + k delta^T;  out = S^T q
      std::fill(out + row * D, out + row * D + D, 0.0f);
      for (int64_t i = 0; i < D; ++i) {
        AddRow(D, beta * k[i], delta, S + i * D);
        AddRow(D, q[i], S + i * D, out + row * D);
      }
    }
  });
}

void DeltaRuleBackward(const DeltaRuleShape& s, const DeltaRuleInputs& in, const float* states,
                       const float* dout, const DeltaRuleGradients& gradients) {
  const int64_t D = s.head_dim, square = D * D, stride = s.heads * D;
  ForEachHead(s, 3 * ChunkWork(s), [&](int64_t b, int64_t h) {
    static thread_local Scratch scratch;
    float* dstate = scratch.Get(2 * square + Chunk::Floats(D) + ChunkGradient::Floats(D));
    float* next_state = dstate + square;
    Chunk chunk(D, next_state + square);
    ChunkGradient gradient(D, next_state + square + Chunk::Floats(D));
    std::fill(dstate, dstate + square, 0.0f);
    for (int64_t i = s.chunks() - 1; i >= 0; --i) {
      const float* state = states + ((b * s.heads + h) * s.chunks() + i) * square;
      const int64_t row = b * s.tokens + i * kN, at = row * stride + h * D;
      chunk.Load(s, in, b, h, i * kN);
      chunk.Compute(state);
      std::copy(state, state + square, next_state);
      chunk.NextState(next_state);
      Gather(chunk.n, D, dout + at, stride, gradient.dout);
      gradient.Compute(chunk, state, dstate, next_state);
      Scatter(chunk.n, D, gradient.dq, gradients.dq + at, stride);
      Scatter(chunk.n, D, gradient.dk, gradients.dk + at, stride);
      Scatter(chunk.n, D, gradient.dv, gradients.dv + at, stride);
      for (int64_t t = 0; t < chunk.n; ++t) {
        gradients.dlog_decay[(row + t) * s.heads + h] = gradient.dcumulative[t];
        gradients.dbeta[(row + t) * s.heads + h] = gradient.dbeta[t];
      }
    }
  });
}

}  // namespace gokart::kernels
