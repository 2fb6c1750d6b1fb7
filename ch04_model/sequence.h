// Texts in the making: each a list of token ids, with what the model has computed of it already.
//
//   Sequence a(model, {15496, 11}), b(model, {464});
//   Sequence* const both[] = {&a, &b};
//   for (int i = 0; i < 50; ++i) {
//     const Tensor logits = NextLogits(model, both);  // [2, V]
//     a.Append(Best(logits, 0));
//     b.Append(Best(logits, 1));
//   }
//
// Sequences may start and end at different times, and be of different lengths; what a sequence gets
// does not depend on which others are computed beside it.
#ifndef GOKART_CH04_MODEL_SEQUENCE_H_
#define GOKART_CH04_MODEL_SEQUENCE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ch04_model/gpt_model.h"
#include "ch04_model/key_value_cache.h"
#include "tensor/tensor.h"

namespace gokart {

class Sequence {
 public:
  /// Throws std::invalid_argument when `ids` is empty.
  Sequence(const GPTModel& model, std::vector<int32_t> ids);

  const std::vector<int32_t>& ids() const { return ids_; }
  void Append(int32_t id) { ids_.push_back(id); }

  /// Whether the text has become longer than the model's context, so that the model no longer sees
  /// its beginning.
  bool slid() const { return window_begin_ > 0; }
  /// Memory of the cache.
  int64_t cache_bytes() const { return cache_ ? cache_->bytes() : 0; }

 private:
  friend Tensor NextLogits(const GPTModel& model, std::span<Sequence* const> sequences);

  void SlideIfFull(const GPTModel& model);
  /// The ids that the model has not seen yet.
  std::span<const int32_t> Pending() const;

  std::vector<int32_t> ids_;
  std::optional<KeyValueCache> cache_;  // none if the model has no cache
  int64_t window_begin_ = 0;            // the model sees ids [window_begin_, end)
};

/// The logits of the token that follows each sequence: [B, V]. Of each sequence the model only
/// computes what it has not seen yet: the whole prompt the first time, then a token at a time,
/// those of all sequences together. For up to 8 sequences the bits are those that each gets alone.
///
/// Positions are learned and absolute, so a text that outgrows the context cannot just drop its
/// oldest token: all others would change their positions, and with them their keys and values. So
/// when the context is full, the window moves on by half its length, and the half that stays is
/// computed anew: once in context_length / 2 tokens. Of a longer prompt the model sees the last
/// context_length tokens. Models without a cache compute the last
/// context_length tokens each time.
///
/// Evaluation mode is the caller's business, as for GPTModel::Forward; nothing is recorded.
Tensor NextLogits(const GPTModel& model, std::span<Sequence* const> sequences);

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_SEQUENCE_H_
