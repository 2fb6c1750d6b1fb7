#include "ch06_classify/text_classifier.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ch02_data/load_tokenizer.h"
#include "ch04_model/gpt_config.h"
#include "ch04_model/model_summary.h"
#include "ch05_pretrain/checkpoint.h"
#include "ch05_pretrain/run_tokenizer.h"
#include "ch05_pretrain/trained_model.h"
#include "ch06_classify/classifier_metrics.h"
#include "tensor/nn/skip_init.h"
#include "tensor/ops/softmax.h"
#include "tensor/safetensors.h"
#include "workshop/file.h"
#include "workshop/json_file.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;
constexpr int64_t kBatchSize = 16;
constexpr char kFile[] = "checkpoint.safetensors";
constexpr char kAdapterConfig[] = "adapter_config.json";
constexpr char kHead[] = "out_head";

// The last layer's logits of some texts, [B, num_classes].
Tensor LogitsOf(const TextClassifier& classifier, std::vector<std::vector<int32_t>> ids) {
  const std::vector<int32_t> no_classes(ids.size());
  std::vector<int64_t> all(ids.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int64_t>(i);
  const ClassificationDataset dataset(std::move(ids), no_classes, classifier.padding);
  return classifier.model->Forward(dataset.Get(all).inputs);
}

std::string SettingsOf(const TextClassifier& classifier) {
  const GptClassifierConfig& config = classifier.model->config;
  return nlohmann::json({{"classes", classifier.classes},
                         {"trainable_token_pos", TokenPositionName(config.position)},
                         {"max_length", classifier.padding.max_length},
                         {"pad_id", config.pad_id},
                         {"no_padding", classifier.padding.pad_to_batch}})
      .dump();
}

// What SettingsOf wrote.
struct Settings {
  std::vector<std::string> classes;
  GptClassifierConfig config;
  PaddingOptions padding;
};

absl::StatusOr<Settings> ParseSettings(const std::string& text, const GptConfig& model,
                                       const std::string& path) {
  const absl::StatusOr<nlohmann::json> json = ParseJson(text, path);
  if (!json.ok()) return json.status();
  Settings s;
  std::optional<TokenPosition> position;
  try {
    s.classes = json->at("classes").get<std::vector<std::string>>();
    position = FindTokenPosition(json->at("trainable_token_pos").get<std::string>());
    s.padding.max_length = json->at("max_length").get<int64_t>();
    s.padding.pad_id = s.config.pad_id = json->at("pad_id").get<int32_t>();
    s.padding.pad_to_batch = json->at("no_padding").get<bool>();
  } catch (const nlohmann::json::exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": its classifier's settings: ", error.what()));
  }
  s.config.num_classes = static_cast<int64_t>(s.classes.size());
  const bool sizes_fit = s.classes.size() >= 2 && s.config.pad_id >= 0 &&
                         s.config.pad_id < model.vocab_size && s.padding.max_length >= 1 &&
                         s.padding.max_length <= model.context_length;
  if (!sizes_fit || !position.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": its classifier's settings make no sense: ", text.substr(0, 200)));
  }
  s.config.position = *position;
  return s;
}

absl::Status IsNoClassifier(const std::string& path) {
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": is no classifier, but a language model; `ch06_classify train --weights=", path,
      "` makes a classifier of it"));
}

absl::StatusOr<TextClassifier> Assemble(std::unique_ptr<GPTModel> body,
                                        std::unique_ptr<Tokenizer> tokenizer, Settings settings,
                                        const std::string& path) {
  if (tokenizer->vocab_size() > body->config.vocab_size) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": the tokenizer has ",
                                                   tokenizer->vocab_size(), " tokens, the model ",
                                                   body->config.vocab_size));
  }
  TextClassifier classifier;
  classifier.model = std::make_unique<GptClassifier>(std::move(body), settings.config);
  classifier.tokenizer = std::move(tokenizer);
  classifier.classes = std::move(settings.classes);
  classifier.padding = settings.padding;
  return classifier;
}

absl::StatusOr<std::unique_ptr<Tokenizer>> TokenizerBeside(const fs::path& folder) {
  const absl::StatusOr<std::string> path = FindRunTokenizer(folder.string());
  if (!path.ok()) return path.status();
  return LoadTokenizer(*path);
}

