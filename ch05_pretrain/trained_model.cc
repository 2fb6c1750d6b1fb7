#include "ch05_pretrain/trained_model.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch02_data/load_tokenizer.h"
#include "ch04_model/gpt_config.h"
#include "ch04_model/model_summary.h"
#include "ch05_pretrain/checkpoint.h"
#include "ch05_pretrain/run_tokenizer.h"
#include "tensor/safetensors.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;
constexpr char kFile[] = "checkpoint.safetensors";

absl::StatusOr<fs::path> FindCheckpoint(const std::string& path) {
  for (const fs::path& candidate :
       {fs::path(path), fs::path(path) / kFile, fs::path(path) / "checkpoint" / kFile}) {
    if (fs::is_regular_file(candidate)) return candidate;
  }
  return absl::NotFoundError(
      absl::StrCat(path, ": no ", kFile, " there, nor in a folder checkpoint"));
}

// The model's configuration, which the checkpoint carries.
absl::StatusOr<GptConfig> ReadConfig(const std::string& path) {
  absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open(path);
  if (!file.ok()) return file.status();
  const auto config = file->metadata().find("config");
  if (config == file->metadata().end()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": its metadata hold no model configuration"));
  }
  const nlohmann::json json =
      nlohmann::json::parse(config->second, /*cb=*/nullptr, /*allow_exceptions=*/false);
  absl::StatusOr<GptConfig> parsed = GptConfigFromJson(json, path);
  if (!parsed.ok()) return parsed.status();
  // A file cannot ask for a larger model than it has weights for.
  int64_t values = 0;
  for (const StoredTensor& entry : file->entries()) values += entry.size();
  if (NumParameters(*parsed) > values) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": its configuration is of a model with ",
                                                   NumParameters(*parsed),
                                                   " weights, but it holds ", values, " values"));
  }
  return parsed;
}

}  // namespace

absl::StatusOr<TrainedModel> LoadTrainedModel(const std::string& path) {
  const absl::StatusOr<fs::path> checkpoint = FindCheckpoint(path);
  if (!checkpoint.ok()) return checkpoint.status();
  const absl::StatusOr<GptConfig> config = ReadConfig(*checkpoint);
  if (!config.ok()) return config.status();
  const absl::StatusOr<std::string> tokenizer_path =
      FindRunTokenizer(checkpoint->parent_path().string());
  if (!tokenizer_path.ok()) return tokenizer_path.status();
  absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer = LoadTokenizer(*tokenizer_path);
  if (!tokenizer.ok()) return tokenizer.status();
  if ((*tokenizer)->vocab_size() > config->vocab_size) {
    return absl::InvalidArgumentError(absl::StrCat(
        *tokenizer_path, ": has ", (*tokenizer)->vocab_size(), " tokens, but the model in ",
        checkpoint->string(), " only knows ", config->vocab_size));
  }
  TrainedModel trained = {std::make_unique<GPTModel>(*config), *std::move(tokenizer)};
  if (absl::Status s = LoadWeights(*checkpoint, trained.model->NamedParts()); !s.ok()) return s;
  return trained;
}

}  // namespace gokart
