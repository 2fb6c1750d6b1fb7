#include "ch05_pretrain/weights/leveldb_table.h"

#include <leveldb/env.h>
#include <leveldb/iterator.h>
#include <leveldb/options.h>
#include <leveldb/table.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ch05_pretrain/weights/crc32c.h"
#include "ch05_pretrain/weights/snappy_unpack.h"
#include "ch05_pretrain/weights/varint.h"

// A table is a row of blocks; then come the index, a block with the place of each of them, and a
// footer of 48 bytes with the index's place. leveldb trusts these places: it would allocate
// whatever they ask for. So the index is looked at first. As it has the format of any other block,
// leveldb itself reads it, out of a table made up around it. Nor does it look closely enough at the
// lengths within a block (their sum may wrap around): each is checked when leveldb asks for it.

namespace gokart {
namespace {

constexpr size_t kFooterBytes = 48;
constexpr size_t kTrailerBytes = 5;  // of a block: compression, checksum
constexpr uint64_t kMagic = 0xdb4775248b80fb57u;
constexpr char kSnappy = 1;
// Snappy copies at most 64 bytes for each 3 that it reads.
constexpr uint64_t kMaxExpansion = 32;

absl::Status Damaged(const std::string& path, const std::string& what) {
  return absl::DataLossError(absl::StrCat(path, ": not a valid leveldb table: ", what));
}

// Whether all rows of a block lie within it. A row is the length of the key's beginning that it
// shares with the one before, the length of the rest, that of the value, and both of these; behind
// the rows are the places of some of them, and how many those are.
bool RowsFit(std::string_view block) {
  if (block.size() < sizeof(uint32_t)) return false;
  const auto number = [&](uint64_t offset) {
    uint32_t value;
    std::memcpy(&value, block.data() + offset, sizeof(value));
    return value;
  };
  const uint64_t places = uint64_t{number(block.size() - 4)} * 4 + 4;
  if (places > block.size()) return false;
  if (places > 4 && number(block.size() - places) != 0) return false;  // the first row
  std::string_view rows = block.substr(0, block.size() - places);
  for (uint64_t key = 0; !rows.empty();) {
    const auto shared = TakeVarint(rows), rest = TakeVarint(rows), value = TakeVarint(rows);
    if (!shared || !rest || !value || *shared > key || *rest > rows.size() ||
        *value > rows.size() - *rest) {
      return false;
    }
    key = *shared + *rest;
    rows.remove_prefix(*rest + *value);
  }
  return true;
}

// The same for a block as the file has it, perhaps compressed, with its trailer.
bool BlockFits(std::string_view stored) {
  if (stored.size() < kTrailerBytes) return false;
  const std::string_view contents = stored.substr(0, stored.size() - kTrailerBytes);
  if (stored[contents.size()] != kSnappy) return RowsFit(contents);
  const std::optional<std::string> unpacked =
      SnappyUnpack(contents, kMaxExpansion * (contents.size() + 1));
  return unpacked && RowsFit(*unpacked);
}

// Bytes in memory, then some more, as the file that leveldb reads. It never copies.
class MemoryFile : public leveldb::RandomAccessFile {
 public:
  MemoryFile(std::span<const std::byte> bytes, std::string more)
      : bytes_(reinterpret_cast<const char*>(bytes.data()), bytes.size()), more_(std::move(more)) {}

  uint64_t size() const { return bytes_.size() + more_.size(); }

  leveldb::Status Read(uint64_t offset, size_t n, leveldb::Slice* result, char*) const override {
    const bool is_footer = n == kFooterBytes && offset + n == size();
    const bool behind = offset >= bytes_.size();
    const std::string_view part = behind ? std::string_view(more_) : bytes_;
    const uint64_t begin = behind ? offset - bytes_.size() : offset;
    if (begin > part.size() || n > part.size() - begin) {
      return leveldb::Status::Corruption("a block reaches beyond the file's end");
    }
    *result = leveldb::Slice(part.data() + begin, n);
    if (!is_footer && !BlockFits(part.substr(begin, n))) {
      return leveldb::Status::Corruption("the rows of a block do not fit into it");
    }
    return leveldb::Status::OK();
  }

