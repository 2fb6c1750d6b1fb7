// Writes a zip file entry by entry, without holding any of them in memory.
//
//   absl::StatusOr<ZipWriter> zip = ZipWriter::Create("model.pth");
//   if (!zip.ok()) return zip.status();
//   zip->Begin("model/version");
//   if (absl::Status s = zip->Append("3\n"); !s.ok()) return s;
//   ...
//   return zip->Commit();
//
// Entries are stored uncompressed and begin at multiples of 64 bytes, as torch.save writes them.
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_ZIP_WRITER_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_ZIP_WRITER_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch05_pretrain/weights/export/zip_directory.h"
#include "tensor/atomic_file.h"

namespace gokart {

/// The file appears with Commit(), whole, or not at all (AtomicFile).
class ZipWriter {
 public:
  static constexpr uint64_t kAlignment = 64;

  /// Errors: those of AtomicFile::Create.
  static absl::StatusOr<ZipWriter> Create(const std::string& path);

  /// Starts an entry; the one before ends. Names are relative paths with '/', each used once.
  /// Errors: of the disk, an entry of 4 GB or more.
  absl::Status Begin(const std::string& name);
  /// More of the entry's bytes.
  absl::Status Append(std::span<const std::byte> bytes);
  absl::Status Append(std::string_view text);

  /// Ends the last entry, writes the directory and gives the file its name: call this once, last.
  absl::Status Commit();

 private:
  explicit ZipWriter(AtomicFile file) : file_(std::move(file)) {}
  absl::Status End();

  AtomicFile file_;
  std::vector<ZipEntry> entries_;
  bool open_ = false;  // whether the last entry has not ended
};

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_ZIP_WRITER_H_
