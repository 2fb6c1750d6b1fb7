#include <cmath>
#include <stdexcept>
#include <vector>

#include "tensor/kernels/attention.h"
#include "tensor/kernels/attention_tiles.h"
#include "tensor/kernels/parallel.h"
#include "tensor/kernels/transpose.h"

namespace gokart::kernels {
namespace {

// Two tiles, of weights and of their gradients, 64 KiB each. Tried, at T = 1024, D = 64: 64 x 128
// is 2% slower, 64 x 512 4%, 32 or 128 queries 2 to 5%.
constexpr int64_t kTileQueries = 64, kTileKeys = 256;

// One head of one batch entry, with the key/value head that it uses.
struct Head {
  int64_t index;                // h
  HeadRows q, k, v, out, dout;  // [T, D]
  const float* log_sum_exp;     // [T]
  int64_t first_weight;         // index of its first weight in the dropout mask
  float *dq = nullptr, *dk = nullptr, *dv = nullptr;  // [T, D], sums so far
};

// A thread's memory for one head.
struct Workspace {
  float* delta;                        // [T]
  float *k_transposed, *v_transposed;  // [D, kTileKeys], of one tile
  float *weights, *dscores;            // [kTileQueries, kTileKeys]
};
constexpr int64_t kTransposedStride = CalmStride(kTileKeys);

// delta[t] = out[t] . dout[t] = sum over keys of P dP: what normalising takes from each dP of row
// t.
void ComputeDelta(const Head& head, int64_t T, int64_t D, float* delta) {
  for (int64_t t = 0; t < T; ++t) {
    const float *out_t = head.out[t], *dout_t = head.dout[t];
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t d = 0; d < D; ++d) sum += out_t[d] * dout_t[d];
    delta[t] = sum;
  }
}

// One row of a tile, of n keys: `weights` comes with the scores S and leaves with what v is
// weighted with, P or, with dropout, P keep; `dscores` comes with dout v^T and leaves with the
// gradient of q k^T.
//   P = e^(S - log_sum_exp),  dP = keep (dout v^T),  dS = P (dP - delta)
void SoftmaxBackward(int64_t n, float log_sum_exp, float delta, float scale, const float* keep,
                     float* weights, float* dscores) {
  if (keep == nullptr) {
#pragma omp simd
    for (int64_t j = 0; j < n; ++j) {
      const float p = ExpFlushed(weights[j] - log_sum_exp);
      dscores[j] = scale * p * (dscores[j] - delta);
      weights[j] = p;
    }
  } else {
#pragma omp simd
    for (int64_t j = 0; j < n; ++j) {
      const float p = ExpFlushed(weights[j] - log_sum_exp);
      dscores[j] = scale * p * (keep[j] * dscores[j] - delta);
      weights[j] = p * keep[j];
    }
  }
}

void SoftmaxBackward(const AttentionShape& s, const AttentionDropout& dropout, const Head& head,
                     const Workspace& w, Tokens queries, Tokens keys) {
  float keep[kTileKeys] = {};
  for (int64_t i = 0; i < queries.size(); ++i) {
    const int64_t t = queries.begin + i;
    float *weights = w.weights + i * kTileKeys, *dscores = w.dscores + i * kTileKeys;
    Tokens seen;
    const int64_t padded = PrepareRow(s, head.index, t, keys, weights, seen);
    for (int64_t j = padded; j < keys.size(); ++j) dscores[j] = 0;
    if (dropout.keep != nullptr) {
      ExpandBits(dropout.keep, head.first_weight + t * s.tokens + seen.begin, seen.size(),
                 dropout.scale, keep + seen.begin - keys.begin);
    }
    SoftmaxBackward(padded, head.log_sum_exp[t], w.delta[t], s.scale,
                    dropout.keep != nullptr ? keep : nullptr, weights, dscores);
  }
}

// What a tile of scores adds to the three gradients. The transposed keys begin at `first_key`.
void BackwardTile(const AttentionShape& s, const AttentionDropout& dropout, const Head& head,
                  const Workspace& w, Tokens queries, Tokens keys, int64_t first_key) {
  const int64_t D = s.head_dim, m = queries.size(), n = keys.size();
  // S[m, n] = scale q k^T,  dout v^T
  const auto multiply_transposed = [&](const HeadRows& rows, float factor, const float* transposed,
                                       float* out) {
    Sgemm({.m = m,
           .n = n,
           .k = D,
           .a_stride = rows.stride,
           .b_stride = kTransposedStride,
           .c_stride = kTileKeys},
          factor, rows[queries.begin], transposed + keys.begin - first_key, out);
  };
  multiply_transposed(head.q, s.scale, w.k_transposed, w.weights);
  multiply_transposed(head.dout, 1, w.v_transposed, w.dscores);
  SoftmaxBackward(s, dropout, head, w, queries, keys);
  // dv[n, D] += P^T dout,  dk[n, D] += dS^T q
  const auto add_to_keys = [&](const float* tile, const HeadRows& rows, float* gradient) {
    Sgemm({.m = n,
           .n = D,
           .k = m,
           .transpose_a = true,
           .accumulate = true,
           .a_stride = kTileKeys,
           .b_stride = rows.stride,
           .c_stride = D},
          1, tile, rows[queries.begin], gradient + keys.begin * D);
  };
  add_to_keys(w.weights, head.dout, head.dv);
  add_to_keys(w.dscores, head.q, head.dk);
  // dq[m, D] += dS k
  Sgemm({.m = m,
         .n = D,
         .k = n,
         .accumulate = true,
         .a_stride = kTileKeys,
         .b_stride = head.k.stride,
         .c_stride = D},
        1, w.dscores, head.k[keys.begin], head.dq + queries.begin * D);
}

// What the keys in `range` add to the three gradients.
void BackwardHead(const AttentionShape& s, const AttentionDropout& dropout, const Head& head,
                  const Workspace& w, Tokens range) {
  const int64_t D = s.head_dim;
  for (int64_t first = range.begin; first < range.end; first += kTileKeys) {
    const Tokens tile = {first, std::min(first + kTileKeys, range.end)};
    Transpose(tile.size(), D, head.k[first], head.k.stride, w.k_transposed, kTransposedStride);
    Transpose(tile.size(), D, head.v[first], head.v.stride, w.v_transposed, kTransposedStride);
    const Tokens all = QueriesThatSee(s, tile);
    for (int64_t t = all.begin; t < all.end; t += kTileQueries) {
      const Tokens queries = {t, std::min(t + kTileQueries, all.end)};
      ForEachKeyTile(s, queries, tile, kTileKeys,
                     [&](Tokens keys) { BackwardTile(s, dropout, head, w, queries, keys, first); });
    }
  }
}

// Rows t of `range`: out[t] = in[t], or added to it. in: [T, D].
void Store(Tokens range, int64_t D, const float* in, float* out, int64_t stride, bool accumulate) {
  for (int64_t t = range.begin; t < range.end; ++t) {
    const float* in_t = in + t * D;
    float* out_t = out + t * stride;
    if (accumulate) {
#pragma omp simd
      for (int64_t d = 0; d < D; ++d) out_t[d] += in_t[d];
    } else {
      std::copy(in_t, in_t + D, out_t);
    }
  }
}

int64_t CeilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

// How the work is cut, by its shape alone. A task takes a key/value head with all of its query
// heads. Where there are few such heads, their query heads are dealt out to `parts` tasks, and
// where there are few of those, too, the keys are cut into `chunks`.
struct Plan {
  explicit Plan(const AttentionShape& s)
      : kv_heads(s.batch * s.kv_heads),
        parts(std::min(s.heads / s.kv_heads,
                       CeilDiv(kAttentionTasks, std::max<int64_t>(1, kv_heads)))) {
    const int64_t tiles = std::max<int64_t>(1, CeilDiv(s.tokens, kTileKeys));
    const int64_t wanted = CeilDiv(kAttentionTasks, std::max<int64_t>(1, kv_heads * parts));
    chunk_size = CeilDiv(tiles, std::min(wanted, tiles)) * kTileKeys;
    chunks = std::max<int64_t>(1, CeilDiv(s.tokens, chunk_size));
  }
  int64_t Tasks() const { return kv_heads * parts * chunks; }

