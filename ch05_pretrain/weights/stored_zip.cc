#include "ch05_pretrain/weights/stored_zip.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tensor/quote_for_message.h"

// An archive ends with an end record, which tells where its directory is: one record per file, with
// the place of its local header, after which its bytes lie. Sizes of 4 GB and more are told by an
// "extra" field of a record, and by a second end record.

namespace gokart {
namespace {

constexpr uint32_t kLocalSignature = 0x04034b50, kRecordSignature = 0x02014b50;
constexpr uint32_t kEndSignature = 0x06054b50;
constexpr uint32_t kEnd64Signature = 0x06064b50, kLocator64Signature = 0x07064b50;
constexpr uint64_t kLocalSize = 30, kRecordSize = 46, kEndSize = 22;
constexpr uint64_t kEnd64Size = 56, kLocator64Size = 20;
constexpr uint64_t kMaxCommentSize = 65535;
constexpr uint16_t kSize64Field = 1;
constexpr uint32_t kSeeExtraField = 0xffffffff;
constexpr uint16_t kEncrypted = 1, kStored = 0;

absl::Status Malformed(const std::string& path, uint64_t offset, const std::string& what) {
  return absl::DataLossError(
      absl::StrCat(path, ": not a valid zip archive: offset ", offset, ": ", what));
}

template <typename Int>
Int Load(std::span<const std::byte> bytes, uint64_t offset) {
  Int value;
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

bool Fits(uint64_t offset, uint64_t size, uint64_t total) {
  return offset <= total && size <= total - offset;
}

struct Directory {
  uint64_t offset = 0, size = 0, count = 0;
};

// The second end record, if there is one; its locator lies before the first one.
absl::StatusOr<std::optional<Directory>> FindDirectory64(std::span<const std::byte> bytes,
                                                         uint64_t end, const std::string& path) {
  if (end < kLocator64Size || Load<uint32_t>(bytes, end - kLocator64Size) != kLocator64Signature) {
    return std::nullopt;
  }
  const uint64_t offset = Load<uint64_t>(bytes, end - kLocator64Size + 8);
  if (!Fits(offset, kEnd64Size, end) || Load<uint32_t>(bytes, offset) != kEnd64Signature) {
    return Malformed(path, end - kLocator64Size,
                     absl::StrCat("no end record at offset ", offset, ", where there must be one"));
  }
  return Directory{Load<uint64_t>(bytes, offset + 48), Load<uint64_t>(bytes, offset + 40),
                   Load<uint64_t>(bytes, offset + 32)};
}

absl::StatusOr<Directory> FindDirectory(std::span<const std::byte> bytes, const std::string& path) {
  if (bytes.size() < kEndSize) return Malformed(path, 0, "it is too short");
  const uint64_t last = bytes.size() - kEndSize;
  uint64_t end = last;
  while (Load<uint32_t>(bytes, end) != kEndSignature) {
    if (end == 0 || last - end == kMaxCommentSize) {
      return Malformed(path, bytes.size(), "there is no end record; was the file cut off?");
    }
    --end;
  }
  const absl::StatusOr<std::optional<Directory>> large = FindDirectory64(bytes, end, path);
  if (!large.ok()) return large.status();
  const Directory directory =
      large->value_or(Directory{Load<uint32_t>(bytes, end + 16), Load<uint32_t>(bytes, end + 12),
                                Load<uint16_t>(bytes, end + 10)});
  if (!Fits(directory.offset, directory.size, end)) {
    return Malformed(path, end,
                     absl::StrCat("a directory of ", directory.size, " bytes at offset ",
                                  directory.offset, " does not fit before it"));
  }
  return directory;
}

// What a record of the directory says.
struct Record {
  uint16_t flags = 0, method = 0;
  uint32_t crc32 = 0;
  uint64_t packed_size = 0, size = 0, local = 0;
  std::string_view name;
  std::span<const std::byte> extra;
};

// Replaces the sizes that the record has no room for, in this order, by those of the extra field.
bool ReadSizes64(Record& record) {
  for (std::span<const std::byte> rest = record.extra; rest.size() >= 4;) {
    const uint16_t id = Load<uint16_t>(rest, 0), size = Load<uint16_t>(rest, 2);
    if (size > rest.size() - 4) return false;
    std::span<const std::byte> field = rest.subspan(4, size);
    rest = rest.subspan(4 + size);
    if (id != kSize64Field) continue;
    for (uint64_t* value : {&record.size, &record.packed_size, &record.local}) {
      if (*value != kSeeExtraField) continue;
      if (field.size() < sizeof(*value)) return false;
      *value = Load<uint64_t>(field, 0);
      field = field.subspan(sizeof(*value));
    }
  }
  return true;
}

// The record at `offset`, which goes to behind it.
absl::StatusOr<Record> ReadRecord(std::span<const std::byte> bytes, uint64_t& offset, uint64_t end,
                                  const std::string& path) {
  const uint64_t begin = offset;
  if (!Fits(begin, kRecordSize, end) || Load<uint32_t>(bytes, begin) != kRecordSignature) {
    return Malformed(path, begin, "a record of the directory expected");
  }
  const uint64_t name_size = Load<uint16_t>(bytes, begin + 28);
  const uint64_t extra_size = Load<uint16_t>(bytes, begin + 30);
  const uint64_t comment_size = Load<uint16_t>(bytes, begin + 32);
  if (!Fits(begin + kRecordSize, name_size + extra_size + comment_size, end)) {
    return Malformed(path, begin, "the record reaches beyond the directory's end");
  }
  Record record = {.flags = Load<uint16_t>(bytes, begin + 8),
                   .method = Load<uint16_t>(bytes, begin + 10),
                   .crc32 = Load<uint32_t>(bytes, begin + 16),
                   .packed_size = Load<uint32_t>(bytes, begin + 20),
                   .size = Load<uint32_t>(bytes, begin + 24),
                   .local = Load<uint32_t>(bytes, begin + 42)};
  const char* const name = reinterpret_cast<const char*>(bytes.data()) + begin + kRecordSize;
  record.name = std::string_view(name, name_size);
  record.extra = bytes.subspan(begin + kRecordSize + name_size, extra_size);
  if (!ReadSizes64(record)) return Malformed(path, begin, "its extra field is too short");
  offset = begin + kRecordSize + name_size + extra_size + comment_size;
  return record;
}

// Nothing is ever unpacked to a disk, but an archive with such names was made to do harm.
bool IsHarmless(std::string_view name) {
  if (name.empty() || name.front() == '/' || (name.size() > 1 && name[1] == ':')) return false;
  if (name.find('\\') != name.npos || name.find('\0') != name.npos) return false;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('/', begin), name.size());
    if (name.substr(begin, end - begin) == "..") return false;
    begin = end + 1;
  }
  return true;
}

absl::StatusOr<StoredZipEntry> ReadEntry(std::span<const std::byte> bytes, const Record& record,
                                         uint64_t directory, const std::string& path) {
  const std::string quoted = QuoteForMessage({record.name.data(), record.name.size()});
  if (!IsHarmless(record.name)) {
    return Malformed(path, record.local, absl::StrCat("the name ", quoted, " leads elsewhere"));
  }
  if (record.method != kStored || (record.flags & kEncrypted) != 0 ||
      record.packed_size != record.size) {
    return absl::UnimplementedError(absl::StrCat(
        path, ": offset ", record.local, ": ", quoted,
        " is compressed or encrypted, expected stored as it is, as torch.save does it"));
  }
  if (!Fits(record.local, kLocalSize, directory) ||
      Load<uint32_t>(bytes, record.local) != kLocalSignature) {
    return Malformed(path, record.local, absl::StrCat(quoted, " is not there"));
  }
  const uint64_t begin = record.local + kLocalSize + Load<uint16_t>(bytes, record.local + 26) +
                         Load<uint16_t>(bytes, record.local + 28);
  if (!Fits(begin, record.size, directory)) {
    return Malformed(
        path, record.local,
        absl::StrCat(quoted, " of ", record.size, " bytes reaches into the directory"));
  }
  return StoredZipEntry{std::string(record.name), bytes.subspan(begin, record.size), record.crc32};
}

absl::Status CheckDisjoint(const std::vector<StoredZipEntry>& entries,
                           std::span<const std::byte> bytes, const std::string& path) {
  std::vector<std::span<const std::byte>> parts;
  std::set<std::string_view> names;
  for (const StoredZipEntry& entry : entries) {
    parts.push_back(entry.bytes);
    if (!names.insert(entry.name).second) {
      return Malformed(path, entry.bytes.data() - bytes.data(),
                       absl::StrCat("the name ", QuoteForMessage(entry.name), " is there twice"));
    }
  }
  std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) {
    return std::pair(a.data(), a.size()) < std::pair(b.data(), b.size());
  });
  for (size_t i = 1; i < parts.size(); ++i) {
    if (parts[i - 1].data() + parts[i - 1].size() > parts[i].data()) {
      return Malformed(path, parts[i].data() - bytes.data(), "two files overlap");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<StoredZipEntry>> ReadStoredZip(std::span<const std::byte> bytes,
                                                          const std::string& path) {
  const absl::StatusOr<Directory> directory = FindDirectory(bytes, path);
  if (!directory.ok()) return directory.status();
  std::vector<StoredZipEntry> entries;
  uint64_t offset = directory->offset;
  const uint64_t end = directory->offset + directory->size;
  for (uint64_t i = 0; i < directory->count; ++i) {
    const absl::StatusOr<Record> record = ReadRecord(bytes, offset, end, path);
    if (!record.ok()) return record.status();
    absl::StatusOr<StoredZipEntry> entry = ReadEntry(bytes, *record, directory->offset, path);
    if (!entry.ok()) return entry.status();
    if (!entry->name.ends_with('/')) entries.push_back(*std::move(entry));
  }
  if (absl::Status s = CheckDisjoint(entries, bytes, path); !s.ok()) return s;
  return entries;
}

}  // namespace gokart
