#include "ch07_instruct/instruct_adapter.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "ch06_classify/lora_file.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;

constexpr char kFolder[] = "adapter";
constexpr char kConfig[] = "adapter_config.json";
constexpr char kTemplate[] = "template";
constexpr char kClassifier[] = "classifier";  // chapter 6's adapters have it

bool IsFile(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// The folder with the adapter's files that `path` means; empty if there is none.
std::string FindAdapter(const std::string& path) {
  for (const fs::path& folder : {fs::path(path), fs::path(path) / kFolder}) {
    if (IsFile(folder / kConfig)) return folder.string();
  }
  return "";
}

// Whether a run has weights besides its adapter, or instead.
bool HasWeights(const std::string& path) {
  return IsFile(fs::path(path) / "checkpoint" / "checkpoint.safetensors");
}

absl::StatusOr<InstructModel> LoadAdapted(const std::string& folder, const ModelChoice& choice) {
  const absl::StatusOr<LoraFileInfo> info = ReadLoraInfo(folder);
  if (!info.ok()) return info.status();
  if (info->metadata.contains(kClassifier)) {
    return absl::InvalidArgumentError(
        absl::StrCat(folder, ": is the adapter of a classifier, which answers nothing"));
  }
  const auto trained_with = info->metadata.find(kTemplate);
  std::string prompt_template = choice.prompt_template;
  if (prompt_template.empty() && trained_with != info->metadata.end()) {
    prompt_template = trained_with->second;
  }
  absl::StatusOr<InstructModel> model =
      LoadInstructModel(choice.weights.empty() ? info->base_path : choice.weights, prompt_template,
                        OptionsForWeights(false, choice.tokenizer, choice.n_heads));
  if (!model.ok()) {
    return absl::Status(
        model.status().code(),
        absl::StrCat(folder, ": its base model: ", std::string(model.status().message())));
  }
  const std::vector<NamedPart> parts = model->model().NamedParts();
  if (absl::Status s = LoadLora(folder, model->model(), parts, FingerprintOf(parts)); !s.ok()) {
    return s;
  }
  if (absl::Status s = MergeLora(model->model()); !s.ok()) return s;
  return model;
}

}  // namespace

AdapterBase NoteAdapterBase(const InstructModel& model, const std::string& path) {
  return {.path = fs::absolute(path).lexically_normal().string(),
          .fingerprint = FingerprintOf(model.model().NamedParts())};
}

absl::Status SaveInstructAdapter(const std::string& run_folder, const InstructModel& model,
                                 const LoraConfig& config, const AdapterBase& base) {
  return SaveLora(absl::StrCat(run_folder, "/", kFolder), model.model(), model.model().NamedParts(),
                  {.config = config,
                   .base = base.fingerprint,
                   .base_path = base.path,
                   .metadata = {{kTemplate, model.prompt_template->name}}});
}

absl::StatusOr<InstructModel> LoadChosenModel(const ModelChoice& choice) {
  if (!choice.adapter.empty()) {
    const std::string folder = FindAdapter(choice.adapter);
    if (folder.empty()) {
      return absl::NotFoundError(absl::StrCat(choice.adapter, ": no ", kConfig,
                                              " there, nor in a folder ", kFolder, " of it"));
    }
    return LoadAdapted(folder, choice);
  }
  const std::string folder = FindAdapter(choice.weights);
  if (!folder.empty() && !HasWeights(choice.weights)) {
    return LoadAdapted(folder, {.prompt_template = choice.prompt_template,
                                .tokenizer = choice.tokenizer,
                                .n_heads = choice.n_heads});
  }
  return LoadInstructModel(choice.weights, choice.prompt_template,
                           OptionsForWeights(false, choice.tokenizer, choice.n_heads));
}

}  // namespace gokart
