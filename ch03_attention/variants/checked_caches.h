// The caches that a layer gets back for its own, checked: for layers that have a kind of their own.
#ifndef GOKART_CH03_ATTENTION_VARIANTS_CHECKED_CACHES_H_
#define GOKART_CH03_ATTENTION_VARIANTS_CHECKED_CACHES_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "ch03_attention/attention_cache.h"
#include "tensor/tensor.h"

namespace gokart {

/// Throws std::invalid_argument, starting with the layer's name, unless x is [B, T, d_in] with a
/// cache for each sequence, none of them twice, each a `Cache` that fits(cache) and has room for T
/// more tokens.
template <typename Cache, typename Fits>
std::vector<Cache*> CheckedCachesOf(const std::string& layer, const Tensor& x, int64_t d_in,
                                    std::span<AttentionCache* const> caches, const Fits& fits) {
  const auto check = [&](bool condition, const std::string& message) {
    if (!condition) throw std::invalid_argument(layer + ": " + message);
  };
  check(x.rank() == 3 && x.dim(2) == d_in && x.dim(1) > 0 && !caches.empty() &&
            x.dim(0) == static_cast<int64_t>(caches.size()),
        "x " + x.shape().ToString() + " with " + std::to_string(caches.size()) +
            " caches: [B, T, " + std::to_string(d_in) + "] with B of them expected");
  std::vector<Cache*> checked;
  for (AttentionCache* cache : caches) {
    auto* const own = dynamic_cast<Cache*>(cache);
    check(own != nullptr && fits(*own), "a cache that another layer made");
    check(std::find(checked.begin(), checked.end(), own) == checked.end(),
          "two sequences with the same cache");
    check(own->tokens() + x.dim(1) <= own->max_tokens(),
          std::to_string(x.dim(1)) + " tokens after " + std::to_string(own->tokens()) +
              " are more than the cache's " + std::to_string(own->max_tokens()));
    checked.push_back(own);
  }
  return checked;
}

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_CHECKED_CACHES_H_
