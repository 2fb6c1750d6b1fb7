#include "ch05_pretrain/weights/tensor_file.h"

#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch05_pretrain/weights/crc32c.h"

namespace gokart {
namespace {

bool Contains(std::span<const std::byte> whole, std::span<const std::byte> part) {
  const std::less_equal<const std::byte*> not_after;
  return not_after(whole.data(), part.data()) &&
         not_after(part.data() + part.size(), whole.data() + whole.size());
}

uint32_t Continue(DataChecksum::Kind kind, uint32_t crc, std::span<const std::byte> bytes) {
  if (kind == DataChecksum::Kind::kMaskedCrc32c) return Crc32c(bytes, crc);
  const auto* const data = reinterpret_cast<const Bytef*>(bytes.data());
  return static_cast<uint32_t>(crc32_z(crc, data, bytes.size()));
}

// Piece by piece, so that a large tensor is never in memory as a whole.
uint32_t Compute(const TensorFile& file, const DataChecksum& checksum) {
  constexpr size_t kPiece = size_t{1} << 20;
  uint32_t crc = 0;
  for (size_t begin = 0; begin < checksum.bytes.size(); begin += kPiece) {
    const size_t size = std::min(kPiece, checksum.bytes.size() - begin);
    crc = Continue(checksum.kind, crc, checksum.bytes.subspan(begin, size));
    file.GivePagesBack(checksum.bytes.subspan(begin, size));
  }
  return checksum.kind == DataChecksum::Kind::kMaskedCrc32c ? MaskCrc32c(crc) : crc;
}

const MappedFile* FileAround(const TensorFile& file, std::span<const std::byte> bytes) {
  for (const auto& mapped : file.files) {
    if (Contains(mapped->bytes(), bytes)) return mapped.get();
  }
  return nullptr;
}

// Tells the system that these bytes of a map are not needed now: their pages leave the resident
// memory, and come back from the page cache when they are touched. So do those around them, since a
// touched page may have brought up to a large page (2 MB) with it.
void GivePagesOfMapBack(std::span<const std::byte> map, std::span<const std::byte> bytes) {
  constexpr size_t kAround = size_t{2} << 20;
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t first = bytes.data() - map.data(), last = first + bytes.size();
  const size_t begin = (first - std::min(first, kAround)) / page * page;
  const size_t end = std::min(map.size(), last + kAround);
  madvise(const_cast<std::byte*>(map.data() + begin), end - begin, MADV_DONTNEED);
}

}  // namespace

const StoredTensor* TensorFile::Find(const std::string& name) const {
  for (const StoredTensor& tensor : tensors) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

std::shared_ptr<const MappedFile> TensorFile::FileOf(const StoredTensor& tensor) const {
  for (const auto& mapped : files) {
    if (Contains(mapped->bytes(), tensor.bytes)) return mapped;
  }
  return nullptr;
}

std::optional<int64_t> TensorFile::OffsetOf(const StoredTensor& tensor) const {
  const MappedFile* const mapped = FileAround(*this, tensor.bytes);
  if (mapped == nullptr) return std::nullopt;
  return tensor.bytes.data() - mapped->bytes().data();
}

void TensorFile::GivePagesBack(std::span<const std::byte> bytes) const {
  const MappedFile* const mapped = FileAround(*this, bytes);
  if (mapped != nullptr && !bytes.empty()) GivePagesOfMapBack(mapped->bytes(), bytes);
}

absl::Status VerifyChecksums(const TensorFile& file) {
  for (const DataChecksum& checksum : file.checksums) {
    const uint32_t actual = Compute(file, checksum);
    if (actual == checksum.expected) continue;
    const MappedFile* const mapped = FileAround(file, checksum.bytes);
    const std::string where =
        mapped == nullptr ? absl::StrCat(file.path, ": ")
                          : absl::StrCat(mapped->path(), ": offset ",
                                         checksum.bytes.data() - mapped->bytes().data(), ": ");
    return absl::DataLossError(
        absl::StrCat(where, checksum.what,
                     absl::StrFormat(" is damaged: its checksum is %08x, expected %08x", actual,
                                     checksum.expected)));
  }
  return absl::OkStatus();
}

}  // namespace gokart