absl::StatusOr<TextClassifier> LoadWhole(const fs::path& path) {
  const absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open(path.string());
  if (!file.ok()) return file.status();
  const auto settings_text = file->metadata().find("classifier");
  const auto config_text = file->metadata().find("config");
  if (settings_text == file->metadata().end() || config_text == file->metadata().end()) {
    return IsNoClassifier(path.string());
  }
  const absl::StatusOr<nlohmann::json> json = ParseJson(config_text->second, path.string());
  if (!json.ok()) return json.status();
  const absl::StatusOr<GptConfig> config = GptConfigFromJson(*json, path.string());
  if (!config.ok()) return config.status();
  // A file cannot ask for a larger model than it has weights for.
  int64_t values = 0;
  for (const StoredTensor& entry : file->entries()) values += entry.size();
  if (!config->tie_weights || NumParameters(*config) > values) {
    return absl::InvalidArgumentError(
        absl::StrCat(path.string(), ": its configuration is of another model than its weights"));
  }
  absl::StatusOr<Settings> settings = ParseSettings(settings_text->second, *config, path.string());
  if (!settings.ok()) return settings.status();
  absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer = TokenizerBeside(path.parent_path());
  if (!tokenizer.ok()) return tokenizer.status();
  absl::StatusOr<TextClassifier> classifier;
  {
    const SkipInit skip_init;
    classifier = Assemble(std::make_unique<GPTModel>(*config), *std::move(tokenizer),
                          *std::move(settings), path.string());
  }
  if (!classifier.ok()) return classifier.status();
  if (absl::Status s = LoadWeights(path.string(), classifier->model->NamedParts()); !s.ok()) {
    return s;
  }
  return classifier;
}

absl::StatusOr<TextClassifier> LoadAdapted(const fs::path& folder, const std::string& base_path) {
  const absl::StatusOr<LoraFileInfo> info = ReadLoraInfo(folder.string());
  if (!info.ok()) return info.status();
  const auto settings_text = info->metadata.find("classifier");
  if (settings_text == info->metadata.end()) return IsNoClassifier(folder.string());
  const std::string tokenizer = FindRunTokenizer(folder.string()).value_or("");
  LoadOptions load = {.trainable = true, .tokenizer = tokenizer};
  const auto heads = info->metadata.find("n_heads");  // not all weights tell it
  if (int64_t n = 0; heads != info->metadata.end() && absl::SimpleAtoi(heads->second, &n)) {
    load.n_heads = n;
  }
  const std::string path = base_path.empty() ? info->base_path : base_path;
  absl::StatusOr<TrainedModel> base = LoadTrainedModel(path, load);
  // If these don't fit it is another model, which its fingerprint will tell.
  if (!base.ok()) base = LoadTrainedModel(path, {.trainable = true});
  if (!base.ok()) {
    return absl::Status(
        base.status().code(),
        absl::StrCat(folder.string(), ": its base model: ", std::string(base.status().message())));
  }
  absl::StatusOr<Settings> settings =
      ParseSettings(settings_text->second, base->model->config, folder.string());
  if (!settings.ok()) return settings.status();
  absl::StatusOr<TextClassifier> classifier = Assemble(
      std::move(base->model), std::move(base->tokenizer), *std::move(settings), folder.string());
  if (!classifier.ok()) return classifier.status();
  GptClassifier& model = *classifier->model;
  const std::string fingerprint = FingerprintOf(model.NamedParts(), {kHead});
  const auto quantized = info->metadata.find("quantized");
  if (quantized != info->metadata.end() && quantized->second == "nf4") QuantizeBlocks(model);
  if (absl::Status s = LoadLora(folder.string(), model, model.NamedParts(), fingerprint); !s.ok()) {
    return s;
  }
  return classifier;
}

}  // namespace

