#include "tensor/kernels/attention.h"

#include <cmath>
#include <vector>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/vector_math.h"

namespace gokart::kernels {
namespace {

AttentionShape WithDefaults(AttentionShape s) {
  if (s.kv_heads == 0) s.kv_heads = s.heads;
  if (s.q_stride == 0) s.q_stride = s.heads * s.head_dim;
  if (s.kv_stride == 0) s.kv_stride = s.kv_heads * s.head_dim;
  if (s.scale == 0) s.scale = 1 / std::sqrt(static_cast<float>(s.head_dim));
  return s;
}

// The keys [begin, end) that query t sees.
struct KeyRange {
  int64_t begin, end;
};
KeyRange Visible(const AttentionShape& s, int64_t t) {
  const int64_t begin = s.window > 0 ? std::max<int64_t>(0, t - s.window + 1) : 0;
  return {begin, s.causal || s.window > 0 ? t + 1 : s.tokens};
}

float Dot(int64_t n, const float* a, const float* b) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

void Add(int64_t n, float factor, const float* x, float* y) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) y[i] += factor * x[i];
}

// Factor of the dropout on weight `key` of the row that starts at bit `row_begin`.
float Keep(const AttentionDropout& dropout, int64_t row_begin, int64_t key) {
  if (dropout.keep == nullptr) return 1;
  const int64_t bit = row_begin + key;
  return dropout.keep[bit / 64] >> (bit % 64) & 1 ? dropout.scale : 0;
}

}  // namespace

void AttentionForward(const AttentionShape& shape, const AttentionDropout& dropout, const float* q,
                      const float* k, const float* v, float* out, float* log_sum_exp) {
  const AttentionShape s = WithDefaults(shape);
  const int64_t T = s.tokens, H = s.heads, D = s.head_dim, group = H / s.kv_heads;
  ParallelFor(s.batch * H, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> p(T);
    for (int64_t bh = begin; bh < end; ++bh) {
      const int64_t b = bh / H, h = bh % H;
      const float* k_bh = k + b * T * s.kv_stride + h / group * D;
      const float* v_bh = v + b * T * s.kv_stride + h / group * D;
      for (int64_t t = 0; t < T; ++t) {
        const auto [first, last] = Visible(s, t);
        const float* q_t = q + (b * T + t) * s.q_stride + h * D;
        float* out_t = out + (b * T + t) * H * D + h * D;
        float max = -kInfinity, sum = 0;
        for (int64_t j = first; j < last; ++j) {
          p[j] = s.scale * Dot(D, q_t, k_bh + j * s.kv_stride);
          max = std::max(max, p[j]);
        }
        for (int64_t j = first; j < last; ++j) sum += p[j] = Exp(p[j] - max);
        std::fill(out_t, out_t + D, 0.0f);
        for (int64_t j = first; j < last; ++j) {
          Add(D, p[j] / sum * Keep(dropout, (bh * T + t) * T, j), v_bh + j * s.kv_stride, out_t);
        }
        if (log_sum_exp != nullptr) log_sum_exp[bh * T + t] = max + Log(sum);
      }
    }
  });
}

void AttentionBackward(const AttentionShape& shape, const AttentionDropout& dropout, const float* q,
                       const float* k, const float* v, const float* out, const float* log_sum_exp,
                       const float* dout, float* dq, float* dk, float* dv, bool accumulate) {
  const AttentionShape s = WithDefaults(shape);
  const int64_t T = s.tokens, H = s.heads, D = s.head_dim, group = H / s.kv_heads;
  // One task per key/value head: it alone writes dk and dv of this head.
  ParallelFor(s.batch * s.kv_heads, 1, [&](int64_t begin, int64_t end) {
    for (int64_t bg = begin; bg < end; ++bg) {
      const int64_t b = bg / s.kv_heads, g = bg % s.kv_heads;
      const int64_t kv = b * T * s.kv_stride + g * D;
      for (int64_t j = 0; j < T && !accumulate; ++j) {
        std::fill(dk + kv + j * s.kv_stride, dk + kv + j * s.kv_stride + D, 0.0f);
        std::fill(dv + kv + j * s.kv_stride, dv + kv + j * s.kv_stride + D, 0.0f);
      }
      for (int64_t h = g * group; h < (g + 1) * group; ++h) {
        for (int64_t t = 0; t < T; ++t) {
          const int64_t row = (b * H + h) * T + t, o = (b * T + t) * H * D + h * D;
          const int64_t qt = (b * T + t) * s.q_stride + h * D;
          if (!accumulate) std::fill(dq + qt, dq + qt + D, 0.0f);
          const float delta = Dot(D, dout + o, out + o);
          const auto [first, last] = Visible(s, t);
          for (int64_t j = first; j < last; ++j) {
            const int64_t kvj = kv + j * s.kv_stride;
            const float p = Exp(s.scale * Dot(D, q + qt, k + kvj) - log_sum_exp[row]);
            const float keep = Keep(dropout, row * T, j);
            const float dscore = s.scale * p * (keep * Dot(D, dout + o, v + kvj) - delta);
            Add(D, p * keep, dout + o, dv + kvj);
            Add(D, dscore, q + qt, dk + kvj);
            Add(D, dscore, k + kvj, dq + qt);
          }
        }
      }
    }
  });
}

}  // namespace gokart::kernels