  int64_t kv_heads, parts, chunks = 1, chunk_size = 0;
};

// The whole backward pass: tasks that share nothing they write, and then sums of what several of
// them found for the same gradient, in a fixed order.
struct BackwardPass {
  AttentionShape s;
  AttentionDropout dropout;
  const float *q, *k, *v, *out, *log_sum_exp, *dout;
  float *dq, *dk, *dv;
  bool accumulate;
  Plan plan;
  // Sums of single tasks: [B * H, chunks, T, D] if there are several chunks, and [B * kv_heads,
  // parts, T, D] if there are several parts.
  float *dq_parts = nullptr, *dk_parts = nullptr, *dv_parts = nullptr;

  int64_t HeadSize() const { return s.tokens * s.head_dim; }
  int64_t QOffset(int64_t b, int64_t h) const { return b * s.tokens * s.q_stride + h * s.head_dim; }
  int64_t KvOffset(int64_t b, int64_t g) const {
    return b * s.tokens * s.kv_stride + g * s.head_dim;
  }
  void AllocateParts(Scratch& scratch);
  Head MakeHead(int64_t b, int64_t h) const;
  void RunTask(int64_t task) const;
  void AddUpParts() const;
};

void BackwardPass::AllocateParts(Scratch& scratch) {
  const int64_t q_size = plan.chunks > 1 ? s.batch * s.heads * plan.chunks * HeadSize() : 0;
  const int64_t kv_size = plan.parts > 1 ? plan.kv_heads * plan.parts * HeadSize() : 0;
  dq_parts = scratch.Get(q_size + 2 * kv_size);
  dk_parts = dq_parts + q_size;
  dv_parts = dk_parts + kv_size;
}

Head BackwardPass::MakeHead(int64_t b, int64_t h) const {
  static thread_local Scratch q_scratch, k_scratch, dout_scratch;
  const int64_t T = s.tokens, H = s.heads, D = s.head_dim, bh = b * H + h;
  const int64_t kv = KvOffset(b, h / (H / s.kv_heads)), o = b * T * H * D + h * D;
  return {.index = h,
          .q = WithoutCollisions({q + QOffset(b, h), s.q_stride}, T, D, q_scratch),
          .k = WithoutCollisions({k + kv, s.kv_stride}, T, D, k_scratch),
          .v = {v + kv, s.kv_stride},
          .out = {out + o, H * D},
          .dout = WithoutCollisions({dout + o, H * D}, T, D, dout_scratch),
          .log_sum_exp = log_sum_exp + bh * T,
          .first_weight = bh * T * T};
}

void BackwardPass::RunTask(int64_t task) const {
  // Under a causal mask most queries see the first keys: these tasks come first.
  const int64_t chunk = task / (plan.kv_heads * plan.parts),
                part = task / plan.kv_heads % plan.parts;
  const int64_t kv_head = task % plan.kv_heads, b = kv_head / s.kv_heads, g = kv_head % s.kv_heads;
  const int64_t T = s.tokens, D = s.head_dim, group = s.heads / s.kv_heads;
  const Tokens keys = {chunk * plan.chunk_size, std::min(T, (chunk + 1) * plan.chunk_size)};

  static thread_local Scratch scratch;
  constexpr int64_t kTile = kTileQueries * kTileKeys;
  float* memory = scratch.Get(2 * kTile + 2 * D * kTransposedStride + 3 * HeadSize() + T);
  Workspace w;
  w.weights = memory;
  w.dscores = w.weights + kTile;
  w.k_transposed = w.dscores + kTile;
  w.v_transposed = w.k_transposed + D * kTransposedStride;
  float *dq_sum = w.v_transposed + D * kTransposedStride, *dk_sum = dq_sum + HeadSize();
  float* dv_sum = dk_sum + HeadSize();
  w.delta = dv_sum + HeadSize();
  if (plan.parts > 1) {
    dk_sum = dk_parts + (kv_head * plan.parts + part) * HeadSize();
    dv_sum = dv_parts + (kv_head * plan.parts + part) * HeadSize();
  }
  std::fill(dk_sum + keys.begin * D, dk_sum + keys.end * D, 0.0f);
  std::fill(dv_sum + keys.begin * D, dv_sum + keys.end * D, 0.0f);

  const int64_t last = g * group + (part + 1) * group / plan.parts;
  for (int64_t h = g * group + part * group / plan.parts; h < last; ++h) {
    Head head = MakeHead(b, h);
    if (plan.chunks > 1) dq_sum = dq_parts + ((b * s.heads + h) * plan.chunks + chunk) * HeadSize();
    std::fill(dq_sum, dq_sum + HeadSize(), 0.0f);
    head.dq = dq_sum;
    head.dk = dk_sum;
    head.dv = dv_sum;
    ComputeDelta(head, T, D, w.delta);
    BackwardHead(s, dropout, head, w, keys);
    if (plan.chunks == 1) Store({0, T}, D, dq_sum, dq + QOffset(b, h), s.q_stride, accumulate);
  }
  if (plan.parts == 1) {
    Store(keys, D, dk_sum, dk + KvOffset(b, g), s.kv_stride, accumulate);
    Store(keys, D, dv_sum, dv + KvOffset(b, g), s.kv_stride, accumulate);
  }
}

void BackwardPass::AddUpParts() const {
  const auto add_up = [&](int64_t parts, const float* in, float* to, int64_t stride) {
    for (int64_t part = 0; part < parts; ++part) {
      Store({0, s.tokens}, s.head_dim, in + part * HeadSize(), to, stride, accumulate || part > 0);
    }
  };
  if (plan.chunks > 1) {
    ParallelFor(s.batch * s.heads, 1, [&](int64_t bh, int64_t) {
      add_up(plan.chunks, dq_parts + bh * plan.chunks * HeadSize(),
             dq + QOffset(bh / s.heads, bh % s.heads), s.q_stride);
    });
  }
  if (plan.parts > 1) {
    ParallelFor(plan.kv_heads, 1, [&](int64_t i, int64_t) {
      const int64_t offset = KvOffset(i / s.kv_heads, i % s.kv_heads),
                    first = i * plan.parts * HeadSize();
      add_up(plan.parts, dk_parts + first, dk + offset, s.kv_stride);
      add_up(plan.parts, dv_parts + first, dv + offset, s.kv_stride);
    });
  }
}

}  // namespace

