// Remembers the ids of pieces of text that were encoded before. A few thousand words make up most
// of any text, so most pieces are found here and never merged.
//
//     PieceCache cache;
//     PieceCache::Key key = cache.KeyOf(text, begin, end);
//     PieceCache::Ids ids = cache.Find(key);
//     if (ids.data == nullptr) cache.Insert(key, encoded, count);
//
// Layout: a table of 32-byte entries, two to a cache line. The bytes of a piece of up to 15 bytes
// are its key, compared as two words; its ids, up to 4, stand in the entry. Longer pieces and
// longer sequences of ids lie in two arenas beside the table. The table grows with the number of
// different pieces, so that a short text touches little memory, up to a bound (9 MB in all). A
// piece has 4 places where it may stand, and a new one takes the place of another if all are taken;
// when an arena is full, everything is forgotten. So no text, however contrived, makes a search
// slow.

#ifndef GOKART_CH02_DATA_PIECE_CACHE_H_
#define GOKART_CH02_DATA_PIECE_CACHE_H_

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace gokart {

/// Not for several threads at once.
class PieceCache {
 public:
  /// Longer pieces are rare and not kept.
  static constexpr size_t kMaxPieceBytes = 96;
  /// That many ids can be read at Ids::data even if `count` is less, so that a caller can copy a
  /// fixed number.
  static constexpr int kReadable = 4;

  struct Ids {
    const int32_t* data = nullptr;  // nullptr: not found
    int count = 0;
  };

  /// What a piece is looked up by. Refers to the text.
  struct Key {
    uint64_t low, high;  // as in Entry, but for the number of ids
    size_t hash;
    std::string_view piece;
  };

  PieceCache();

  /// The key of text[begin, end). Reads up to 16 bytes at once, never behind the end of the text.
  static Key KeyOf(std::string_view text, size_t begin, size_t end) {
    Key key = {0, 0, 0, text.substr(begin, end - begin)};
    const size_t length = end - begin;
    if (length > kMaxShort) {
      key.low = key.hash = LongHash(key.piece);
      return key;
    }
    uint64_t words[2] = {0, 0};
    if (begin + 16 <= text.size()) {
      std::memcpy(words, text.data() + begin, 16);
      words[0] &= kLowMask[length];
      words[1] &= kHighMask[length];
    } else {
      std::memcpy(words, text.data() + begin, length);
    }
    key.low = words[0];
    key.high = words[1] | static_cast<uint64_t>(length) << 56;
    key.hash = Hash(key.low, key.high);
    return key;
  }

  /// Starts to fetch what Find will look at.
  void Prefetch(const Key& key) const { __builtin_prefetch(&entries_[key.hash & mask_]); }

  /// The ids of a piece, valid until the next Insert.
  Ids Find(const Key& key) const {
    if (key.high == 0) return FindLong(key);
    const size_t home = key.hash & mask_;
    for (size_t i = 0; i < kGroup; ++i) {
      const Entry& entry = entries_[home ^ i];
      if (entry.low == key.low && (entry.high & ~kCountMask) == key.high) return IdsOf(entry);
    }
    return {};
  }

  /// Takes note of a piece that Find did not find. Pieces longer than kMaxPieceBytes are ignored.
  void Insert(const Key& key, const int32_t* ids, int count);

 private:
  static constexpr size_t kMaxShort = 15;
  static constexpr size_t kMinEntries = 1 << 11;
  static constexpr size_t kMaxEntries = 1 << 17;
  static constexpr int kGroup = 4;
  static constexpr size_t kArenaIds = 1 << 20;
  static constexpr size_t kArenaBytes = 1 << 20;
  static constexpr int kInEntry = 4;
  static constexpr uint64_t kSpilled = 15;
  static constexpr uint64_t kCountMask = uint64_t{15} << 60;

  // `high`, from the top: 4 bits number of ids (kSpilled: ids[0] is their offset in id_arena_,
  // ids[1] their number; 0: the entry is free), 4 bits length (0: a long piece), 56 bits. A short
  // piece's bytes are `low` and those 56 bits; of a long one `low` is a hash and the 56 bits are
  // its length and offset in byte_arena_.
  struct alignas(32) Entry {
    uint64_t low = 0, high = 0;
    int32_t ids[kInEntry] = {};
  };

  static size_t Hash(uint64_t low, uint64_t high) {
    const auto product =
        static_cast<unsigned __int128>(low ^ 0x9E3779B97F4A7C15u) * (high ^ 0xD1B54A32D192ED03u);
    return static_cast<size_t>(product) ^ static_cast<size_t>(product >> 64);
  }
  static size_t HashOf(const Entry& entry);
  static uint64_t LongHash(std::string_view piece);

  Ids IdsOf(const Entry& entry) const {
    const uint64_t count = entry.high >> 60;
    if (count != kSpilled) return {entry.ids, static_cast<int>(count)};
    return {id_arena_.data() + entry.ids[0], entry.ids[1]};
  }

  Ids FindLong(const Key& key) const;
  void Place(const Entry& entry, size_t hash);
  void GrowOrForget(bool arena_full);

  static const uint64_t kLowMask[16];
  static const uint64_t kHighMask[16];

  std::vector<Entry> entries_;
  std::vector<int32_t> id_arena_;
  std::vector<char> byte_arena_;
  size_t mask_;
  size_t num_inserted_ = 0;
  size_t next_victim_ = 0;
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_PIECE_CACHE_H_
