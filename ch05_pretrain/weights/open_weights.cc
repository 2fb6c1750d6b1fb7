#include "ch05_pretrain/weights/open_weights.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ch05_pretrain/weights/gguf/open_gguf.h"
#include "ch05_pretrain/weights/gpt_config_file.h"
#include "ch05_pretrain/weights/leveldb_table.h"
#include "ch05_pretrain/weights/open_safetensors.h"
#include "ch05_pretrain/weights/tf_checkpoint.h"
#include "ch05_pretrain/weights/torch_file.h"
#include "workshop/file.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxConfigBytes = int64_t{1} << 20;
constexpr std::string_view kTfIndex = ".index";

bool StartsWith(std::span<const std::byte> bytes, std::string_view start) {
  return bytes.size() >= start.size() && std::memcmp(bytes.data(), start.data(), start.size()) == 0;
}

// A header's length, then its JSON.
bool LooksLikeSafetensors(std::span<const std::byte> bytes) {
  return bytes.size() > 8 && bytes[8] == std::byte{'{'} && bytes[0] != std::byte{'{'};
}

bool LooksLikeJson(std::span<const std::byte> bytes) {
  const auto first = std::find_if(bytes.begin(), bytes.end(), [](std::byte b) {
    return b != std::byte{' '} && b != std::byte{'\n'} && b != std::byte{'\r'} &&
           b != std::byte{'\t'};
  });
  return first != bytes.end() && *first == std::byte{'{'};
}

// TensorFlow's file `checkpoint` names the newest checkpoint in its folder:
//   model_checkpoint_path: "model.ckpt"
absl::StatusOr<TensorFile> OpenNewestTfCheckpoint(const fs::path& path) {
  constexpr std::string_view kKey = "model_checkpoint_path: \"";
  const absl::StatusOr<std::string> text = ReadFile(path.string(), kMaxConfigBytes);
  if (!text.ok()) return text.status();
  const size_t key = text->find(kKey);
  const size_t begin = key + kKey.size();
  const size_t end = key == text->npos ? key : text->find('"', begin);
  if (end == text->npos) {
    return absl::DataLossError(absl::StrCat(
        path.string(), ": expected model_checkpoint_path: \"...\", as TensorFlow writes it"));
  }
  // The folder may have been moved since then: only the name counts.
  const fs::path name = fs::path(text->substr(begin, end - begin)).filename();
  return OpenTfCheckpoint((path.parent_path() / name).string());
}

absl::StatusOr<TensorFile> OpenTensors(const std::string& path, std::span<const std::byte> bytes) {
  if (StartsWith(bytes, "PK\x03\x04") || IsOldTorchFile(bytes)) return OpenTorchFile(path);
  if (IsLeveldbTable(bytes)) {
    if (path.ends_with(kTfIndex)) {
      return OpenTfCheckpoint(path.substr(0, path.size() - kTfIndex.size()));
    }
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": is the index of a TensorFlow checkpoint, but its name does not end in .index"));
  }
  if (StartsWith(bytes, "model_checkpoint_path:")) return OpenNewestTfCheckpoint(path);
  if (LooksLikeSafetensors(bytes)) return OpenSafetensors(path);
  if (LooksLikeJson(bytes)) return OpenShards(path);
  return absl::InvalidArgumentError(
      absl::StrCat(path,
                   ": has no known format (safetensors, an index of safetensors files, a file of "
                   "torch.save, GGUF, the index of a TensorFlow checkpoint)"));
}

absl::StatusOr<WeightFile> OpenFile(const std::string& path) {
  const absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  if (!file.ok()) return file.status();
  if (IsGguf(file->bytes())) return OpenGguf(path);
  absl::StatusOr<TensorFile> tensors = OpenTensors(path, file->bytes());
  if (!tensors.ok()) return tensors.status();
  return WeightFile{*std::move(tensors)};
}

// What stands for all in a folder of many files, by the publishers' customs.
absl::StatusOr<std::string> FindInFolder(const fs::path& folder) {
  std::error_code error;
  for (const char* name :
       {"checkpoint.safetensors", "checkpoint/checkpoint.safetensors", "checkpoint",
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"}) {
    if (fs::is_regular_file(folder / name, error)) return (folder / name).string();
  }
  error.clear();
  std::vector<std::string> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string extension = entry.path().extension().string();
    for (const char* known : {".safetensors", ".index", ".pth", ".pt", ".gguf"}) {
      if (extension == known) found.push_back(entry.path().string());
    }
  }
  std::sort(found.begin(), found.end());
  if (found.size() == 1) return found.front();
  const std::string what = error ? error.message()
                           : found.empty()
                               ? "there are no weights in this folder"
                               : absl::StrCat("which of these? ", absl::StrJoin(found, ", "));
  return absl::NotFoundError(absl::StrCat(folder.string(), ": ", what));
}

// The configuration in the metadata (of our own checkpoints) or beside the file. GGUF files have
// brought theirs.
absl::Status ReadConfig(WeightFile& file) {
  if (file.config) return absl::OkStatus();
  const auto in_metadata = file.metadata.find("config");
  std::string text;
  if (in_metadata != file.metadata.end()) {
    text = in_metadata->second;
    file.config_source = absl::StrCat(file.path, ": metadata: config");
  } else {
    for (const char* name : {"config.json", "hparams.json"}) {
      const fs::path path = fs::path(file.path).parent_path() / name;
      std::error_code error;
      if (!file.config_source.empty() || !fs::is_regular_file(path, error)) continue;
      absl::StatusOr<std::string> read = ReadFile(path.string(), kMaxConfigBytes);
      if (!read.ok()) return read.status();
      text = *std::move(read);
      file.config_source = path.string();
    }
  }
  if (file.config_source.empty()) return absl::OkStatus();
  const absl::StatusOr<GptConfig> config = ParseGptConfig(text, file.config_source);
  if (!config.ok()) return config.status();
  file.config = *config;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<WeightFile> OpenWeights(const std::string& path) {
  std::string found = path;
  std::error_code error;  // what is wrong shows when the file is opened
  if (fs::is_directory(path, error)) {
    const absl::StatusOr<std::string> in_folder = FindInFolder(path);
    if (!in_folder.ok()) return in_folder.status();
    found = *in_folder;
  } else if (!fs::exists(path, error) && fs::exists(path + std::string(kTfIndex), error)) {
    found += kTfIndex;
  }
  absl::StatusOr<WeightFile> file = OpenFile(found);
  if (!file.ok()) return file.status();
  if (absl::Status s = ReadConfig(*file); !s.ok()) return s;
  return file;
}

}  // namespace gokart
