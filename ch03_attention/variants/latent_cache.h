// What latent attention keeps of one sequence: a vector of R numbers for each token.
#ifndef GOKART_CH03_ATTENTION_VARIANTS_LATENT_CACHE_H_
#define GOKART_CH03_ATTENTION_VARIANTS_LATENT_CACHE_H_

#include <algorithm>
#include <cstdint>

#include "ch03_attention/attention_cache.h"
#include "tensor/buffer.h"

namespace gokart {

/// Rows [tokens, width]. Memory grows with the sequence, by doubling.
class LatentCache : public AttentionCache {
 public:
  LatentCache(int64_t width, int64_t max_tokens) : width_(width), max_tokens_(max_tokens) {}

  int64_t tokens() const override { return tokens_; }
  int64_t bytes() const override { return rows_.size() * static_cast<int64_t>(sizeof(float)); }
  int64_t width() const { return width_; }
  int64_t max_tokens() const { return max_tokens_; }
  const float* rows() const { return rows_.data(); }
  const Buffer& buffer() const { return rows_; }

  /// The next tokens [tokens, width]; there must be room for them.
  void Append(const float* x, int64_t tokens) {
    const int64_t held = tokens_ * width_, more = tokens * width_;
    if (held + more > rows_.size()) {
      constexpr int64_t kSmallest = 64;  // tokens
      const int64_t wanted = std::max({kSmallest * width_, 2 * rows_.size(), held + more});
      Buffer larger = Buffer::Allocate(std::min(max_tokens_ * width_, wanted));
      std::copy(rows_.data(), rows_.data() + held, larger.mutable_data());
      rows_ = larger;
    }
    std::copy(x, x + more, rows_.mutable_data() + held);
    tokens_ += tokens;
  }

 private:
  int64_t width_, max_tokens_, tokens_ = 0;
  Buffer rows_;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_LATENT_CACHE_H_
