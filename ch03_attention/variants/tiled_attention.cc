#include "ch03_attention/variants/tiled_attention.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "ch03_attention/multi_head_attention.h"
#include "tensor/kernels/parallel.h"
#include "tensor/kernels/serial_matmul.h"
#include "tensor/kernels/vector_math.h"
#include "tensor/ops/layout.h"

namespace gokart {
namespace {

using kernels::kInfinity;

// c[m, n] = op(a) op(b), or added to it.
struct Product {
  bool transpose_a = false, transpose_b = false, add = false;
};
void Multiply(int64_t m, int64_t n, int64_t k, const float* a, const float* b, float* c,
              Product p) {
  kernels::SerialMatMul(kernels::WithStrides({.m = m,
                                              .n = n,
                                              .k = k,
                                              .transpose_a = p.transpose_a,
                                              .transpose_b = p.transpose_b,
                                              .accumulate = p.add}),
                        a, b, c);
}

// One head: q, k, v, out [T, D]; L [T].
struct Head {
  int64_t T, D, tile;
  const float *q, *k, *v;
  float scale() const { return 1 / std::sqrt(static_cast<float>(D)); }
};

// Some tokens in a row.
struct Run {
  int64_t begin, size;
};

// Calls body(tile) for the tiles of tokens 0 ... end - 1.
template <typename Body>
void ForEachTile(const Head& head, int64_t end, const Body& body) {
  for (int64_t begin = 0; begin < end; begin += head.tile) {
    body(Run{begin, std::min(head.tile, head.T - begin)});
  }
}

// S[queries, keys] = mask(q k^T / sqrt(D))
void Scores(const Head& head, Run queries, Run keys, float* S) {
  Multiply(queries.size, keys.size, head.D, head.q + queries.begin * head.D,
           head.k + keys.begin * head.D, S, {.transpose_b = true});
  const float scale = head.scale();
  for (int64_t i = 0; i < queries.size; ++i) {
    float* const row = S + i * keys.size;
    const int64_t seen = std::clamp<int64_t>(queries.begin + i + 1 - keys.begin, 0, keys.size);
#pragma omp simd
    for (int64_t j = 0; j < seen; ++j) row[j] *= scale;
    std::fill(row + seen, row + keys.size, -kInfinity);
  }
}

// A row of scores joins what its query has summed up: m, l and o[D].
void TakeRow(int64_t n, int64_t D, float* s, float& m, float& l, float* o) {
  // [exercise 3.28] Softmax piece by piece
  // Task: s holds n scores of a query with further keys; m is the largest score so far, l the sum
  //       of e^(score - m), o [D] the same sum of e^(score - m) v. Bring m, l and o up to the new
  //       largest score, leave e^(score - m) in s, and add them to l (their values join o later).
  //       In OnlineSoftmaxAttention below run ForwardHead for each of the N heads.
  // Hint: When m grows to m', what was summed up with m is too large by e^(m' - m).
  // Hint: At first m is -infinity and l and o are 0: e^(-infinity) = 0, so that needs no case of
  //       its own.
  // Hint: kernels::ParallelFor(N, 1, body) calls body(h, h + 1). Head h begins at h * T * D of q,
  //       k, v and out, and at h * T of L.
  // Test: //ch03_attention/variants:tiled_attention_test OnlineSoftmax.*
  // Read: ch03_attention/variants/tiled_attention.h

  const float larger = std::max(m, *std::max_element(s, s + n));
  const float decay = kernels::ExpFlushed(m - larger);
  for (int64_t d = 0; d < D; ++d) o[d] *= decay;
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t j = 0; j < n; ++j) {
    s[j] = kernels::ExpFlushed(s[j] - larger);
    sum += s[j];
  }
  l = decay * l + sum;
  m = larger;
  // [end of exercise 3.28]
}

void ForwardHead(const Head& head, float* out, float* L) {
  const int64_t D = head.D;
  std::vector<float> S(head.tile * head.tile), m(head.tile), l(head.tile);
  ForEachTile(head, head.T, [&](Run queries) {
    float* o = out + queries.begin * D;  // [queries, D], not yet divided
    std::fill(m.begin(), m.end(), -kInfinity);
    std::fill(l.begin(), l.end(), 0.0f);
    std::fill(o, o + queries.size * D, 0.0f);
    ForEachTile(head, queries.begin + queries.size, [&](Run keys) {
      Scores(head, queries, keys, S.data());
      for (int64_t i = 0; i < queries.size; ++i) {
        TakeRow(keys.size, D, S.data() + i * keys.size, m[i], l[i], o + i * D);
      }
      Multiply(queries.size, D, keys.size, S.data(), head.v + keys.begin * D, o, {.add = true});
    });
    for (int64_t i = 0; i < queries.size; ++i) {
      for (int64_t d = 0; d < D; ++d) o[i * D + d] /= l[i];
      L[queries.begin + i] = m[i] + std::log(l[i]);
    }
  });
}

struct HeadGradient {
  const float *out, *L, *dout;
  float *dq, *dk, *dv;  // [T, D], zero to begin with
};

// The rows of a tile: S becomes P = e^(S - L), dP becomes dS / sqrt(D) = P (dP - delta) / sqrt(D).
void WeightsAgain(const Head& head, Run queries, Run keys, const float* L, const float* delta,
                  float* S, float* dP) {
  for (int64_t i = 0; i < queries.size; ++i) {
    const float L_i = L[queries.begin + i];
    for (int64_t j = 0; j < keys.size; ++j) {
      const int64_t at = i * keys.size + j;
      S[at] = kernels::ExpFlushed(S[at] - L_i);
      dP[at] = head.scale() * S[at] * (dP[at] - delta[i]);
    }
  }
}

void BackwardHead(const Head& head, const HeadGradient& g) {
  const int64_t D = head.D;
  std::vector<float> S(head.tile * head.tile), dP(head.tile * head.tile), delta(head.tile);
  ForEachTile(head, head.T, [&](Run queries) {
    const int64_t q_at = queries.begin * D, n = queries.size;
    for (int64_t i = 0; i < n; ++i) {
      delta[i] = 0;
      for (int64_t d = 0; d < D; ++d)
        delta[i] += g.out[q_at + i * D + d] * g.dout[q_at + i * D + d];
    }
    ForEachTile(head, queries.begin + n, [&](Run keys) {
      const int64_t k_at = keys.begin * D;
      Scores(head, queries, keys, S.data());
      Multiply(n, keys.size, D, g.dout + q_at, head.v + k_at, dP.data(), {.transpose_b = true});
      WeightsAgain(head, queries, keys, g.L, delta.data(), S.data(), dP.data());
      Multiply(keys.size, D, n, S.data(), g.dout + q_at, g.dv + k_at,
               {.transpose_a = true, .add = true});
      Multiply(n, D, keys.size, dP.data(), head.k + k_at, g.dq + q_at, {.add = true});
      Multiply(keys.size, D, n, dP.data(), head.q + q_at, g.dk + k_at,
               {.transpose_a = true, .add = true});
    });
  });
}

}  // namespace

