#include <set>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ch05_pretrain/weights/gguf/gguf_file.h"
#include "ch05_pretrain/weights/gguf/gguf_layout.h"
#include "ch05_pretrain/weights/gguf/little_endian.h"
#include "tensor/atomic_file.h"

namespace gokart {
namespace {

[[noreturn]] void Fail(const std::string& what) {
  throw std::invalid_argument("WriteGguf: " + what);
}

void Put(std::string& out, const std::string& text) {
  AppendLittleEndian<uint64_t>(out, text.size());
  out += text;
}
void Put(std::string& out, bool value) { AppendLittleEndian<uint8_t>(out, value ? 1 : 0); }
template <typename T>
void Put(std::string& out, T value) {
  AppendLittleEndian<T>(out, value);
}
void Put(std::string&, const GgufNothing&) { Fail("an array of arrays"); }
template <typename T>
void Put(std::string& out, const std::vector<T>& elements) {
  AppendLittleEndian<uint64_t>(out, elements.size());
  for (const T& element : elements) Put(out, element);
}
void Put(std::string& out, const GgufArray& array) {
  AppendLittleEndian<uint32_t>(out, static_cast<uint32_t>(array.index()));
  std::visit([&](const auto& elements) { Put(out, elements); }, array);
}

void PutMetadata(std::string& out, const GgufMetadata& metadata) {
  std::set<std::string> keys;
  for (const auto& [key, value] : metadata) {
    if (!keys.insert(key).second) Fail("the key " + key + " twice");
    Put(out, key);
    AppendLittleEndian<uint32_t>(out, static_cast<uint32_t>(value.index()));
    std::visit([&](const auto& v) { Put(out, v); }, value);
  }
}

uint64_t CheckedByteSize(const GgufTensor& tensor) {
  const std::optional<uint64_t> size = GgmlByteSize(tensor.type, tensor.shape);
  if (!size || tensor.shape.empty() || tensor.shape.size() > kGgufMaxDimensions) {
    Fail(absl::StrCat(tensor.name, " can't be ", Describe(tensor.type).name, " [",
                      absl::StrJoin(tensor.shape, ", "), "]"));
  }
  return *size;
}

void PutTensors(std::string& out, const std::vector<GgufTensor>& tensors, uint64_t alignment) {
  std::set<std::string> names;
  uint64_t offset = 0;
  for (const GgufTensor& tensor : tensors) {
    if (!names.insert(tensor.name).second) Fail("the tensor " + tensor.name + " twice");
    const uint64_t size = CheckedByteSize(tensor);
    Put(out, tensor.name);
    AppendLittleEndian<uint32_t>(out, static_cast<uint32_t>(tensor.shape.size()));
    for (auto d = tensor.shape.rbegin(); d != tensor.shape.rend(); ++d) {
      AppendLittleEndian<uint64_t>(out, static_cast<uint64_t>(*d));
    }
    AppendLittleEndian<uint32_t>(out, static_cast<uint32_t>(tensor.type));
    AppendLittleEndian<uint64_t>(out, offset);
    offset = AlignedUp(offset + size, alignment);
  }
}

uint64_t AlignmentOf(const GgufMetadata& metadata) {
  const std::optional<int64_t> alignment = GetInteger(metadata, kGgufAlignmentKey);
  if (!alignment) return kGgufDefaultAlignment;
  if (!IsGgufAlignment(*alignment)) Fail(absl::StrCat("an alignment of ", *alignment));
  return static_cast<uint64_t>(*alignment);
}

absl::Status Pad(AtomicFile& file, uint64_t alignment) {
  const auto size = static_cast<uint64_t>(file.size());
  return file.Append(std::string(AlignedUp(size, alignment) - size, '\0'));
}

}  // namespace

absl::Status WriteGguf(
    const std::string& path, const GgufMetadata& metadata, const std::vector<GgufTensor>& tensors,
    const std::function<absl::StatusOr<std::span<const std::byte>>(const GgufTensor&)>& bytes_of) {
  const uint64_t alignment = AlignmentOf(metadata);
  std::string head = kGgufMagic;
  AppendLittleEndian<uint32_t>(head, kGgufVersion);
  AppendLittleEndian<uint64_t>(head, tensors.size());
  AppendLittleEndian<uint64_t>(head, metadata.size());
  PutMetadata(head, metadata);
  PutTensors(head, tensors, alignment);
  absl::StatusOr<AtomicFile> file = AtomicFile::Create(path);
  if (!file.ok()) return file.status();
  if (absl::Status s = file->Append(head); !s.ok()) return s;
  if (absl::Status s = Pad(*file, alignment); !s.ok()) return s;
  for (const GgufTensor& tensor : tensors) {
    const absl::StatusOr<std::span<const std::byte>> bytes = bytes_of(tensor);
    if (!bytes.ok()) return bytes.status();
    if (bytes->size() != CheckedByteSize(tensor)) {
      Fail(absl::StrCat(tensor.name, " with ", bytes->size(), " bytes"));
    }
    if (absl::Status s = file->Append(*bytes); !s.ok()) return s;
    // Behind the last one too, as the data section is counted in whole alignments.
    if (absl::Status s = Pad(*file, alignment); !s.ok()) return s;
  }
  return file->Commit();
}

}  // namespace gokart
