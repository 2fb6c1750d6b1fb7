// The key/value cache of one sequence in one layer: what the keys and values of all tokens so far
// are, so that a new token only has to compute its own.
//
//   KeyValueHeads cache(/*kv_heads=*/12, /*head_dim=*/64, /*max_tokens=*/1024);
//   cache.Append(k, v, /*tokens=*/1, /*stride=*/768);
//   Tensor out = AttendCached(q, {.num_heads = 12}, caches);
//
// Attention needs of an earlier token nothing but its key and its value, and these never change:
// the causal mask keeps a token from seeing what comes after it, and so its vectors are the same
// however long the sequence gets. Keeping them turns the cost of a new token from that of the whole
// sequence into that of one token, for 2 C numbers of memory per token and layer.
#ifndef GOKART_CH03_ATTENTION_KEY_VALUE_HEADS_H_
#define GOKART_CH03_ATTENTION_KEY_VALUE_HEADS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ch03_attention/attention_cache.h"
#include "tensor/buffer.h"
#include "tensor/tensor.h"

namespace gokart {

/// Keys and values [KVH, tokens, D] each, a head's in one piece, so that attention reads memory
/// from front to back. Memory grows with the sequence, by doubling; with a sliding window of
/// `window` tokens up to an eighth more than those, for tokens that are out of sight are forgotten.
class KeyValueHeads : public AttentionCache {
 public:
  /// Throws std::invalid_argument unless all sizes are positive; `window` may be 0, for none.
  KeyValueHeads(int64_t kv_heads, int64_t head_dim, int64_t max_tokens, int64_t window = 0);

  int64_t tokens() const override { return tokens_; }
  int64_t bytes() const override;

  int64_t kv_heads() const { return kv_heads_; }
  int64_t head_dim() const { return head_dim_; }
  int64_t max_tokens() const { return max_tokens_; }

  /// The keys and values of the next tokens, rows [KVH * D] that lie `stride` floats apart. Throws
  /// std::invalid_argument when they are more than there is room for.
  void Append(const float* k, const float* v, int64_t tokens, int64_t stride);

  /// Tokens whose keys and values are here, the last ones of all: those that a next token may see,
  /// and all that were appended last.
  int64_t kept() const { return tokens_ - forgotten_; }
  /// Head h's [kept, D] begins at h * head_stride().
  const float* keys() const { return keys_.data(); }
  const float* values() const { return values_.data(); }
  int64_t head_stride() const { return capacity_ * head_dim_; }

 private:
  void MakeRoom(int64_t tokens);
  int64_t NewCapacity(int64_t needed) const;

  int64_t kv_heads_, head_dim_, max_tokens_, window_;
  int64_t tokens_ = 0, forgotten_ = 0, capacity_ = 0;
  Buffer keys_, values_;  // [KVH, capacity, D]
};

struct AttendOptions {
  int64_t num_heads = 1;
  float scale = 0;                ///< factor on q.k; 0: 1 / sqrt(head dimension)
  int64_t window = 0;             ///< a token sees the last `window` tokens only; 0: all
  const float* slopes = nullptr;  ///< [H]: slope * distance is taken off a score (ALiBi)
  const float* sinks = nullptr;   ///< [H]: one more score for each row, without a value
};

/// Causal attention of the last T tokens in each cache: q [B, T, H * D], whose keys and values have
/// been appended already -> [B, T, H * D]. H is a multiple of the caches' KVH (grouped-query
/// attention). Throws std::invalid_argument for shapes that do not fit.
Tensor AttendCached(const Tensor& q, const AttendOptions& options,
                    std::span<KeyValueHeads* const> caches);

/// The same with queries, keys and values side by side, as one projection makes them: appends those
/// of qkv [B, T, (H + 2 KVH) * D], and attends.
Tensor AppendAndAttend(const Tensor& qkv, const AttendOptions& options,
                       std::span<KeyValueHeads* const> caches);

/// The caches that a layer made with these sizes. Throws std::invalid_argument, starting with the
/// layer's name, unless x is [B, T, d_in] with a cache for each sequence, none of them twice, each
/// of the layer's kind and with room for T more tokens.
std::vector<KeyValueHeads*> CheckedCaches(const std::string& layer, const Tensor& x, int64_t d_in,
                                          int64_t kv_heads, int64_t head_dim,
                                          std::span<AttentionCache* const> caches);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_KEY_VALUE_HEADS_H_
