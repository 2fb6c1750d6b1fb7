#include "ch05_pretrain/weights/export/zip_writer.h"

#include <zlib.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace gokart {

absl::StatusOr<ZipWriter> ZipWriter::Create(const std::string& path) {
  absl::StatusOr<AtomicFile> file = AtomicFile::Create(path);
  if (!file.ok()) return file.status();
  return ZipWriter(*std::move(file));
}

absl::Status ZipWriter::Begin(const std::string& name) {
  if (absl::Status s = End(); !s.ok()) return s;
  const uint64_t offset = static_cast<uint64_t>(file_.size());
  entries_.push_back({.name = name, .offset = offset});
  open_ = true;
  return file_.Append(ZipLocalHeader(name, offset, kAlignment));
}

absl::Status ZipWriter::Append(std::span<const std::byte> bytes) {
  ZipEntry& entry = entries_.back();
  entry.size += bytes.size();
  if (entry.size > kMaxZipEntry) {
    return absl::UnimplementedError(
        absl::StrCat(entry.name, ": entries of 4 GB or more are not supported"));
  }
  entry.crc32 = static_cast<uint32_t>(
      crc32_z(entry.crc32, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  return file_.Append(bytes);
}

absl::Status ZipWriter::Append(std::string_view text) {
  return Append(std::as_bytes(std::span(text.data(), text.size())));
}

absl::Status ZipWriter::End() {
  if (!std::exchange(open_, false)) return absl::OkStatus();
  return file_.Append(ZipDataDescriptor(entries_.back()));
}

absl::Status ZipWriter::Commit() {
  if (absl::Status s = End(); !s.ok()) return s;
  const absl::Status s = file_.Append(ZipDirectory(entries_, static_cast<uint64_t>(file_.size())));
  return s.ok() ? file_.Commit() : s;
}

}  // namespace gokart
