#include "ch02_data/pair_counter.h"

#include <stdexcept>
#include <string>

namespace gokart {

PairCounter::PairCounter(const std::vector<PieceCount>& pieces,
                         const std::vector<int32_t>& id_of_byte) {
  size_t total = 0;
  for (const PieceCount& piece : pieces) total += piece.piece.size();
  if (total >= kNone) {
    throw std::invalid_argument("PairCounter: " + std::to_string(total) +
                                " bytes of different pieces, at most 4 GiB can be trained on");
  }
  tokens_.reserve(total);
  for (const auto& [piece, count] : pieces) {
    const auto begin = static_cast<uint32_t>(tokens_.size());
    const auto end = static_cast<uint32_t>(begin + piece.size());
    for (uint32_t i = begin; i < end; ++i) {
      tokens_.push_back({id_of_byte[static_cast<uint8_t>(piece[i - begin])],
                         i == begin ? kNone : i - 1, i + 1 == end ? kNone : i + 1,
                         static_cast<uint32_t>(weights_.size())});
    }
    weights_.push_back(count);
    for (uint32_t i = begin; i + 1 < end; ++i) Add(tokens_[i].id, tokens_[i + 1].id, i);
  }
  QueueChanged();
}

void PairCounter::Add(int32_t left, int32_t right, uint32_t place) {
  const uint64_t key = Key(left, right);
  Pair& pair = pairs_[key];
  pair.count += weights_[tokens_[place].piece];
  pair.places.push_back(place);
  if (pair.queued) {
    pair.queued = false;
    changed_.push_back(key);
  }
}

void PairCounter::Remove(int32_t left, int32_t right, uint32_t place) {
  const auto found = pairs_.find(Key(left, right));
  // The pair that is being merged is no longer there.
  if (found != pairs_.end()) found->second.count -= weights_[tokens_[place].piece];
}

void PairCounter::QueueChanged() {
  for (const uint64_t key : changed_) {
    Pair& pair = pairs_[key];
    pair.queued = true;
    queue_.push({pair.count, static_cast<int32_t>(key >> 32), static_cast<int32_t>(key)});
  }
  changed_.clear();
}

std::optional<PairCounter::Candidate> PairCounter::Pop(int64_t min_count) {
  while (!queue_.empty()) {
    Candidate top = queue_.top();
    queue_.pop();
    const auto found = pairs_.find(Key(top.left, top.right));
    if (found == pairs_.end()) continue;
    const int64_t count = found->second.count;
    if (count == top.count && count >= min_count) {
      popped_places_ = std::move(found->second.places);
      pairs_.erase(found);
      return top;
    }
    if (count >= min_count) {
      top.count = count;
      queue_.push(top);
    } else if (count <= 0) {
      pairs_.erase(found);
    }
  }
  return std::nullopt;
}

void PairCounter::Merge(const Candidate& pair, int32_t result) {
  // The order of places matters only where two of them overlap, as in "aaa", which must become "aa"
  // "a". The two tokens of such a pair are equal, so all its places were noted by the one merge
  // that made this token (or at the start), from left to right.
  for (const uint32_t place : popped_places_) {
    const Token& token = tokens_[place];
    if (token.id != pair.left || token.next == kNone || tokens_[token.next].id != pair.right) {
      continue;  // changed by an earlier merge
    }
    MergeAt(place, result);
  }
  popped_places_.clear();
  QueueChanged();
}

// before: previous left right next; after: previous result next.
void PairCounter::MergeAt(uint32_t place, int32_t result) {
  Token& left = tokens_[place];
  Token& right = tokens_[left.next];
  if (left.previous != kNone) {
    const int32_t previous = tokens_[left.previous].id;
    Remove(previous, left.id, left.previous);
    Add(previous, result, left.previous);
  }
  if (right.next != kNone) {
    const int32_t next = tokens_[right.next].id;
    Remove(right.id, next, place);
    Add(result, next, place);
    tokens_[right.next].previous = place;
  }
  left.id = result;
  left.next = right.next;
  right.id = kGone;
}

}  // namespace gokart
