#include "ch05_pretrain/weights/export/zip_directory.h"

#include <algorithm>

#include "ch05_pretrain/weights/gguf/little_endian.h"

namespace gokart {
namespace {

// "Sizes follow the bytes" and "the name is UTF-8".
constexpr uint16_t kFlags = 1 << 3 | 1 << 11;
constexpr uint16_t kStored = 0;
constexpr uint16_t kNoTime = 0;
constexpr uint16_t kFirstDate = 1 << 5 | 1;  // 1 January 1980: equal weights make equal files
constexpr uint16_t kVersion = 20, kVersion64 = 45;
constexpr uint16_t kPaddingField = 0x4246;  // "FB", PyTorch's own
constexpr uint16_t kZip64Field = 1;
constexpr uint64_t kLocalHeaderSize = 30;
constexpr uint64_t kFieldHeaderSize = 4;
// Stands where a number has more than 32 bits (16 bits) and is elsewhere.
constexpr uint32_t kElsewhere = 0xFFFFFFFF;
constexpr uint16_t kElsewhere16 = 0xFFFF;

void Put16(std::string& out, uint16_t value) { AppendLittleEndian<uint16_t>(out, value); }
void Put32(std::string& out, uint32_t value) { AppendLittleEndian<uint32_t>(out, value); }
void Put64(std::string& out, uint64_t value) { AppendLittleEndian<uint64_t>(out, value); }

uint32_t Low32(uint64_t value) {
  return static_cast<uint32_t>(std::min<uint64_t>(value, kElsewhere));
}

// Version, flags, method, time and date, which local headers and the directory have alike.
void PutKind(std::string& out, uint16_t version) {
  for (const uint16_t value : {version, kFlags, kStored, kNoTime, kFirstDate}) Put16(out, value);
}

void PutDirectoryEntry(std::string& out, const ZipEntry& entry) {
  const bool far = entry.offset >= kElsewhere;
  const uint16_t version = far ? kVersion64 : kVersion;
  out += "PK\1\2";
  Put16(out, version);  // made by
  PutKind(out, version);
  Put32(out, entry.crc32);
  Put32(out, Low32(entry.size));  // compressed
  Put32(out, Low32(entry.size));  // and not
  Put16(out, static_cast<uint16_t>(entry.name.size()));
  Put16(out, far ? kFieldHeaderSize + sizeof(uint64_t) : 0);
  out.append(2 + 2 + 2 + 4, '\0');  // comment's size, disk, attributes
  Put32(out, Low32(entry.offset));
  out += entry.name;
  if (!far) return;
  Put16(out, kZip64Field);
  Put16(out, sizeof(uint64_t));
  Put64(out, entry.offset);
}

// The directory's own place, with 64-bit numbers, and where that record is.
void PutEnd64(std::string& out, uint64_t count, uint64_t offset, uint64_t size) {
  constexpr uint64_t kRecordSize = 44;  // of what follows the size itself
  out += "PK\6\6";
  Put64(out, kRecordSize);
  Put16(out, kVersion64);
  Put16(out, kVersion64);
  Put32(out, 0);  // disks
  Put32(out, 0);
  Put64(out, count);
  Put64(out, count);
  Put64(out, size);
  Put64(out, offset);
  out += "PK\6\7";
  Put32(out, 0);
  Put64(out, offset + size);
  Put32(out, 1);
}

}  // namespace

std::string ZipLocalHeader(const std::string& name, uint64_t offset, uint64_t alignment) {
  const uint64_t unpadded = offset + kLocalHeaderSize + name.size() + kFieldHeaderSize;
  const uint64_t padding = (alignment - unpadded % alignment) % alignment;
  std::string out = "PK\3\4";
  PutKind(out, kVersion);
  out.append(3 * sizeof(uint32_t), '\0');  // checksum and sizes: in the data descriptor
  Put16(out, static_cast<uint16_t>(name.size()));
  Put16(out, static_cast<uint16_t>(kFieldHeaderSize + padding));
  out += name;
  Put16(out, kPaddingField);
  Put16(out, static_cast<uint16_t>(padding));
  out.append(padding, 'Z');
  return out;
}

std::string ZipDataDescriptor(const ZipEntry& entry) {
  std::string out = "PK\7\10";
  Put32(out, entry.crc32);
  Put32(out, Low32(entry.size));
  Put32(out, Low32(entry.size));
  return out;
}

std::string ZipDirectory(const std::vector<ZipEntry>& entries, uint64_t offset) {
  std::string out;
  for (const ZipEntry& entry : entries) PutDirectoryEntry(out, entry);
  const uint64_t size = out.size();
  // As PyTorch, always with the 64-bit record, which readers ignore where they don't need it.
  PutEnd64(out, entries.size(), offset, size);
  const auto count =
      static_cast<uint16_t>(std::min<uint64_t>(entries.size(), uint64_t{kElsewhere16}));
  out += "PK\5\6";
  Put32(out, 0);  // disks
  Put16(out, count);
  Put16(out, count);
  Put32(out, Low32(size));
  Put32(out, Low32(offset));
  Put16(out, 0);  // no comment
  return out;
}

}  // namespace gokart
