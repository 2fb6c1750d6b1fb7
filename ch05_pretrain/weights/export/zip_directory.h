// The bookkeeping of a zip file: the few bytes around each entry, and the directory at the end by
// which readers find them.
//
//   std::string header = ZipLocalHeader("archive/version", /*offset=*/0, /*alignment=*/64);
//   ...                                              // the entry's bytes follow,
//   std::string trailer = ZipDataDescriptor(entry);  // then this
//   ...
//   std::string end = ZipDirectory(entries, file_size_so_far);
//
// Entries are stored, not compressed, as PyTorch does, so that tensors can be used straight from a
// memory map. Source: PKWARE's APPNOTE.TXT 6.3.10, section 4.3.
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_ZIP_DIRECTORY_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_ZIP_DIRECTORY_H_

#include <cstdint>
#include <string>
#include <vector>

namespace gokart {

/// A file within the zip file.
struct ZipEntry {
  std::string name;     ///< "archive/data/0"
  uint64_t offset = 0;  ///< of its local header
  uint64_t size = 0;    ///< of its bytes, less than 4 GB (kMaxZipEntry)
  uint32_t crc32 = 0;   ///< of its bytes
};

/// The largest entry. Beyond it headers of another form would be needed; no single tensor of a
/// GPT-2 is near it, and the zip file as a whole may be larger.
inline constexpr uint64_t kMaxZipEntry = 0xFFFFFFFE;

/// What stands before the bytes of an entry: the header proper, the name, and an extra field of so
/// many bytes that after it the file's offset is a multiple of `alignment`. Size and checksum are
/// left to ZipDataDescriptor, so that the bytes need not be known yet.
std::string ZipLocalHeader(const std::string& name, uint64_t offset, uint64_t alignment);

/// What stands behind them.
std::string ZipDataDescriptor(const ZipEntry& entry);

/// The end of the file: the directory, which begins at `offset`, with 64-bit numbers where they are
/// needed.
std::string ZipDirectory(const std::vector<ZipEntry>& entries, uint64_t offset);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_ZIP_DIRECTORY_H_
