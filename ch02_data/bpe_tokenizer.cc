#include "ch02_data/bpe_tokenizer.h"

#include <algorithm>
#include <utility>

#include "ch02_data/huggingface_format.h"
#include "ch02_data/merge_piece.h"
#include "ch02_data/pretokenizer.h"

namespace gokart {

/// A cache for the duration of one call.
class BpeTokenizer::CacheLoan {
 public:
  explicit CacheLoan(const BpeTokenizer& owner) : owner_(owner) {
    const std::lock_guard lock(owner_.mutex_);
    if (!owner_.idle_caches_.empty()) {
      cache_ = std::move(owner_.idle_caches_.back());
      owner_.idle_caches_.pop_back();
    } else {
      cache_ = std::make_unique<PieceCache>();
    }
  }
  ~CacheLoan() {
    const std::lock_guard lock(owner_.mutex_);
    owner_.idle_caches_.push_back(std::move(cache_));
  }
  PieceCache& cache() { return *cache_; }

 private:
  const BpeTokenizer& owner_;
  std::unique_ptr<PieceCache> cache_;
};

/// The growing result. Ids are written behind its end without a check for each one.
class BpeTokenizer::IdBuffer {
 public:
  explicit IdBuffer(size_t text_size) : ids_(text_size / 3 + 16) {}

  /// Where the next `count` ids may be written.
  int32_t* Space(size_t count) {
    if (used_ + count > ids_.size()) ids_.resize(std::max(ids_.size() * 3 / 2, used_ + count));
    return ids_.data() + used_;
  }
  void Advance(size_t count) { used_ += count; }
  std::vector<int32_t> Take() {
    ids_.resize(used_);
    return std::move(ids_);
  }

