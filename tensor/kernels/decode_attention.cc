#include "tensor/kernels/decode_attention.h"

#include <algorithm>

#include "tensor/kernels/dot_products.h"
#include "tensor/kernels/lanes.h"
#include "tensor/kernels/parallel.h"
#include "tensor/kernels/scratch.h"
#include "tensor/kernels/vector_math.h"

namespace gokart::kernels {
namespace {

// x[n] = e^(x - max), max the largest of x and `sink`; returns the sum, with the sink's. Whole
// vectors are read and written: x has room for them.
float Softmax(int64_t n, float sink, float* x) {
  const int64_t padded = (n + kLanes - 1) / kLanes * kLanes;
  std::fill(x + n, x + padded, -kInfinity);
  Lanes max = Broadcast(sink), sum = {};
  for (int64_t i = 0; i < padded; i += kLanes) max = MaxOf(max, LoadLanes(x + i));
  const float largest = MaxLane(max);
  for (int64_t i = 0; i < padded; i += kLanes) {
#pragma omp simd
    for (int j = 0; j < kLanes; ++j) x[i + j] = ExpFlushed(x[i + j] - largest);
    sum += LoadLanes(x + i);
  }
  return SumLanes(sum) + (sink > -kInfinity ? ExpFlushed(sink - largest) : 0);
}

// out[0, kVectors * kLanes) = factor * sum over t of weights[t] v[t], where rows of v lie D apart.
template <int kVectors>
void MixColumns(int64_t n, int64_t D, float factor, const float* weights, const float* v,
                float* out) {
  Lanes sums[kVectors] = {};
  for (int64_t t = 0; t < n; ++t) {
    for (int i = 0; i < kVectors; ++i) sums[i] += weights[t] * LoadLanes(v + t * D + i * kLanes);
  }
  for (int i = 0; i < kVectors; ++i) StoreLanes(sums[i] * factor, out + i * kLanes);
}

// out[D] = factor * weights[n] v[n, D]
void Mix(int64_t n, int64_t D, float factor, const float* weights, const float* v, float* out) {
  int64_t d = 0;
  for (; d + 4 * kLanes <= D; d += 4 * kLanes) {
    MixColumns<4>(n, D, factor, weights, v + d, out + d);
  }
  for (; d + kLanes <= D; d += kLanes) MixColumns<1>(n, D, factor, weights, v + d, out + d);
  for (; d < D; ++d) {
    float sum = 0;
    for (int64_t t = 0; t < n; ++t) sum += weights[t] * v[t * D + d];
    out[d] = sum * factor;
  }
}

// The query heads that share key/value head `kv`.
void DecodeGroup(const DecodeAttentionShape& s, const DecodeQuery& query, int64_t kv) {
  static thread_local Scratch scratch;
  const int64_t D = s.head_dim, group = s.heads / s.kv_heads, n = query.end - query.begin;
  const int64_t stride = (n + kLanes - 1) / kLanes * kLanes;
  float* const scores = scratch.Get(group * stride);
  const int64_t first = kv * query.head_stride + query.begin * D;
  for (int64_t head = 0; head < group; head += kMaxDotVectors) {
    DotProducts({.rows = n,
                 .vectors = std::min(kMaxDotVectors, group - head),
                 .k = D,
                 .w_stride = D,
                 .x_stride = D,
                 .y_row_step = 1,
                 .y_vector_step = stride,
                 .accumulate = false},
                query.k + first, query.q + (kv * group + head) * D, nullptr,
                scores + head * stride);
  }
  for (int64_t head = 0; head < group; ++head) {
    float* const weights = scores + head * stride;
    const int64_t h = kv * group + head;
    const float slope = s.slopes != nullptr ? s.slopes[h] : 0;
    // The last key is the new token's own, at distance 0.
#pragma omp simd
    for (int64_t t = 0; t < n; ++t) {
      weights[t] = s.scale * weights[t] - slope * static_cast<float>(n - 1 - t);
    }
    const float sum = Softmax(n, s.sinks != nullptr ? s.sinks[h] : -kInfinity, weights);
    Mix(n, D, 1 / sum, weights, query.v + first, query.out + h * D);
  }
}

}  // namespace

void DecodeAttention(const DecodeAttentionShape& s, std::span<const DecodeQuery> queries) {
  const int64_t tasks = static_cast<int64_t>(queries.size()) * s.kv_heads;
  int64_t keys = 0;
  for (const DecodeQuery& query : queries) keys += query.end - query.begin;
  // From 16,384 floats of the cache on, a second thread is worth waking up.
  constexpr int64_t kFloatsPerRange = 8192;
  const int64_t floats = 2 * keys * s.kv_heads * s.head_dim;
  const int64_t ranges =
      std::clamp<int64_t>(floats / kFloatsPerRange, 1, std::max<int64_t>(1, tasks));
  const int64_t grain = (tasks + ranges - 1) / ranges;
  ParallelFor(tasks, grain, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; ++task) {
      DecodeGroup(s, queries[task / s.kv_heads], task % s.kv_heads);
    }
  });
}

}  // namespace gokart::kernels
