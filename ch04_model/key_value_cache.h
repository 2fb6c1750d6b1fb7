// What a whole model remembers of one sequence: a cache for each of its layers.
//
//   KeyValueCache cache = model.MakeCache();
//   KeyValueCache* const caches[] = {&cache};
//   Tensor next = model.ForwardCached(prompt, caches);  // [1, T] -> [1, V]
//   next = model.ForwardCached(token, caches);          // [1, 1] -> [1, V]
#ifndef GOKART_CH04_MODEL_KEY_VALUE_CACHE_H_
#define GOKART_CH04_MODEL_KEY_VALUE_CACHE_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "ch03_attention/attention_cache.h"

namespace gokart {

/// Made by GPTModel::MakeCache; good for that model alone.
class KeyValueCache {
 public:
  KeyValueCache(std::vector<std::unique_ptr<AttentionCache>> layers, int64_t max_tokens)
      : layers_(std::move(layers)), max_tokens_(max_tokens) {}

  /// How many tokens the model has seen.
  int64_t tokens() const { return layers_.front()->tokens(); }
  int64_t max_tokens() const { return max_tokens_; }
  /// Memory that is held for them now.
  int64_t bytes() const {
    int64_t sum = 0;
    for (const auto& layer : layers_) sum += layer->bytes();
    return sum;
  }

  int64_t num_layers() const { return static_cast<int64_t>(layers_.size()); }
  AttentionCache* layer(int64_t i) { return layers_[static_cast<size_t>(i)].get(); }

 private:
  std::vector<std::unique_ptr<AttentionCache>> layers_;
  int64_t max_tokens_;
};

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_KEY_VALUE_CACHE_H_