absl::StatusOr<std::vector<Classification>> Classify(const TextClassifier& classifier,
                                                     const std::vector<std::string>& texts) {
  std::vector<LabelledText> numbered;
  for (size_t i = 0; i < texts.size(); ++i) {
    const int64_t line = static_cast<int64_t>(i) + 1;
    if (absl::StripAsciiWhitespace(texts[i]).empty()) {
      return absl::InvalidArgumentError(absl::StrCat("text ", line, " is empty"));
    }
    numbered.push_back({.label = "", .text = texts[i], .row = line - 1, .line = line});
  }
  absl::StatusOr<std::vector<std::vector<int32_t>>> ids =
      EncodeTexts(*classifier.tokenizer, numbered, "texts");
  if (!ids.ok()) return ids.status();
  const NoGrad no_grad;
  const EvalMode eval(*classifier.model);
  // [exercise 6.17] Is this message spam?
  // Task: Judge the texts, whose tokens are *ids, kBatchSize at a time: for each the likeliest
  //       class, the probability of each class, its number of tokens, and whether that is more than
  //       padding.max_length.
  // Hint: LogitsOf(classifier, some of the ids) gives logits [B, num_classes] for a batch of texts,
  //       the last of which may be smaller.
  // Hint: ops::Softmax makes probabilities [B, num_classes] of logits; LikeliestClasses is exercise
  //       6.8.
  // Test: //ch06_classify:text_classifier_test Classify.*
  // Read: ch06_classify/text_classifier.h

  std::vector<Classification> found;
  for (size_t begin = 0; begin < ids->size(); begin += kBatchSize) {
    const size_t end = std::min(begin + kBatchSize, ids->size());
    const Tensor logits = LogitsOf(classifier, {ids->begin() + begin, ids->begin() + end});
    const Tensor p = ops::Softmax(logits);  // [B, num_classes]
    const std::vector<int32_t> best = LikeliestClasses(logits);
    for (size_t i = begin; i < end; ++i) {
      const float* row = p.data() + (i - begin) * classifier.classes.size();
      const int64_t tokens = static_cast<int64_t>((*ids)[i].size());
      found.push_back({.best = best[i - begin],
                       .probabilities = {row, row + classifier.classes.size()},
                       .tokens = tokens,
                       .cut = tokens > classifier.padding.max_length});
    }
  }
  return found;
  // [end of exercise 6.17]
}

absl::Status SaveClassifier(const std::string& folder, const TextClassifier& classifier) {
  const std::string checkpoint = folder + "/checkpoint";
  if (absl::Status s = MakeFolders(checkpoint); !s.ok()) return s;
  if (absl::Status s = SaveRunTokenizer(*classifier.tokenizer, checkpoint); !s.ok()) return s;
  GptConfig config = classifier.model->body->config;
  config.tie_weights = true;  // it has no head onto the vocabulary
  return SaveCheckpoint(checkpoint + "/" + kFile,
                        {.parts = classifier.model->NamedParts(),
                         .state = {},
                         .metadata = {{"config", GptConfigToJson(config).dump()},
                                      {"classifier", SettingsOf(classifier)}}});
}

absl::Status SaveClassifierAdapter(const std::string& folder, const TextClassifier& classifier,
                                   const LoraConfig& config, const std::string& base_path,
                                   const std::string& base, bool quantized) {
  const GptClassifier& model = *classifier.model;
  LoraFileInfo info = {.config = config,
                       .base = base,
                       .base_path = fs::absolute(base_path).lexically_normal().string(),
                       .modules_to_save = {kHead},
                       .metadata = {{"classifier", SettingsOf(classifier)},
                                    {"n_heads", absl::StrCat(model.body->config.n_heads)}}};
  if (quantized) info.metadata["quantized"] = "nf4";
  const std::string adapter = folder + "/adapter";
  if (absl::Status s = MakeFolders(adapter); !s.ok()) return s;
  if (absl::Status s = SaveRunTokenizer(*classifier.tokenizer, adapter); !s.ok()) return s;
  return SaveLora(adapter, model, model.NamedParts(), info);
}

absl::StatusOr<TextClassifier> LoadClassifier(const std::string& path,
                                              const std::string& base_path) {
  const fs::path p(path);
  if (base_path.empty()) {
    for (const fs::path& file : {p, p / kFile, p / "checkpoint" / kFile}) {
      if (fs::is_regular_file(file)) return LoadWhole(file);
    }
  }
  for (const fs::path& folder : {p, p / "adapter"}) {
    if (fs::is_regular_file(folder / kAdapterConfig)) return LoadAdapted(folder, base_path);
  }
  return absl::NotFoundError(absl::StrCat(path, ": neither ", kFile, " nor ", kAdapterConfig,
                                          " there, nor in a folder checkpoint or adapter"));
}

void QuantizeBlocks(GptClassifier& classifier) {
  for (const auto& block : classifier.body->trf_blocks) {
    block->QuantizeWeights(WeightFormat::kNF4);
  }
}

}  // namespace gokart
