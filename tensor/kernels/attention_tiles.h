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
  if (s.mask != nullptr) return {0, s.tokens};  // as far as can be said without a look at it
  return {s.window > 0 ? std::max<int64_t>(0, t - s.window + 1) : 0,
          s.causal || s.window > 0 ? t + 1 : s.past + s.tokens};
}

/// The keys that at least one of the queries sees.
inline Tokens VisibleKeys(const AttentionShape& s, Tokens queries) {
  return {VisibleKeys(s, queries.begin).begin, VisibleKeys(s, queries.end - 1).end};
}

/// The queries that see at least one of the keys.
inline Tokens QueriesThatSee(const AttentionShape& s, Tokens keys) {
  if (s.mask != nullptr) return {0, s.tokens};
  return {s.causal || s.window > 0 ? keys.begin : 0,
          s.window > 0 ? std::min(s.tokens, keys.end - 1 + s.window) : s.tokens};
}

/// Calls body(keys) for one tile after the other of those keys in `range` that at least one of the
/// queries sees, each of `size` keys at most. With a mask, tiles begin and end at its blocks, and
/// blocks that are empty for these queries, which begin at a block, are in none of them.
template <typename Body>
void ForEachKeyTile(const AttentionShape& s, Tokens queries, Tokens range, int64_t size,
                    const Body& body) {
  const auto cut = [&](Tokens run) {
    for (int64_t key = run.begin; key < run.end; key += size) {
      body(Tokens{key, std::min(key + size, run.end)});
    }
  };
  if (s.mask == nullptr) return cut(Overlap(range, VisibleKeys(s, queries)));
  constexpr int64_t kBlock = BlockMask::kSize;
  const auto is_empty = [&](int64_t key) {
    return s.mask->kind(queries.begin / kBlock, key / kBlock) == BlockMask::Kind::kEmpty;
  };
  for (int64_t key = range.begin; key < range.end;) {
    const int64_t begin = key;
    while (key < range.end && !is_empty(key)) key += kBlock;
    cut({begin, std::min(key, range.end)});
    while (key < range.end && is_empty(key)) key += kBlock;
  }
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

/// Adds what ALiBi takes off the scores of query t for `keys`: slope * (key - t).
void AddDistances(float slope, int64_t t, Tokens keys, float* row);

/// Brings one query's row of a tile of scores into whole vectors: -infinity for keys that the query
/// does not see, up to a multiple of kLanes, which is returned; zeros from there to the end of the
/// tile. Returns 0 where the query sees nothing. The row's memory has room for whole vectors.
int64_t MaskRow(Tokens keys, Tokens seen, float* row);

/// The same for query t under s.mask, for keys that begin at one of its blocks.
int64_t MaskRow(const BlockMask& mask, int64_t t, Tokens keys, float* row);

/// What becomes of query t's scores in head h before softmax: biased, and masked as above. `seen`
/// receives the keys among which those that the query sees lie.
inline int64_t PrepareRow(const AttentionShape& s, int64_t h, int64_t t, Tokens keys, float* row,
                          Tokens& seen) {
  seen = Overlap(keys, VisibleKeys(s, t));
  if (s.slopes != nullptr) AddDistances(s.slopes[h], t, keys, row);
  return s.mask != nullptr ? MaskRow(*s.mask, t, keys, row) : MaskRow(keys, seen, row);
}

/// x[i] = factor where bit first_bit + i of the mask is set, 0 where not; x[n].
void ExpandBits(const uint64_t* mask, int64_t first_bit, int64_t n, float factor, float* x);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_ATTENTION_TILES_H_