void AttentionBackward(const AttentionShape& shape, const AttentionDropout& dropout, const float* q,
                       const float* k, const float* v, const float* out, const float* log_sum_exp,
                       const float* dout, float* dq, float* dk, float* dv, bool accumulate) {
  const AttentionShape s = WithDefaults(shape);
  if (s.past != 0 || s.kv_head_stride != s.head_dim) {
    throw std::invalid_argument("AttentionBackward: keys in a cache have no gradient");
  }
  BackwardPass pass = {s,    dropout, q,  k,  v,          out,    log_sum_exp,
                       dout, dq,      dk, dv, accumulate, Plan(s)};
  static thread_local Scratch scratch;
  pass.AllocateParts(scratch);
  const int64_t tasks = pass.plan.Tasks();
  ParallelFor(tasks, GrainForWork(tasks, AttentionWork(s, 5) / tasks),
              [&](int64_t begin, int64_t end) {
                for (int64_t task = begin; task < end; ++task) pass.RunTask(task);
              });
  pass.AddUpParts();
}

void AttentionSinkBackward(const AttentionShape& shape, const float* out, const float* log_sum_exp,
                           const float* dout, float* dsinks, bool accumulate) {
  const AttentionShape s = WithDefaults(shape);
  const int64_t T = s.tokens, H = s.heads, D = s.head_dim;
  ParallelFor(H, GrainForWork(H, 2.0 * s.batch * T * D), [&](int64_t begin, int64_t end) {
    std::vector<float> delta(T);
    for (int64_t h = begin; h < end; ++h) {
      double sum = 0;
      for (int64_t b = 0; b < s.batch; ++b) {
        Head head = {};
        head.out = {out + b * T * H * D + h * D, H * D};
        head.dout = {dout + b * T * H * D + h * D, H * D};
        ComputeDelta(head, T, D, delta.data());
        const float* lse = log_sum_exp + (b * H + h) * T;
        for (int64_t t = 0; t < T; ++t) sum -= std::exp(s.sinks[h] - lse[t]) * delta[t];
      }
      dsinks[h] = static_cast<float>(sum) + (accumulate ? dsinks[h] : 0);
    }
  });
}

}  // namespace gokart::kernels
