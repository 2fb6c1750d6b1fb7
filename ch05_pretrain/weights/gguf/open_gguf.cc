#include "ch05_pretrain/weights/gguf/open_gguf.h"

#include <cstring>
#include <utility>
#include <vector>

#include "ch05_pretrain/weights/gguf/gguf_file.h"
#include "ch05_pretrain/weights/gguf/gguf_gpt.h"
#include "ch05_pretrain/weights/gguf/gguf_tensors.h"

namespace gokart {
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
  absl::StatusOr<std::vector<StoredTensor>> tensors = GgufParameters(*contents, path);
  if (!tensors.ok()) return tensors.status();
  file.tensors = *std::move(tensors);
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
