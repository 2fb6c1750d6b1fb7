#include "tensor/kernels/attention_tiles.h"

#include <cmath>
#include <stdexcept>

#include "absl/strings/str_cat.h"

namespace gokart::kernels {

AttentionShape WithDefaults(AttentionShape s) {
  if (s.kv_heads == 0) s.kv_heads = s.heads;
  if (s.q_stride == 0) s.q_stride = s.heads * s.head_dim;
  if (s.kv_stride == 0) s.kv_stride = s.kv_heads * s.head_dim;
  const bool apart = s.kv_head_stride != 0;
  if (!apart) s.kv_head_stride = s.head_dim;
  if (s.scale == 0) s.scale = 1 / std::sqrt(static_cast<float>(s.head_dim));
  if (s.batch < 0 || s.tokens < 0 || s.heads <= 0 || s.head_dim <= 0 || s.kv_heads <= 0 ||
      s.heads % s.kv_heads != 0 || s.q_stride < s.heads * s.head_dim ||
      s.kv_stride < (apart ? 1 : s.kv_heads) * s.head_dim || s.kv_head_stride < s.head_dim ||
      s.window < 0 || s.past < 0 ||
      (s.mask != nullptr && (s.mask->tokens() != s.tokens || s.past > 0))) {
    throw std::invalid_argument(absl::StrCat(
        "Attention: batch ", s.batch, ", tokens ", s.tokens, ", heads ", s.heads, ", head_dim ",
        s.head_dim, ", kv_heads ", s.kv_heads, ", q_stride ", s.q_stride, ", kv_stride ",
        s.kv_stride, ", window ", s.window, ", past ", s.past,
        ": a size is negative or zero, heads are no multiple "
        "of kv_heads, a stride is too small, or the mask is "
        "one for other sizes"));
  }
  return s;
}

double AttentionWork(const AttentionShape& s, int products) {
  const double tokens = static_cast<double>(s.tokens);
  double pairs = tokens * (s.past + (s.causal ? tokens / 2 : tokens));
  if (s.window > 0) pairs = std::min(pairs, tokens * s.window);
  if (s.mask != nullptr) pairs = static_cast<double>(s.mask->ComputedPairs());
  return 2.0 * products * s.batch * s.heads * s.head_dim * pairs;
}

HeadRows WithoutCollisions(HeadRows rows, int64_t T, int64_t D, Scratch& scratch) {
  if (!Collide(rows.stride)) return rows;
  float* copy = scratch.Get(T * D);
  for (int64_t t = 0; t < T; ++t) std::copy(rows[t], rows[t] + D, copy + t * D);
  return {copy, D};
}

int64_t MaskRow(Tokens keys, Tokens seen, float* row) {
  const int64_t first = seen.begin - keys.begin, last = seen.end - keys.begin;
  const int64_t padded = seen.size() == 0 ? 0 : (last + kLanes - 1) / kLanes * kLanes;
  if (padded > 0) {
    std::fill(row, row + first, -kInfinity);
    IntLanes index;
    for (int i = 0; i < kLanes; ++i) index[i] = i;
    float* end = row + padded - kLanes;
    const int32_t seen_at_end = static_cast<int32_t>(last - padded + kLanes);
    StoreLanes(index < seen_at_end ? LoadLanes(end) : Broadcast(-kInfinity), end);
  }
  for (int64_t i = padded; i < keys.size(); i += kLanes) StoreLanes(Lanes{}, row + i);
  return padded;
}

int64_t MaskRow(const BlockMask& mask, int64_t t, Tokens keys, float* row) {
  constexpr int64_t kBlock = BlockMask::kSize;
  const int64_t padded = (keys.size() + kLanes - 1) / kLanes * kLanes;
  uint64_t any = 0;
  for (int64_t i = 0; i < padded; i += kBlock) {
    const uint64_t bits = mask.Bits(t, (keys.begin + i) / kBlock);
    any |= bits;
    if (bits == ~uint64_t{0}) continue;
    const int64_t n = std::min(kBlock, padded - i);  // bits beyond the last key are zero
#pragma omp simd
    for (int64_t j = 0; j < n; ++j) row[i + j] = bits >> j & 1 ? row[i + j] : -kInfinity;
  }
  if (any != 0) return padded;
  for (int64_t i = 0; i < keys.size(); i += kLanes) StoreLanes(Lanes{}, row + i);
  return 0;
}

void AddDistances(float slope, int64_t t, Tokens keys, float* row) {
  const float first = static_cast<float>(keys.begin - t);
#pragma omp simd
  for (int32_t i = 0; i < static_cast<int32_t>(keys.size()); ++i) {
    row[i] += slope * (first + static_cast<float>(i));
  }
}

void ExpandBits(const uint64_t* mask, int64_t first_bit, int64_t n, float factor, float* x) {
  for (int64_t i = 0; i < n; i += 32) {
    const int64_t bit = first_bit + i, count = std::min<int64_t>(32, n - i);
    uint64_t word = mask[bit / 64] >> (bit % 64);
    if (bit % 64 + count > 64) word |= mask[bit / 64 + 1] << (64 - bit % 64);
    const uint32_t bits = static_cast<uint32_t>(word);
#pragma omp simd
    for (int64_t j = 0; j < count; ++j) x[i + j] = bits >> j & 1 ? factor : 0.0f;
  }
}

}  // namespace gokart::kernels
