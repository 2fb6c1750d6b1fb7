#include "ch05_pretrain/weights/gguf/open_gguf.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch05_pretrain/weights/gguf/gguf_file.h"
#include "ch05_pretrain/weights/gguf/gguf_gpt.h"
#include "ch05_pretrain/weights/gguf/gguf_names.h"

namespace gokart {
namespace {

// The parameters in a tensor, which lie in it one below the other.
absl::Status AddParameters(const GgufTensor& tensor, std::vector<StoredTensor>& out) {
  const std::optional<DType> dtype = DTypeOf(tensor.type);
  if (!dtype) {
    return absl::UnimplementedError(absl::StrCat("tensor ", tensor.name, " is ",
                                                 Describe(tensor.type).name,
                                                 ", expected F32, F16, BF16, F64, Q8_0 or Q4_0"));
  }
  std::vector<std::string> names = WorkshopNamesIn(tensor.name);
  if (names.empty()) names = {tensor.name};
  const auto parts = static_cast<int64_t>(names.size());
  std::vector<int64_t> shape = tensor.shape;
  if (shape.front() % parts != 0 || tensor.bytes.size() % names.size() != 0) {
    return absl::InvalidArgumentError(absl::StrCat("tensor ", tensor.name, " ", ShapeText(shape),
                                                   ": expected ", parts, " equal parts"));
  }
  shape.front() /= parts;
  const size_t size = tensor.bytes.size() / names.size();
  // Also where a part of a vector would not be made of whole blocks.
  if (ByteSize(shape, *dtype) != size) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor ", tensor.name, ": its parts can't be ", Describe(tensor.type).name));
  }
  for (size_t i = 0; i < names.size(); ++i) {
    out.push_back({names[i], *dtype, shape, tensor.bytes.subspan(i * size, size)});
  }
  return absl::OkStatus();
}

}  // namespace

bool IsGguf(std::span<const std::byte> bytes) {
  return bytes.size() >= 4 && std::memcmp(bytes.data(), "GGUF", 4) == 0;
}

absl::StatusOr<WeightFile> ReadGguf(std::span<const std::byte> bytes, const std::string& path) {
  const absl::StatusOr<GgufContents> contents = ParseGguf(bytes, path);
  if (!contents.ok()) return contents.status();
  absl::StatusOr<GptConfig> config = GptFromGguf(*contents, path);
  if (!config.ok()) return config.status();
  WeightFile file;
  file.path = path;
  file.format = "GGUF";
  file.config = *std::move(config);
  file.config_source = path;
  for (const auto& [key, value] : contents->metadata) file.metadata[key] = ValueText(value);
  for (const GgufTensor& tensor : contents->tensors) {
    if (absl::Status s = AddParameters(tensor, file.tensors); !s.ok()) {
      return absl::Status(s.code(), absl::StrCat(path, ": ", s.message()));
    }
  }
  return file;
}

absl::StatusOr<WeightFile> OpenGguf(const std::string& path) {
  absl::StatusOr<MappedFile> mapped = MappedFile::Open(path);
  if (!mapped.ok()) return mapped.status();
  const auto file_map = std::make_shared<const MappedFile>(*std::move(mapped));
  absl::StatusOr<WeightFile> file = ReadGguf(file_map->bytes(), path);
  if (file.ok()) file->files = {file_map};
  return file;
}

}  // namespace gokart
