// Which keys each query sees, for patterns that no formula in the kernel knows: any function of a
// query's and a key's position, compiled to blocks of 64 x 64 of which attention skips the empty
// ones (as in FlexAttention; Dong et al. 2024, arXiv 2412.05496).
//
//   // A prefix that sees itself whole, and a text behind it that sees what came before.
//   BlockMask mask = BlockMask::Compile(1024, [](int64_t query, int64_t key) {
//     return key <= query || key < 100;
//   });
//   mask.Count(BlockMask::Kind::kEmpty);  // of 256 blocks
#ifndef GOKART_TENSOR_KERNELS_BLOCK_MASK_H_
#define GOKART_TENSOR_KERNELS_BLOCK_MASK_H_

#include <cstdint>
#include <functional>
#include <vector>

namespace gokart::kernels {

class BlockMask {
 public:
  static constexpr int64_t kSize = 64;  ///< queries, and keys, of a block

  enum class Kind : uint8_t {
    kEmpty,    ///< no query of the block sees any key of it: nothing to compute
    kPartial,  ///< some see some: scores are masked by bits
    kFull,     ///< all see all: nothing to mask
  };

  /// sees(query, key) is asked once for each of tokens^2 pairs.
  static BlockMask Compile(int64_t tokens, const std::function<bool(int64_t, int64_t)>& sees);
  /// The same without a look at what the blocks hold: all are partial, as for a kernel that is
  /// handed a mask [T, T] and knows nothing of it.
  static BlockMask Opaque(int64_t tokens, const std::function<bool(int64_t, int64_t)>& sees);

  int64_t tokens() const { return tokens_; }
  /// How many blocks there are along an axis.
  int64_t blocks() const { return blocks_; }
  Kind kind(int64_t query_block, int64_t key_block) const {
    return kinds_[query_block * blocks_ + key_block];
  }
  /// Bit i: whether `query` sees key kSize * key_block + i.
  uint64_t Bits(int64_t query, int64_t key_block) const {
    return bits_[query * blocks_ + key_block];
  }

  /// The number of blocks of a kind, and of pairs (query, key) in blocks that are not empty.
  int64_t Count(Kind kind) const;
  int64_t ComputedPairs() const;

 private:
  BlockMask(int64_t tokens, const std::function<bool(int64_t, int64_t)>& sees);
  Kind Examine(int64_t query_block, int64_t key_block) const;

  int64_t tokens_, blocks_;
  std::vector<Kind> kinds_;     // [blocks, blocks]
  std::vector<uint64_t> bits_;  // [tokens, blocks]
};

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_BLOCK_MASK_H_
