#include "tensor/kernels/block_mask.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace gokart::kernels {

BlockMask::BlockMask(int64_t tokens, const std::function<bool(int64_t, int64_t)>& sees)
    : tokens_(tokens), blocks_((tokens + kSize - 1) / kSize) {
  if (tokens < 0) {
    throw std::invalid_argument("BlockMask: a mask over " + std::to_string(tokens) + " tokens");
  }
  bits_.assign(tokens_ * blocks_, 0);
  kinds_.assign(blocks_ * blocks_, Kind::kPartial);
  for (int64_t query = 0; query < tokens_; ++query) {
    for (int64_t key = 0; key < tokens_; ++key) {
      if (sees(query, key)) bits_[query * blocks_ + key / kSize] |= uint64_t{1} << key % kSize;
    }
  }
}

BlockMask::Kind BlockMask::Examine(int64_t query_block, int64_t key_block) const {
  const int64_t keys = std::min(kSize, tokens_ - key_block * kSize);
  const uint64_t all = ~uint64_t{0} >> (kSize - keys);
  bool empty = true, full = true;
  const int64_t end = std::min(tokens_, (query_block + 1) * kSize);
  for (int64_t query = query_block * kSize; query < end; ++query) {
    empty = empty && Bits(query, key_block) == 0;
    full = full && Bits(query, key_block) == all;
  }
  return empty ? Kind::kEmpty : full ? Kind::kFull : Kind::kPartial;
}

BlockMask BlockMask::Compile(int64_t tokens, const std::function<bool(int64_t, int64_t)>& sees) {
  BlockMask mask(tokens, sees);
  for (int64_t query_block = 0; query_block < mask.blocks_; ++query_block) {
    for (int64_t key_block = 0; key_block < mask.blocks_; ++key_block) {
      mask.kinds_[query_block * mask.blocks_ + key_block] = mask.Examine(query_block, key_block);
    }
  }
  return mask;
}

BlockMask BlockMask::Opaque(int64_t tokens, const std::function<bool(int64_t, int64_t)>& sees) {
  return BlockMask(tokens, sees);
}

int64_t BlockMask::Count(Kind kind) const { return std::count(kinds_.begin(), kinds_.end(), kind); }

int64_t BlockMask::ComputedPairs() const {
  const auto extent = [&](int64_t block) { return std::min(kSize, tokens_ - block * kSize); };
  int64_t pairs = 0;
  for (int64_t query_block = 0; query_block < blocks_; ++query_block) {
    for (int64_t key_block = 0; key_block < blocks_; ++key_block) {
      if (kind(query_block, key_block) == Kind::kEmpty) continue;
      pairs += extent(query_block) * extent(key_block);
    }
  }
  return pairs;
}

}  // namespace gokart::kernels
