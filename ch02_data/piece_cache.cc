#include "ch02_data/piece_cache.h"

#include <algorithm>
#include <bit>

namespace gokart {
namespace {

static_assert(std::endian::native == std::endian::little, "keys are text read as integers");

constexpr uint64_t LowBytes(size_t n) {
  return n >= 8 ? ~uint64_t{0} : (uint64_t{1} << (8 * n)) - 1;
}

constexpr int kLengthShift = 32;  // in `high` of a long piece, above the offset

uint64_t LongField(size_t length, size_t offset) {
  return static_cast<uint64_t>(length) << kLengthShift | offset;
}

}  // namespace

constexpr uint64_t PieceCache::kLowMask[16] = {LowBytes(0), LowBytes(1), LowBytes(2), LowBytes(3),
                                               LowBytes(4), LowBytes(5), LowBytes(6), LowBytes(7),
                                               LowBytes(8), LowBytes(8), LowBytes(8), LowBytes(8),
                                               LowBytes(8), LowBytes(8), LowBytes(8), LowBytes(8)};
constexpr uint64_t PieceCache::kHighMask[16] = {
    0, 0,           0,           0,           0,           0,           0,           0,
    0, LowBytes(1), LowBytes(2), LowBytes(3), LowBytes(4), LowBytes(5), LowBytes(6), LowBytes(7)};

PieceCache::PieceCache() : entries_(kMinEntries), mask_(kMinEntries - 1) {
  id_arena_.reserve(kArenaIds);  // takes memory only as it is filled
  byte_arena_.reserve(kArenaBytes);
}

uint64_t PieceCache::LongHash(std::string_view piece) {
  if (piece.size() > kMaxPieceBytes) return 0;
  uint64_t hash = piece.size();
  for (size_t i = 0; i < piece.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, piece.data() + i, std::min<size_t>(8, piece.size() - i));
    hash = Hash(hash + word, i);
  }
  return hash;
}

size_t PieceCache::HashOf(const Entry& entry) {
  const bool is_long = (entry.high >> 56) % 16 == 0;
  return is_long ? entry.low : Hash(entry.low, entry.high & ~kCountMask);
}

PieceCache::Ids PieceCache::FindLong(const Key& key) const {
  for (size_t i = 0; i < kGroup; ++i) {
    const Entry& entry = entries_[(key.hash & mask_) ^ i];
    const uint64_t field = entry.high & ~kCountMask;
    if (entry.low != key.low || field >> kLengthShift != key.piece.size()) continue;
    const char* bytes = byte_arena_.data() + static_cast<uint32_t>(field);
    if (std::memcmp(bytes, key.piece.data(), key.piece.size()) == 0) return IdsOf(entry);
  }
  return {};
}

// Puts an entry into a free place of its group, or overwrites another one.
void PieceCache::Place(const Entry& entry, size_t hash) {
  const size_t home = hash & mask_;
  for (size_t i = 0; i < kGroup; ++i) {
    if (entries_[home ^ i].high == 0) {
      entries_[home ^ i] = entry;
      return;
    }
  }
  entries_[home ^ (next_victim_++ % kGroup)] = entry;
}

void PieceCache::Insert(const Key& key, const int32_t* ids, int count) {
  if (key.piece.size() > kMaxPieceBytes || count < 1) return;
  const bool is_long = key.high == 0, spilled = count > kInEntry;
  GrowOrForget((is_long && byte_arena_.size() + key.piece.size() > kArenaBytes) ||
               (spilled && id_arena_.size() + count > kArenaIds));
  Entry entry{key.low, key.high, {}};
  if (is_long) {
    entry.high = LongField(key.piece.size(), byte_arena_.size());
    byte_arena_.insert(byte_arena_.end(), key.piece.begin(), key.piece.end());
  }
  entry.high |= (spilled ? kSpilled : static_cast<uint64_t>(count)) << 60;
  if (spilled) {
    entry.ids[0] = static_cast<int32_t>(id_arena_.size());
    entry.ids[1] = count;
    id_arena_.insert(id_arena_.end(), ids, ids + count);
  } else {
    std::copy_n(ids, count, entry.ids);
  }
  Place(entry, key.hash);
  ++num_inserted_;
}

// Doubles the table when it is half full, until it is as large as it may be.
void PieceCache::GrowOrForget(bool arena_full) {
  if (arena_full) {
    std::fill(entries_.begin(), entries_.end(), Entry{});
    id_arena_.clear();
    byte_arena_.clear();
    num_inserted_ = 0;
  } else if (num_inserted_ >= entries_.size() / 2 && entries_.size() < kMaxEntries) {
    const std::vector<Entry> old = std::move(entries_);
    entries_ = std::vector<Entry>(old.size() * 2);
    mask_ = entries_.size() - 1;
    for (const Entry& entry : old) {
      if (entry.high != 0) Place(entry, HashOf(entry));
    }
  }
}

}  // namespace gokart
