#include "tensor/safetensors.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tensor/atomic_file.h"
#include "tensor/quote_for_message.h"
#include "tensor/safetensors_header.h"

namespace gokart {
namespace {

constexpr size_t kLengthBytes = 8;
constexpr uint64_t kMaxHeaderLength = 100'000'000;  // the limit of Hugging Face's library
constexpr size_t kAlignment = 8;                    // of the first tensor in the file

template <typename Dimension>
std::string Describe(const std::string& name, absl::string_view dtype,
                     const std::vector<Dimension>& shape) {
  return absl::StrCat("tensor ", QuoteForMessage(name), " ", dtype, " [",
                      absl::StrJoin(shape, ", "), "]");
}

absl::Status Malformed(const std::string& path, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(path, ": not a valid safetensors file: ", what));
}

// The header's text, or what is wrong with it.
absl::StatusOr<absl::string_view> HeaderText(std::span<const std::byte> bytes,
                                             const std::string& path) {
  if (bytes.size() < kLengthBytes) {
    return Malformed(path, absl::StrCat("expected at least 8 bytes, found ", bytes.size()));
  }
  uint64_t length;
  std::memcpy(&length, bytes.data(), sizeof(length));
  const uint64_t rest = bytes.size() - kLengthBytes;
  if (length > kMaxHeaderLength || length > rest) {
    return Malformed(path,
                     absl::StrCat("offset 0: a header of ", length, " bytes, expected at most ",
                                  std::min(rest, kMaxHeaderLength)));
  }
  const char* text = reinterpret_cast<const char*>(bytes.data()) + kLengthBytes;
  if (length == 0 || text[0] != '{') {
    return Malformed(path, "offset 8: expected a header that begins with {");
  }
  return absl::string_view(text, length);
}

// Checks one tensor against the data, of which everything before `offset` belongs to earlier ones.
absl::StatusOr<StoredTensor> CheckEntry(const SafetensorsHeaderEntry& e, uint64_t offset,
                                        std::span<const std::byte> data) {
  const std::string what = Describe(e.name, QuoteForMessage(e.dtype), e.shape);
  const std::optional<DType> dtype = DTypeFromName(e.dtype);
  if (!dtype) return absl::UnimplementedError(absl::StrCat(what, ": unknown type of numbers"));
  // What doesn't fit int64_t becomes negative, which ByteSize refuses.
  std::vector<int64_t> shape(e.shape.begin(), e.shape.end());
  const std::optional<uint64_t> size = ByteSize(shape, *dtype);
  if (!size) return absl::DataLossError(absl::StrCat(what, ": is too large for any file"));
  if (e.begin != offset) {
    return absl::DataLossError(absl::StrCat(what, ": data_offsets begin at ", e.begin,
                                            ", expected ", offset, ", where the data before end"));
  }
  if (e.end < e.begin || e.end - e.begin != *size) {
    return absl::DataLossError(absl::StrCat(what, ": data_offsets are ", e.begin, " to ", e.end,
                                            ", expected ", *size, " bytes"));
  }
  if (e.end > data.size()) {
    return absl::DataLossError(absl::StrCat(what, ": data_offsets end at ", e.end, ", but only ",
                                            data.size(), " bytes follow the header"));
  }
  return StoredTensor{e.name, *dtype, std::move(shape), data.subspan(e.begin, *size)};
}

[[noreturn]] void Fail(const std::string& what) {
  throw std::invalid_argument("WriteSafetensors: " + what);
}

// Larger types first, then by name.
void SortForWriting(std::vector<StoredTensor>& entries) {
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.dtype != b.dtype ? a.dtype > b.dtype : a.name < b.name;
  });
}

void CheckBytes(const StoredTensor& e, std::span<const std::byte> bytes) {
  if (ByteSize(e.shape, e.dtype) == bytes.size()) return;
  Fail(absl::StrCat(Describe(e.name, absl::string_view(DTypeName(e.dtype)), e.shape), ": ",
                    bytes.size(), " bytes of data don't fit the shape"));
}