 private:
  std::vector<int32_t> ids_;
  size_t used_ = 0;
};

BpeTokenizer::BpeTokenizer(std::string name, BpeVocabulary vocabulary)
    : name_(std::move(name)),
      vocabulary_(std::move(vocabulary)),
      added_tokens_(vocabulary_.added_tokens()) {}

absl::StatusOr<std::vector<int32_t>> BpeTokenizer::Encode(std::string_view text,
                                                          const SpecialTokens& special) const {
  CacheLoan loan(*this);
  IdBuffer out(text.size());
  const absl::Status status = added_tokens_.Split(
      text, special, [&](std::string_view part) { EncodePieces(part, loan.cache(), out); },
      [&](int32_t id) {
        *out.Space(1) = id;
        out.Advance(1);
      });
  if (!status.ok()) return status;
  return out.Take();
}

std::vector<int32_t> BpeTokenizer::EncodeOrdinary(std::string_view text) const {
  CacheLoan loan(*this);
  IdBuffer out(text.size());
  EncodePieces(text, loan.cache(), out);
  return out.Take();
}

// Performance notes, MB/s of one thread of the developers' machine (the two figures of the first
// line while it was idle, the others while it was not):
//  - English prose runs at 190 when the cache knows its pieces and at 120 when they are met for the
//    first time. Merging every piece anew gives 50 (20 MB of mixed documents; with the cache, 103).
//  - Tables of 2^15, 2^16, 2^17, 2^18 entries gave 82, 80, 103, 134 on the same documents; 2^17
//    (4 MB) is a compromise with the memory of every thread that encodes.
//  - Pieces are cut a few ahead of their search, so that the memory that each search will look at
//    is on its way while the next ones are cut: up to a sixth faster where the table is larger than
//    the second-level cache, no difference elsewhere.
//  - Half of the time of first encounters is waiting for the table of merges. A table of its own
//  for
//    pairs of single bytes made Korean a fifth faster and English not at all; not kept.
//  - Asking whether a piece is a token before merging it saves little, and would give other ids for
//    vocabularies that were not learnt; done only where the vocabulary demands it.
void BpeTokenizer::EncodePieces(std::string_view text, PieceCache& cache, IdBuffer& out) const {
  constexpr int kAhead = 16;
  PieceCache::Key keys[kAhead];
  for (size_t begin = 0; begin < text.size();) {
    int num_keys = 0;
    while (num_keys < kAhead && begin < text.size()) {
      const size_t end = PieceEnd(text, begin);
      keys[num_keys] = PieceCache::KeyOf(text, begin, end);
      cache.Prefetch(keys[num_keys++]);
      begin = end;
    }
    for (int i = 0; i < num_keys; ++i) EncodePiece(keys[i], cache, out);
  }
}

inline void BpeTokenizer::EncodePiece(const PieceCache::Key& key, PieceCache& cache,
                                      IdBuffer& out) const {
  const PieceCache::Ids known = cache.Find(key);
  if (known.data == nullptr) {
    EncodeNewPiece(key, cache, out);
  } else if (known.count <= PieceCache::kReadable) {
    // Copying four, whatever the count, is faster than counting.
    std::copy_n(known.data, PieceCache::kReadable, out.Space(PieceCache::kReadable));
    out.Advance(known.count);
  } else {
    std::copy_n(known.data, known.count, out.Space(known.count));
    out.Advance(known.count);
  }
}

void BpeTokenizer::EncodeNewPiece(const PieceCache::Key& key, PieceCache& cache,
                                  IdBuffer& out) const {
  const std::string_view piece = key.piece;
  int32_t* ids = out.Space(piece.size());
  size_t count = piece.size();
  // [exercise 2.11] From bytes to tokens
  // Task: Write the ids of the piece to `ids` and their number to `count`: one id for each byte at
  //       first, then merged. A vocabulary with whole_pieces_first() takes a piece that is a token
  //       as it is.
  // Hint: vocabulary_.byte_token(byte) is the id of a single byte; convert the char to uint8_t
  //       first.
  // Hint: MergeShortPiece works in place and returns how many ids are left; it takes at most
  //       kShortPiece of them. MergeLongPiece takes a vector.
  // Hint: vocabulary_.Find(piece) is the id of a piece that is a token.
  // Test: //ch02_data:bpe_tokenizer_test Gpt2Encoding.*
  // Read: ch02_data/README.md, "Byte pairs"

  for (size_t i = 0; i < piece.size(); ++i) {
    ids[i] = vocabulary_.byte_token(static_cast<uint8_t>(piece[i]));
  }
  if (const auto whole =
          vocabulary_.whole_pieces_first() ? vocabulary_.Find(piece) : std::optional<int32_t>()) {
    ids[0] = *whole;
    count = 1;
  } else if (piece.size() <= kShortPiece) {
    count = MergeShortPiece(vocabulary_.merge_table(), ids, static_cast<int>(piece.size()));
  } else {
    std::vector<int32_t> merged(ids, ids + piece.size());
    MergeLongPiece(vocabulary_.merge_table(), &merged);
    std::copy(merged.begin(), merged.end(), ids);
    count = merged.size();
  }
  // [end of exercise 2.11]
  cache.Insert(key, ids, static_cast<int>(count));
  out.Advance(count);
}

std::string BpeTokenizer::Decode(const std::vector<int32_t>& ids) const {
  CheckIds(ids);
  // [exercise 2.12] From tokens to bytes
  // Task: Put the bytes of all tokens together.
  // Hint: vocabulary_.token(id) are the bytes of a token, which may be half a character: they are
  //       only joined.
  // Hint: Adding up the sizes first saves the growing string from being copied; it is not needed.
  // Test: //ch02_data:bpe_tokenizer_test Decoding.*
  // Read: ch02_data/README.md, "Byte pairs"

  size_t size = 0;
  for (const int32_t id : ids) size += vocabulary_.token(id).size();
  std::string text;
  text.reserve(size);
  for (const int32_t id : ids) text += vocabulary_.token(id);
  return text;
  // [end of exercise 2.12]
}

std::optional<int32_t> BpeTokenizer::SpecialToken(std::string_view text) const {
  return added_tokens_.Find(text);
}

size_t BpeTokenizer::LastSafeCut(std::string_view text) const {
  size_t cut = gokart::LastSafeCut(text);
  for (;;) {
    const size_t outside = added_tokens_.OutsideOfTokens(text, cut);
    if (outside == cut) return cut;
    cut = gokart::LastSafeCut(text.substr(0, outside));
  }
}

absl::Status BpeTokenizer::Save(const std::string& path) const {
  return SaveHuggingFace(vocabulary_, path);
}

}  // namespace gokart
