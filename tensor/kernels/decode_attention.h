// Attention for one new token: its query against the keys and values of all tokens so far, which
// lie head by head in a cache. Bound by the speed of memory, as everything is that a single token
// goes through.
#ifndef GOKART_TENSOR_KERNELS_DECODE_ATTENTION_H_
#define GOKART_TENSOR_KERNELS_DECODE_ATTENTION_H_

#include <cstdint>
#include <span>

namespace gokart::kernels {

struct DecodeAttentionShape {
  int64_t heads, kv_heads, head_dim;  ///< H, KVH (a divisor of H), D
  float scale;                        ///< factor on q.k
  const float* slopes =
      nullptr;  ///< ALiBi: slopes[h] * distance is taken off a score; null: nothing
  const float* sinks = nullptr;  ///< sinks[h] is a score more, without a value; null: none
};

/// The new token of one sequence.
struct DecodeQuery {
  const float* q;       ///< [H, D]
  const float *k, *v;   ///< head h at h * head_stride: [tokens, D]
  int64_t head_stride;  ///< floats
  int64_t begin, end;   ///< the keys that it sees
  float* out;           ///< [H, D]
};

/// out = softmax(scale q k^T) v, head by head, for the tokens of several sequences. Heads are
/// spread over the threads; each result has the same bits whatever the number of threads and
/// sequences.
void DecodeAttention(const DecodeAttentionShape& shape, std::span<const DecodeQuery> queries);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_DECODE_ATTENTION_H_
