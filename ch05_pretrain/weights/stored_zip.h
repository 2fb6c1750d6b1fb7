// Zip archives whose files are stored as they are, without compression, as torch.save writes them:
// read where they lie.
//
//   absl::StatusOr<std::vector<StoredZipEntry>> entries = ReadStoredZip(file->bytes(), path);
//   entries->front().name;   // "archive/data.pkl"
//   entries->front().bytes;  // a part of file->bytes()
//
// Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3, and 4.5.3 for archives
// of more than 4 GB)
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_STORED_ZIP_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_STORED_ZIP_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace gokart {

struct StoredZipEntry {
  std::string name;
  std::span<const std::byte> bytes;
  uint32_t crc32 = 0;  ///< what it should be
};

/// The files in an archive, in its order; folders are left out. Errors name `path` and an offset:
/// no archive; a file that is compressed, encrypted, named twice or by a path that leads out of a
/// folder, that reaches beyond the archive or overlaps another.
absl::StatusOr<std::vector<StoredZipEntry>> ReadStoredZip(std::span<const std::byte> bytes,
                                                          const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_STORED_ZIP_H_
