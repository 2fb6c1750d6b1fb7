// What an attention layer remembers of one sequence, so that a new token does not have to send all
// the tokens before it through the layer again.
//
//   std::unique_ptr<AttentionCache> cache = layer.MakeCache(/*max_tokens=*/1024);
//   AttentionCache* const caches[] = {cache.get()};
//   Tensor y = layer.ForwardCached(prompt, caches);  // [1, T, d_in] -> [1, T, d_out]
//   Tensor z = layer.ForwardCached(token, caches);   // [1, 1, d_in] -> [1, 1, d_out]
//
// There is one cache for each sequence, not one for a batch: sequences of different lengths can be
// computed side by side, and each may come and go when it likes.
#ifndef GOKART_CH03_ATTENTION_ATTENTION_CACHE_H_
#define GOKART_CH03_ATTENTION_ATTENTION_CACHE_H_

#include <cstdint>

namespace gokart {

/// Made by AttentionLayer::MakeCache, and only good for the layer that made it: keys and values of
/// all heads, or whatever else the layer needs of earlier tokens.
class AttentionCache {
 public:
  AttentionCache() = default;
  AttentionCache(const AttentionCache&) = delete;
  AttentionCache& operator=(const AttentionCache&) = delete;
  virtual ~AttentionCache() = default;

  /// How many tokens the layer has seen.
  virtual int64_t tokens() const = 0;
  /// Memory that is held for them now.
  virtual int64_t bytes() const = 0;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_ATTENTION_CACHE_H_
