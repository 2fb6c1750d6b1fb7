#include "ch03_attention/variants/flex_attention.h"

#include <algorithm>
#include <utility>

namespace gokart {
namespace {

// Key/value pair `token` of every head, as the next one of `to`.
void CopyToken(const KeyValueHeads& from, int64_t token, KeyValueHeads& to) {
  const int64_t heads = from.kv_heads(), D = from.head_dim();
  std::vector<float> k(heads * D), v(heads * D);
  for (int64_t h = 0; h < heads; ++h) {
    const int64_t at = h * from.head_stride() + token * D;
    std::copy(from.keys() + at, from.keys() + at + D, k.begin() + h * D);
    std::copy(from.values() + at, from.values() + at + D, v.begin() + h * D);
  }
  to.Append(k.data(), v.data(), /*tokens=*/1, /*stride=*/heads * D);
}

}  // namespace

FlexAttention::FlexAttention(const AttentionConfig& c, MaskFunction sees)
    : ProjectedAttention("FlexAttention", c, c.num_heads), sees_(std::move(sees)) {}

std::shared_ptr<const ops::BlockMask> FlexAttention::Mask(int64_t num_tokens) const {
  return masks_.Get(num_tokens, [&] {
    return ops::BlockMask::Compile(num_tokens,
                                   [&](int64_t query, int64_t key) { return Sees(query, key); });
  });
}

ops::AttentionOptions FlexAttention::Options(int64_t num_tokens) const {
  return {.mask = Mask(num_tokens)};
}

// A token's keys and values are put together from those that it sees, and all of these are attended
// to. That copies the cache for each token; a function may pick any of them.
Tensor FlexAttention::AttendToCaches(const Tensor& q,
                                     std::span<KeyValueHeads* const> caches) const {
  if (sees_ == nullptr) {
    return AttendCached(q, {.num_heads = config.num_heads}, caches);
  }
  const int64_t T = q.dim(1), C = q.dim(2);
  Tensor context = Tensor::Zeros(q.shape());
  for (size_t b = 0; b < caches.size(); ++b) {
    for (int64_t t = 0; t < T; ++t) {
      const int64_t query = caches[b]->tokens() - T + t,
                    row = (static_cast<int64_t>(b) * T + t) * C;
      KeyValueHeads seen(num_kv_heads, C / config.num_heads, /*max_tokens=*/query + 1);
      for (int64_t key = 0; key <= query; ++key) {
        if (Sees(query, key)) CopyToken(*caches[b], key, seen);
      }
      if (seen.tokens() == 0) continue;
      KeyValueHeads* const only[] = {&seen};
      const Tensor one = Tensor::FromValues({1, 1, C}, q.values().subspan(row, C));
      const Tensor out = AttendCached(one, {.num_heads = config.num_heads}, only);
      std::copy(out.data(), out.data() + C, context.mutable_data() + row);
    }
  }
  return context;
}

}  // namespace gokart