// The first bytes of a file with these entries: length, header, padding.
std::string Preamble(const std::vector<StoredTensor>& entries,
                     const SafetensorsMetadata& metadata) {
  SafetensorsHeader header;
  header.metadata = metadata;
  std::set<absl::string_view> names;
  uint64_t offset = 0;
  for (const StoredTensor& e : entries) {
    const std::string what = Describe(e.name, absl::string_view(DTypeName(e.dtype)), e.shape);
    if (e.name == "__metadata__" || !names.insert(e.name).second) {
      Fail(absl::StrCat(what, ": the name is reserved or given twice"));
    }
    const std::optional<uint64_t> size = ByteSize(e.shape, e.dtype);
    if (!size || DTypeBlock(e.dtype) != 1) Fail(absl::StrCat(what, ": no file can hold that"));
    header.entries.push_back({e.name, std::string(DTypeName(e.dtype)),
                              std::vector<uint64_t>(e.shape.begin(), e.shape.end()), offset,
                              offset + *size});
    offset += *size;
  }
  std::string text = FormatSafetensorsHeader(header);
  text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
  const uint64_t length = text.size();
  if (length > kMaxHeaderLength) Fail(absl::StrCat("a header of ", length, " bytes is too long"));
  return std::string(reinterpret_cast<const char*>(&length), sizeof(length)) + text;
}

}  // namespace

absl::StatusOr<SafetensorsContents> ParseSafetensors(std::span<const std::byte> bytes,
                                                     const std::string& path) {
  const absl::StatusOr<absl::string_view> text = HeaderText(bytes, path);
  if (!text.ok()) return text.status();
  absl::StatusOr<SafetensorsHeader> header = ParseSafetensorsHeader(*text);
  if (!header.ok()) return Malformed(path, header.status().message());

  std::stable_sort(header->entries.begin(), header->entries.end(),
                   [](const auto& a, const auto& b) {
                     return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
                   });
  const std::span<const std::byte> data = bytes.subspan(kLengthBytes + text->size());
  SafetensorsContents contents;
  contents.metadata = std::move(header->metadata);
  uint64_t offset = 0;
  for (const SafetensorsHeaderEntry& e : header->entries) {
    absl::StatusOr<StoredTensor> entry = CheckEntry(e, offset, data);
    if (!entry.ok()) return Malformed(path, entry.status().message());
    contents.entries.push_back(*std::move(entry));
    offset = e.end;
  }
  if (offset != data.size()) {
    return Malformed(path, absl::StrCat("offset ", kLengthBytes + text->size() + offset, ": ",
                                        data.size() - offset, " bytes belong to no tensor"));
  }
  return contents;
}

absl::StatusOr<SafetensorsFile> SafetensorsFile::Open(const std::string& path) {
  absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<SafetensorsContents> contents = ParseSafetensors(file->bytes(), path);
  if (!contents.ok()) return contents.status();
  return SafetensorsFile(*std::move(file), *std::move(contents));
}

// Names stay where they are when a SafetensorsFile moves, and with them the index's keys: moving a
// vector doesn't move its elements.
SafetensorsFile::SafetensorsFile(MappedFile file, SafetensorsContents contents)
    : file_(std::move(file)), contents_(std::move(contents)) {
  for (size_t i = 0; i < contents_.entries.size(); ++i) index_[contents_.entries[i].name] = i;
}

const StoredTensor* SafetensorsFile::Find(absl::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &contents_.entries[found->second];
}

absl::StatusOr<const StoredTensor*> SafetensorsFile::Get(absl::string_view name) const {
  if (const StoredTensor* entry = Find(name)) return entry;
  return absl::NotFoundError(absl::StrCat(path(), ": there is no tensor ", QuoteForMessage(name),
                                          " among ", entries().size()));
}

absl::Status WriteSafetensors(const std::string& path, std::vector<StoredTensor> entries,
                              const SafetensorsMetadata& metadata) {
  for (const StoredTensor& e : entries) CheckBytes(e, e.bytes);  // before a file is touched
  return WriteSafetensors(path, std::move(entries), metadata,
                          [](const StoredTensor& e) { return e.bytes; });
}

absl::Status WriteSafetensors(const std::string& path, std::vector<StoredTensor> entries,
                              const SafetensorsMetadata& metadata, const BytesOfTensor& bytes_of) {
  SortForWriting(entries);
  const std::string preamble = Preamble(entries, metadata);
  absl::StatusOr<AtomicFile> file = AtomicFile::Create(path);
  if (!file.ok()) return file.status();
  absl::Status status = file->Append(std::string_view(preamble));
  for (const StoredTensor& e : entries) {
    if (!status.ok()) break;
    const absl::StatusOr<std::span<const std::byte>> bytes = bytes_of(e);
    if (!bytes.ok()) return bytes.status();
    CheckBytes(e, *bytes);
    status = file->Append(*bytes);
  }
  return status.ok() ? file->Commit() : status;
}

}  // namespace gokart
