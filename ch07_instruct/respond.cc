#include "ch07_instruct/respond.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch05_pretrain/generate.h"
#include "ch07_instruct/instruction_dataset.h"
#include "tensor/safetensors.h"
#include "workshop/json_file.h"

namespace gokart {
namespace {

absl::StatusOr<std::vector<int32_t>> PromptIds(const InstructModel& model,
                                               const InstructionEntry& entry) {
  const Prompt prompt = model.prompt_template->Format(entry.instruction, entry.input);
  absl::StatusOr<std::vector<int32_t>> ids = EncodePlainText(model.tokenizer(), prompt.Text());
  if (!ids.ok()) return ids.status();
  const auto context = model.model().config.context_length;
  if (static_cast<int64_t>(ids->size()) >= context) {
    return absl::InvalidArgumentError(absl::StrCat("the prompt has ", ids->size(),
                                                   " tokens, but the model's context holds ",
                                                   context, " with the answer"));
  }
  return ids;
}

// Whether chapter 6 made the model: its checkpoints carry their classes' names.
bool IsClassifier(const std::string& path) {
  const std::string file = "checkpoint.safetensors";
  for (const std::string& name : {path, path + "/" + file, path + "/checkpoint/" + file}) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(name, ignored)) continue;
    const absl::StatusOr<SafetensorsFile> opened = SafetensorsFile::Open(name);
    return opened.ok() && opened->metadata().contains("classifier");
  }
  return false;
}

}  // namespace

std::string TemplateOfRun(const std::string& path) {
  namespace fs = std::filesystem;
  fs::path folder = fs::absolute(path).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  // The run's folder, its checkpoint folder, or the file in it.
  for (int up = 0; up < 3; ++up, folder = folder.parent_path()) {
    const fs::path config = folder / "config.json";
    std::error_code ignored;
    if (!fs::is_regular_file(config, ignored)) continue;
    const absl::StatusOr<nlohmann::json> json = ReadJsonFile(config.string());
    if (!json.ok() || !json->is_object()) return "";
    const auto training = json->find("finetuning");
    if (training == json->end() || !training->is_object()) return "";
    const auto name = training->find("template");
    return name != training->end() && name->is_string() ? name->get<std::string>() : "";
  }
  return "";
}

absl::StatusOr<InstructModel> LoadInstructModel(const std::string& path,
                                                const std::string& prompt_template,
                                                const LoadOptions& options) {
  std::string name = prompt_template.empty() ? TemplateOfRun(path) : prompt_template;
  const bool guessed = name.empty();
  if (guessed) name = "alpaca";
  const absl::StatusOr<const PromptTemplate*> found = FindPromptTemplate(name);
  if (!found.ok()) return found.status();
  if (IsClassifier(path)) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": is a classifier, which answers nothing; `ch06_classify classify --classifier=",
        path, "` asks it"));
  }
  absl::StatusOr<TrainedModel> trained = LoadTrainedModel(path, options);
  if (!trained.ok()) return trained.status();
  if (guessed) {
    trained->notes.push_back(
        path + ": no run tells which prompts it knows; template alpaca is taken (see --template)");
  }
  return InstructModel{*std::move(trained), *found};
}

LoadOptions OptionsForWeights(bool trainable, const std::string& tokenizer, int64_t n_heads) {
  LoadOptions options = {.trainable = trainable, .tokenizer = tokenizer};
  if (n_heads != 0) options.n_heads = n_heads;
  return options;
}

absl::StatusOr<std::string> Respond(const InstructModel& model, const std::string& instruction,
                                    const std::string& input, const RespondOptions& options) {
  const InstructionEntry entry = {.instruction = instruction, .input = input};
  absl::StatusOr<std::vector<std::string>> answers = RespondToAll(model, {entry}, options);
  if (!answers.ok()) return answers.status();
  return answers->front();
}

absl::StatusOr<std::vector<std::string>> RespondToAll(const InstructModel& model,
                                                      const std::vector<InstructionEntry>& entries,
                                                      const RespondOptions& options,
                                                      const std::function<void(int64_t)>& on_done) {
  std::vector<std::vector<int32_t>> prompts;
  for (size_t i = 0; i < entries.size(); ++i) {
    absl::StatusOr<std::vector<int32_t>> ids = PromptIds(model, entries[i]);
    if (!ids.ok()) {
      const std::string where = entries.size() == 1 ? "" : absl::StrCat("entry ", i, ": ");
      return absl::Status(ids.status().code(),
                          absl::StrCat(where, std::string(ids.status().message())));
    }
    prompts.push_back(*std::move(ids));
  }
  std::vector<std::string> answers;
  // In portions, for progress; their texts are made side by side.
  constexpr size_t kPortion = 32;
  for (size_t begin = 0; begin < prompts.size(); begin += kPortion) {
    const size_t end = std::min(begin + kPortion, prompts.size());
    const std::vector<std::vector<int32_t>> portion(prompts.begin() + begin, prompts.begin() + end);
    const std::vector<std::vector<int32_t>> texts =
        GenerateBatch(model.model(), portion,
                      {.max_new_tokens = options.max_new_tokens,
                       .sampling = options.sampling,
                       .eos_id = model.tokenizer().EndOfText()},
                      options.seed);
    for (size_t i = 0; i < texts.size(); ++i) {
      const auto prompt_size = static_cast<int64_t>(portion[i].size());
      const std::string generated =
          model.tokenizer().Decode({texts[i].begin() + prompt_size, texts[i].end()});
      answers.push_back(model.prompt_template->ExtractResponse(generated));
    }
    if (on_done) on_done(static_cast<int64_t>(end));
  }
  return answers;
}

}  // namespace gokart
