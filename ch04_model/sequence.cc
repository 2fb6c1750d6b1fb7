#include "ch04_model/sequence.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace gokart {
namespace {

TokenIds OneRow(std::span<const int32_t> ids) {
  TokenIds row = TokenIds::from_shape({size_t{1}, ids.size()});
  std::copy(ids.begin(), ids.end(), row.begin());
  return row;
}

void CopyRow(const Tensor& from, int64_t from_row, Tensor& to, int64_t to_row) {
  const int64_t n = to.dim(1);
  std::copy_n(from.data() + from_row * n, n, to.mutable_data() + to_row * n);
}

}  // namespace

Sequence::Sequence(const GPTModel& model, std::vector<int32_t> ids) : ids_(std::move(ids)) {
  if (ids_.empty()) throw std::invalid_argument("Sequence: no tokens to continue");
  if (model.CanCache()) cache_ = model.MakeCache();
}

void Sequence::SlideIfFull(const GPTModel& model) {
  const int64_t length = static_cast<int64_t>(ids_.size()), context = model.config.context_length;
  if (length - window_begin_ <= context) return;
  if (!cache_ || cache_->tokens() == 0) {  // nothing is computed yet: as much as fits
    window_begin_ = length - context;
    return;
  }
  window_begin_ = length - std::max<int64_t>(1, context / 2);
  cache_ = model.MakeCache();
}

std::span<const int32_t> Sequence::Pending() const {
  const int64_t seen = window_begin_ + (cache_ ? cache_->tokens() : 0);
  return std::span(ids_).subspan(static_cast<size_t>(seen));
}

Tensor NextLogits(const GPTModel& model, std::span<Sequence* const> sequences) {
  const NoGrad no_grad;
  Tensor logits = Tensor::Empty({static_cast<int64_t>(sequences.size()), model.config.vocab_size});
  std::vector<int64_t> rows;  // of the sequences with one new token
  std::vector<int32_t> tokens;
  std::vector<KeyValueCache*> caches;
  for (size_t i = 0; i < sequences.size(); ++i) {
    Sequence& sequence = *sequences[i];
    sequence.SlideIfFull(model);
    const std::span<const int32_t> pending = sequence.Pending();
    const int64_t row = static_cast<int64_t>(i);
    if (pending.empty()) {
      throw std::invalid_argument("NextLogits: a sequence without a new token");
    }
    if (!sequence.cache_) {
      CopyRow(model.ForwardLast(OneRow(pending)), 0, logits, row);
    } else if (pending.size() > 1) {
      // Prompts one by one: they are of different lengths, and long enough to fill the machine.
      KeyValueCache* const cache[] = {&*sequence.cache_};
      CopyRow(model.ForwardCached(OneRow(pending), cache), 0, logits, row);
    } else {
      rows.push_back(row);
      tokens.push_back(pending[0]);
      caches.push_back(&*sequence.cache_);
    }
  }
  if (rows.empty()) return logits;
  TokenIds column = TokenIds::from_shape({tokens.size(), size_t{1}});
  std::copy(tokens.begin(), tokens.end(), column.begin());
  const Tensor next = model.ForwardCached(column, caches);  // [rows, V]
  if (rows.size() == sequences.size()) return next;
  for (size_t i = 0; i < rows.size(); ++i) CopyRow(next, static_cast<int64_t>(i), logits, rows[i]);
  return logits;
}

}  // namespace gokart