 private:
  std::string_view bytes_;
  std::string more_;
};

// Where a block is: leveldb's BlockHandle.
struct Place {
  uint64_t offset = 0;
  uint64_t size = 0;
};

std::optional<Place> TakePlace(std::string_view& in) {
  const std::optional<uint64_t> offset = TakeVarint(in);
  const std::optional<uint64_t> size = TakeVarint(in);
  if (!offset || !size) return std::nullopt;
  return Place{*offset, *size};
}

std::string Encoded(Place place) {
  std::string out;
  AppendVarint(place.offset, out);
  AppendVarint(place.size, out);
  return out;
}

template <typename Int>
void AppendFixed(Int value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

// A block must lie between `begin` and the footer, and not ask for more memory than it can need.
absl::Status CheckBlock(std::string_view table, Place place, uint64_t begin,
                        const std::string& path) {
  const uint64_t end = table.size() - kFooterBytes;
  const std::string what =
      absl::StrCat("the block of ", place.size, " bytes at offset ", place.offset);
  if (place.offset < begin || place.offset > end || end - place.offset < kTrailerBytes ||
      place.size > end - place.offset - kTrailerBytes) {
    return Damaged(path, absl::StrCat(what, " must lie between offsets ", begin, " and ", end));
  }
  if (table[place.offset + place.size] != kSnappy) return absl::OkStatus();
  std::string_view contents = table.substr(place.offset, place.size);
  const std::optional<uint64_t> size = TakeVarint(contents);
  if (size && *size <= kMaxExpansion * (place.size + 1)) return absl::OkStatus();
  return Damaged(path, absl::StrCat(what, " claims to be compressed from more than it can be"));
}

// The index's place, from the footer: the place of a block that is not needed here, that of the
// index, padding, a magic number.
absl::StatusOr<Place> FindIndex(std::string_view table, const std::string& path) {
  std::string_view footer = table.substr(table.size() - kFooterBytes);
  const std::optional<Place> other = TakePlace(footer);
  const std::optional<Place> index = other ? TakePlace(footer) : std::nullopt;
  if (!index) return Damaged(path, "its footer names no index");
  if (absl::Status s = CheckBlock(table, *index, 0, path); !s.ok()) return s;
  return *index;
}

// The end of a table whose only block with rows is the one at `block`: an index and a footer, to
// stand behind the first `size` bytes of the file.
std::string EndOfTableWith(Place block, uint64_t size) {
  std::string index;
  const std::string value = Encoded(block);
  AppendVarint(0, index);  // of the key: none shared with the one before,
  AppendVarint(0, index);  // none of its own
  AppendVarint(value.size(), index);
  index += value;
  AppendFixed<uint32_t>(0, index);  // offsets of entries with whole keys: the first
  AppendFixed<uint32_t>(1, index);  // how many
  const Place place = {size, index.size()};
  index.push_back(0);  // not compressed
  AppendFixed(MaskCrc32c(Crc32c(std::as_bytes(std::span(index)))), index);
  std::string footer = Encoded(place) + Encoded(place);
  footer.resize(kFooterBytes - sizeof(kMagic));
  AppendFixed(kMagic, footer);
  return index + footer;
}

// All rows of a table in a file, as leveldb reads it.
absl::StatusOr<std::vector<TableRow>> ReadRows(MemoryFile& file, const std::string& path,
                                               uint64_t max_bytes, bool verify_checksums) {
  leveldb::Options options;
  options.paranoid_checks = verify_checksums;
  leveldb::Table* opened = nullptr;
  const leveldb::Status status = leveldb::Table::Open(options, &file, file.size(), &opened);
  const std::unique_ptr<leveldb::Table> table(opened);
  if (!status.ok()) return Damaged(path, status.ToString());
  leveldb::ReadOptions read;
  read.verify_checksums = verify_checksums;
  const std::unique_ptr<leveldb::Iterator> it(table->NewIterator(read));
  std::vector<TableRow> rows;
  uint64_t bytes = 0;
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    bytes += it->key().size() + it->value().size();
    if (bytes > max_bytes) return Damaged(path, "its keys are too long for a file of its size");
    rows.push_back({it->key().ToString(), it->value().ToString()});
  }
  if (!it->status().ok()) return Damaged(path, it->status().ToString());
  return rows;
}

// Every block that the index names, one after the other.
absl::Status CheckIndex(std::string_view table, const std::vector<TableRow>& index,
                        const std::string& path) {
  uint64_t begin = 0;
  for (const TableRow& row : index) {
    std::string_view value = row.value;
    const std::optional<Place> place = TakePlace(value);
    if (!place) return Damaged(path, "its index names a block without a place");
    if (absl::Status s = CheckBlock(table, *place, begin, path); !s.ok()) return s;
    begin = place->offset + place->size + kTrailerBytes;
  }
  return absl::OkStatus();
}

}  // namespace

bool IsLeveldbTable(std::span<const std::byte> bytes) {
  if (bytes.size() < kFooterBytes) return false;
  uint64_t magic;
  std::memcpy(&magic, bytes.data() + bytes.size() - sizeof(magic), sizeof(magic));
  return magic == kMagic;
}

absl::StatusOr<std::vector<TableRow>> ReadLeveldbTable(std::span<const std::byte> bytes,
                                                       const std::string& path,
                                                       bool verify_checksums) {
  if (!IsLeveldbTable(bytes)) return Damaged(path, "it does not end as one");
  const std::string_view table(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const absl::StatusOr<Place> index = FindIndex(table, path);
  if (!index.ok()) return index.status();
  const uint64_t max_bytes = kMaxExpansion * bytes.size();

  MemoryFile index_file(bytes, EndOfTableWith(*index, bytes.size()));
  const absl::StatusOr<std::vector<TableRow>> blocks =
      ReadRows(index_file, path, max_bytes, verify_checksums);
  if (!blocks.ok()) return blocks.status();
  if (absl::Status s = CheckIndex(table, *blocks, path); !s.ok()) return s;

  MemoryFile file(bytes, "");
  absl::StatusOr<std::vector<TableRow>> rows = ReadRows(file, path, max_bytes, verify_checksums);
  if (!rows.ok()) return rows.status();
  const auto disorder =
      std::adjacent_find(rows->begin(), rows->end(),
                         [](const TableRow& a, const TableRow& b) { return a.key >= b.key; });
  if (disorder != rows->end()) return Damaged(path, "its keys are not in order, or one is twice");
  return rows;
}

}  // namespace gokart
