#include "ch05_pretrain/weights/open_safetensors.h"

#include <filesystem>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ch05_pretrain/weights/shard_index.h"
#include "tensor/safetensors.h"
#include "workshop/file.h"

namespace gokart {
namespace {

constexpr int64_t kMaxIndexBytes = int64_t{64} << 20;

// Adds a file's tensors, and for the first file its metadata.
absl::Status AddSafetensors(const std::string& path, TensorFile& file) {
  absl::StatusOr<MappedFile> mapped = MappedFile::Open(path);
  if (!mapped.ok()) return mapped.status();
  absl::StatusOr<SafetensorsContents> contents = ParseSafetensors(mapped->bytes(), path);
  if (!contents.ok()) return contents.status();
  if (file.files.empty()) file.metadata = std::move(contents->metadata);
  file.files.push_back(std::make_shared<const MappedFile>(*std::move(mapped)));
  for (StoredTensor& tensor : contents->entries) file.tensors.push_back(std::move(tensor));
  return absl::OkStatus();
}

// What the index says against what the files hold.
absl::Status CheckAgainstIndex(const TensorFile& file,
                               const std::map<std::string, std::string>& index) {
  std::vector<std::string> wrong;
  std::set<std::string> found;
  for (const StoredTensor& tensor : file.tensors) {
    const std::string shard =
        std::filesystem::path(file.FileOf(tensor)->path()).filename().string();
    const auto entry = index.find(tensor.name);
    if (entry == index.end()) {
      wrong.push_back(absl::StrCat(tensor.name, " in ", shard, " is not in the index"));
    } else if (entry->second != shard) {
      wrong.push_back(absl::StrCat(tensor.name, " is in ", shard, ", expected in ", entry->second));
    }
    found.insert(tensor.name);
  }
  for (const auto& [name, shard] : index) {
    if (!found.contains(name)) wrong.push_back(absl::StrCat(name, " is missing in ", shard));
  }
  if (wrong.empty()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(file.path, ": its files are other ones: ", absl::StrJoin(wrong, "; ")));
}

}  // namespace

absl::StatusOr<TensorFile> OpenShards(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path, kMaxIndexBytes);
  if (!text.ok()) return text.status();
  const auto index = ParseShardIndex(*text, path);
  if (!index.ok()) return index.status();
  std::set<std::string> shards;
  for (const auto& [name, shard] : *index) shards.insert(shard);
  TensorFile file = {.path = path,
                     .format = absl::StrCat("safetensors in ", shards.size(), " files")};
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  for (const std::string& shard : shards) {
    if (absl::Status s = AddSafetensors((folder / shard).string(), file); !s.ok()) return s;
  }
  if (absl::Status s = CheckAgainstIndex(file, *index); !s.ok()) return s;
  return file;
}

absl::StatusOr<TensorFile> OpenSafetensors(const std::string& path) {
  TensorFile file = {.path = path, .format = "safetensors"};
  if (absl::Status s = AddSafetensors(path, file); !s.ok()) return s;
  return file;
}

}  // namespace gokart
