#include "tensor/kernels/attention.h"
#include "tensor/kernels/attention_tiles.h"
#include "tensor/kernels/parallel.h"
#include "tensor/kernels/transpose.h"

namespace gokart::kernels {
namespace {

// At 64 x 512 x 64 oneDNN is nearly as fast as at any size, and a tile of weights (128 KiB) stays
// in the L2 cache. Tried, at T = 1024, D = 64: 64 x 256 is 4% slower, 64 x 128 7%, 32 or 128
// queries 1 to 3%. A tile on the diagonal ends at its last visible key, so what is computed in vain
// is half of 64 x 64.
constexpr int64_t kTileQueries = 64, kTileKeys = 512;

// One head of one batch entry. Queries have the numbers [past, past + T) among its tokens; the rows
// of q, out and log_sum_exp begin with the first of them.
struct Head {
  int64_t index;         // h
  HeadRows q, k, v;      // [T, D], [past + T, D], [past + T, D]
  float* out;            // [T, D], rows H * D apart
  float* log_sum_exp;    // [T], or null
  int64_t first_weight;  // index of its first weight in the dropout mask
};

// A block of queries on its way through the keys, a tile of them at a time. Of each query: the
// largest score so far; the sum of e^(score - max); and, in `out`, the sum of e^(score - max) v.
struct Block {
  Tokens queries;
  float max[kTileQueries], sum[kTileQueries];
  float *out, *weights;  // [kTileQueries, D], [kTileQueries, kTileKeys]
};

// The largest of x[n]; n is a multiple of kLanes.
float MaxOfRow(int64_t n, const float* x) {
  Lanes max = Broadcast(-kInfinity);
  for (int64_t i = 0; i < n; i += kLanes) max = MaxOf(max, LoadLanes(x + i));
  return MaxLane(max);
}

// x = e^(x - shift) for x[n], n a multiple of kLanes; returns the sum.
float ExpAndSum(int64_t n, float shift, float* x) {
  Lanes sum = {};
  for (int64_t i = 0; i < n; i += kLanes) {
#pragma omp simd
    for (int j = 0; j < kLanes; ++j) x[i + j] = ExpFlushed(x[i + j] - shift);
    sum += LoadLanes(x + i);
  }
  return SumLanes(sum);
}

// The scores of query i become weights; what was summed up under a smaller maximum is scaled down.
void SoftmaxRow(int64_t n, int64_t D, int64_t i, float* row, Block& block) {
  const float before = block.max[i], max = std::max(before, MaxOfRow(n, row));
  if (max > before && block.sum[i] > 0) {
    const float decay = ExpFlushed(before - max);
    block.sum[i] *= decay;
#pragma omp simd
    for (int64_t d = 0; d < D; ++d) block.out[i * D + d] *= decay;
  }
  block.max[i] = max;
  block.sum[i] += ExpAndSum(n, max, row);
}

void DropWeights(const AttentionDropout& dropout, int64_t first_weight, int64_t n, float* weights) {
  float keep[kTileKeys];
  ExpandBits(dropout.keep, first_weight, n, dropout.scale, keep);
#pragma omp simd
  for (int64_t j = 0; j < n; ++j) weights[j] *= keep[j];
}

void Softmax(const AttentionShape& s, const AttentionDropout& dropout, const Head& head,
             Tokens keys, Block& block) {
  for (int64_t i = 0; i < block.queries.size(); ++i) {
    const int64_t t = block.queries.begin + i;
    float* row = block.weights + i * kTileKeys;
    Tokens seen;
    const int64_t padded = PrepareRow(s, head.index, t, keys, row, seen);
    if (padded == 0) continue;
    SoftmaxRow(padded, s.head_dim, i, row, block);
    if (dropout.keep != nullptr) {
      DropWeights(dropout, head.first_weight + t * s.tokens + seen.begin, seen.size(),
                  row + seen.begin - keys.begin);
    }
  }
}

// Before the first tile: nothing, or a sink, whose weight e^(sink - max) is in the sum from the
// start.
void StartBlock(const AttentionShape& s, const Head& head, Block& block) {
  const int64_t rows = block.queries.size();
  const bool sink = s.sinks != nullptr;
  std::fill(block.max, block.max + rows, sink ? s.sinks[head.index] : -kInfinity);
  std::fill(block.sum, block.sum + rows, sink ? 1.0f : 0.0f);
  // Needed where there may be no first tile to overwrite it, or one that scales it down first.
  if (sink || s.mask != nullptr) std::fill(block.out, block.out + rows * s.head_dim, 0.0f);
}

// out = sum of weights v / sum of weights. Dropout leaves the divisor as it is.
void FinishBlock(const AttentionShape& s, const Head& head, const Block& block) {
  const int64_t D = s.head_dim, rows = block.queries.size();
  for (int64_t i = 0; i < rows; ++i) {
    float* out_t = head.out + (block.queries.begin - s.past + i) * s.heads * D;
    const float factor = block.sum[i] > 0 ? 1 / block.sum[i] : 0;
#pragma omp simd
    for (int64_t d = 0; d < D; ++d) out_t[d] = block.out[i * D + d] * factor;
  }
  if (head.log_sum_exp == nullptr) return;
#pragma omp simd
  for (int64_t i = 0; i < rows; ++i) {
    head.log_sum_exp[block.queries.begin - s.past + i] = block.max[i] + Log(block.sum[i]);
  }
}

// k_transposed [D, ...] begins at key `first_key`.
void ForwardBlock(const AttentionShape& s, const AttentionDropout& dropout, const Head& head,
                  const float* k_transposed, int64_t k_stride, int64_t first_key, Block& block) {
  const int64_t D = s.head_dim, rows = block.queries.size();
  StartBlock(s, head, block);
  bool first = true;
  ForEachKeyTile(s, block.queries, {0, s.past + s.tokens}, kTileKeys, [&](Tokens keys) {
    // scores[rows, keys] = scale q k^T
    Sgemm({.m = rows,
           .n = keys.size(),
           .k = D,
           .a_stride = head.q.stride,
           .b_stride = k_stride,
           .c_stride = kTileKeys},
          s.scale, head.q[block.queries.begin - s.past], k_transposed + keys.begin - first_key,
          block.weights);
    Softmax(s, dropout, head, keys, block);
    // out[rows, D] += weights v
    Sgemm({.m = rows,
           .n = D,
           .k = keys.size(),
           .accumulate = !first,
           .a_stride = kTileKeys,
           .b_stride = head.v.stride,
           .c_stride = D},
          1, block.weights, head.v[keys.begin], block.out);
    first = false;
  });
  FinishBlock(s, head, block);
}

// The queries of one head.
void ForwardHead(const AttentionShape& s, const AttentionDropout& dropout, Head head,
                 Tokens queries) {
  static thread_local Scratch block_scratch, k_scratch, v_scratch;
  Block block;
  block.weights = block_scratch.Get(kTileQueries * (kTileKeys + s.head_dim));
  block.out = block.weights + kTileQueries * kTileKeys;
  const Tokens keys = VisibleKeys(s, queries);
  const int64_t k_stride = CalmStride(keys.size());
  float* k_transposed = k_scratch.Get(s.head_dim * k_stride);
  Transpose(keys.size(), s.head_dim, head.k[keys.begin], head.k.stride, k_transposed, k_stride);
  head.v = WithoutCollisions(head.v, keys.end, s.head_dim, v_scratch);
  for (int64_t t = queries.begin; t < queries.end; t += kTileQueries) {
    block.queries = {t, std::min(t + kTileQueries, queries.end)};
    ForwardBlock(s, dropout, head, k_transposed, k_stride, keys.begin, block);
  }
}

}  // namespace

void AttentionForward(const AttentionShape& shape, const AttentionDropout& dropout, const float* q,
                      const float* k, const float* v, float* out, float* log_sum_exp) {
  const AttentionShape s = WithDefaults(shape);
  const int64_t T = s.tokens, H = s.heads, D = s.head_dim, group = H / s.kv_heads;
  // Where heads are few, each is cut into runs of queries. The last ones, which see most, come
  // first.
  const int64_t heads = s.batch * H;
  const int64_t blocks = (T + kTileQueries - 1) / kTileQueries;
  const int64_t wanted = (kAttentionTasks + heads - 1) / std::max<int64_t>(1, heads);
  const int64_t parts = std::clamp<int64_t>(wanted, 1, std::max<int64_t>(1, blocks / 4));
  const int64_t part_size = (blocks + parts - 1) / parts * kTileQueries;
  const int64_t grain = GrainForWork(heads * parts, AttentionWork(s, 2) / (heads * parts));
  ParallelFor(heads * parts, grain, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; ++task) {
      const int64_t bh = task % heads, b = bh / H, h = bh % H;
      const int64_t first = (parts - 1 - task / heads) * part_size;
      if (first >= T) continue;
      const int64_t kv = b * (s.past + T) * s.kv_stride + h / group * s.kv_head_stride;
      const Head head = {.index = h,
                         .q = {q + b * T * s.q_stride + h * D, s.q_stride},
                         .k = {k + kv, s.kv_stride},
                         .v = {v + kv, s.kv_stride},
                         .out = out + b * T * H * D + h * D,
                         .log_sum_exp = log_sum_exp != nullptr ? log_sum_exp + bh * T : nullptr,
                         .first_weight = bh * T * T};
      ForwardHead(s, dropout, head, {s.past + first, s.past + std::min(first + part_size, T)});
    }
  });
}

}  // namespace gokart::kernels
