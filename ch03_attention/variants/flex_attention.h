// One fused kernel with the mask as a function (FlexAttention; Dong et al. 2024, arXiv 2412.05496;
// the workshop's ch03/02, variant 9). The answer to masks as data: the function is asked once for
// every pair of positions, and what it says is compiled to blocks of 64 x 64. Empty ones are never
// computed, full ones never masked; so any pattern costs what it sees, not T^2.
//
//   head h: softmax over { j <= t : sees(t, j) } of q_t . k_j / sqrt(D), times v
//
//   // Documents packed into one sequence that do not see each other:
//   FlexAttention attention(config, [](int64_t query, int64_t key) {
//     return query / 256 == key / 256;
//   });
//   // A window of 128 and the first 4 tokens (StreamingLLM):
//   FlexAttention streaming(config, [](int64_t query, int64_t key) {
//     return key > query - 128 || key < 4;
//   });
//
// The future stays hidden whatever the function says. A query that sees nothing gets zeros.
//
// Costs for T tokens: those of ProjectedAttention, of which only the pairs count that are in blocks
// that are not empty: for a causal mask (T + 64) / T times the half of T^2. The mask takes T^2
// bits, for all sequences and heads together.
#ifndef GOKART_CH03_ATTENTION_VARIANTS_FLEX_ATTENTION_H_
#define GOKART_CH03_ATTENTION_VARIANTS_FLEX_ATTENTION_H_

#include <cstdint>
#include <functional>
#include <span>

#include "ch03_attention/variants/mask_cache.h"
#include "ch03_attention/variants/projected_attention.h"

namespace gokart {

/// Whether the token at position `query` sees the one at `key`. Must always give the same answer.
using MaskFunction = std::function<bool(int64_t query, int64_t key)>;

/// A mask of one's own; without one it is MultiHeadAttention.
class FlexAttention : public ProjectedAttention {
 public:
  explicit FlexAttention(const AttentionConfig& config, MaskFunction sees = nullptr);

  /// The compiled mask, for those who want to count its blocks.
  std::shared_ptr<const ops::BlockMask> Mask(int64_t num_tokens) const;

 protected:
  ops::AttentionOptions Options(int64_t num_tokens) const override;
  Tensor AttendToCaches(const Tensor& q, std::span<KeyValueHeads* const> caches) const override;

 private:
  bool Sees(int64_t query, int64_t key) const {
    return key <= query && (sees_ == nullptr || sees_(query, key));
  }

  MaskFunction sees_;
  MaskCache masks_;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_VARIANTS_FLEX_ATTENTION_H_
