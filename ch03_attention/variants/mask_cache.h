// The mask for the last number of tokens that was asked for: making one takes T^2 steps, and layers
// are called with the same T again and again.
#ifndef GOKART_CH03_ATTENTION_VARIANTS_MASK_CACHE_H_
#define GOKART_CH03_ATTENTION_VARIANTS_MASK_CACHE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "tensor/kernels/block_mask.h"

namespace gokart {

/// May be used from several threads.
class MaskCache {
 public:
  std::shared_ptr<const kernels::BlockMask> Get(
      int64_t num_tokens, const std::function<kernels::BlockMask()>& make) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (mask_ == nullptr || mask_->tokens() != num_tokens) {
      mask_ = std::make_shared<const kernels::BlockMask>(make());
    }
    return mask_;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const kernels::BlockMask> mask_;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_MASK_CACHE_H_
