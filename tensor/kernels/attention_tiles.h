// What the forward and the backward pass of attention share: views of the heads, which keys a query
// sees, and loops over the rows of a tile of scores.
#ifndef GOKART_TENSOR_KERNELS_ATTENTION_TILES_H_
#define GOKART_TENSOR_KERNELS_ATTENTION_TILES_H_

#include <algorithm>
#include <cstdint>

#include "tensor/kernels/attention.h"
#include "tensor/kernels/lanes.h"
#include "tensor/kernels/scratch.h"
#include "tensor/kernels/serial_matmul.h"
#include "tensor/kernels/vector_math.h"

namespace gokart::kernels {

/// So many tasks make eight threads end at about the same time; fewer heads than that are cut up.
inline constexpr int64_t kAttentionTasks = 16;

/// `shape` with its defaults written out. Throws std::invalid_argument if it makes no sense.
AttentionShape WithDefaults(AttentionShape shape);

/// A range of tokens.
struct Tokens {
  int64_t begin, end;
  int64_t size() const { return end - begin; }
};

/// The tokens that are in both, or an empty range.
inline Tokens Overlap(Tokens a, Tokens b) {
  const int64_t begin = std::max(a.begin, b.begin);
  return {begin, std::max(begin, std::min(a.end, b.end))};
}

/// The keys that query t sees.
inline Tokens VisibleKeys(const AttentionShape& s, int64_t t) {
  return {s.window > 0 ? std::max<int64_t>(0, t - s.window + 1) : 0,
          s.causal || s.window > 0 ? t + 1 : s.tokens};
}

/// The keys that at least one of the queries sees.
inline Tokens VisibleKeys(const AttentionShape& s, Tokens queries) {
  return {VisibleKeys(s, queries.begin).begin, VisibleKeys(s, queries.end - 1).end};
}

/// The queries that see at least one of the keys.
inline Tokens QueriesThatSee(const AttentionShape& s, Tokens keys) {
  return {s.causal || s.window > 0 ? keys.begin : 0,
          s.window > 0 ? std::min(s.tokens, keys.end - 1 + s.window) : s.tokens};
}

/// The multiplications and additions of `products` products of queries with keys, over all heads.
double AttentionWork(const AttentionShape& s, int products);

/// One of a head's matrices [T, D], somewhere within the rows of a larger one.
struct HeadRows {
  const float* data;
  int64_t stride;

  const float* operator[](int64_t t) const { return data + t * stride; }
};

/// `rows`, or, where they are slow to read as the second operand of a product, a copy in `scratch`.
HeadRows WithoutCollisions(HeadRows rows, int64_t T, int64_t D, Scratch& scratch);

/// Brings one query's row of a tile of scores into whole vectors: -infinity for keys that the query
/// does not see, up to a multiple of kLanes, which is returned; zeros from there to the end of the
/// tile. Returns 0 where the query sees nothing. The row's memory has room for whole vectors.
int64_t MaskRow(Tokens keys, Tokens seen, float* row);

/// x[i] = factor where bit first_bit + i of the mask is set, 0 where not; x[n].
void ExpandBits(const uint64_t* mask, int64_t first_bit, int64_t n, float factor, float* x);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_ATTENTION_TILES_H_