Tensor OnlineSoftmaxAttention(const Tensor& q, const Tensor& k, const Tensor& v, int64_t tile) {
  if (q.rank() != 3 || q.shape() != k.shape() || q.shape() != v.shape() || tile < 1) {
    throw std::invalid_argument("OnlineSoftmaxAttention: q " + q.shape().ToString() + ", k " +
                                k.shape().ToString() + ", v " + v.shape().ToString() + ", tile " +
                                std::to_string(tile) + ": three tensors [heads, T, D] expected");
  }
  const int64_t N = q.dim(0), T = q.dim(1), D = q.dim(2);
  Tensor out = Tensor::Empty(q.shape()), L = Tensor::Empty({N, T});
  float *const out_data = out.mutable_data(), *const L_data = L.mutable_data();
  // [exercise 3.28, continued]
  kernels::ParallelFor(N, /*grain=*/1, [&](int64_t h, int64_t) {
    const int64_t at = h * T * D;
    ForwardHead({T, D, tile, q.data() + at, k.data() + at, v.data() + at}, out_data + at,
                L_data + h * T);
  });
  // [end of exercise 3.28]
  return Record("OnlineSoftmaxAttention", out, {q, k, v},
                [=, q = Saved(q), k = Saved(k), v = Saved(v), out = Saved(out), L = Saved(L)](
                    const Buffer& dout, InputGradients& grads) {
                  Buffer d[3];
                  for (Buffer& gradient : d) {
                    gradient = Buffer::Allocate(N * T * D);
                    std::fill_n(gradient.mutable_data(), N * T * D, 0.0f);
                  }
                  float *const dq = d[0].mutable_data(), *const dk = d[1].mutable_data(),
                               *const dv = d[2].mutable_data();
                  kernels::ParallelFor(N, /*grain=*/1, [&](int64_t h, int64_t) {
                    const int64_t at = h * T * D;
                    BackwardHead({T, D, tile, q.data() + at, k.data() + at, v.data() + at},
                                 {out.data() + at, L.data() + h * T, dout.data() + at, dq + at,
                                  dk + at, dv + at});
                  });
                  for (int i = 0; i < 3; ++i) grads.Pass(i, d[i]);
                });
}

// Dropout on the weights is left to the kernel.
Tensor TiledAttention::Attend(const Projected& p) const {
  if (dropout.active_rate() > 0) return ProjectedAttention::Attend(p);
  const int64_t B = p.q.dim(0), T = p.q.dim(1), H = config.num_heads, D = config.d_out / H;
  const auto heads = [&](const Tensor& x) {  // [B, T, C] -> [B * H, T, D]
    return ops::Reshape(SplitHeads(x, H), {B * H, T, D});
  };
  const Tensor out = OnlineSoftmaxAttention(heads(p.q), heads(p.k), heads(p.v), tile_);
  return MergeHeads(ops::Reshape(out, {B, H, T, D}));  // [B, T, C]
}

AttentionCosts TiledAttention::Costs(const AttentionConfig& config, int64_t num_tokens) {
  AttentionCosts costs = ProjectedAttention::Costs(config, num_tokens);
  costs.training_bytes += 4.0 * static_cast<double>(num_tokens * config.d_out);
  return costs;
}

}  // namespace gokart
