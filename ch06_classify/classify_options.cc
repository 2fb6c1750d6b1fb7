#include "ch06_classify/classify_options.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch06_classify/gpt_classifier.h"

namespace gokart {
namespace {

constexpr char kRandom[] = "random";

template <typename T>
absl::Status Refuse(const char* flag, const T& value, const char* expected) {
  return absl::InvalidArgumentError(absl::StrCat("--", flag, "=", value, ": must be ", expected));
}

absl::Status CheckTraining(const ClassifyOptions& o) {
  if (o.batch_size < 1) return Refuse("batch_size", o.batch_size, "at least 1");
  if (o.accumulation_steps < 1) {
    return Refuse("accumulation_steps", o.accumulation_steps, "at least 1");
  }
  if (o.num_epochs < 1) return Refuse("num_epochs", o.num_epochs, "at least 1");
  if (!(o.learning_rate > 0) || !std::isfinite(o.learning_rate)) {
    return Refuse("learning_rate", o.learning_rate, "more than 0");
  }
  if (!(o.min_learning_rate <= o.learning_rate)) {
    return Refuse("min_learning_rate", o.min_learning_rate, "at most the learning rate");
  }
  if (o.warmup_steps < 0) return Refuse("warmup_steps", o.warmup_steps, "at least 0");
  if (!(o.weight_decay >= 0)) return Refuse("weight_decay", o.weight_decay, "at least 0");
  if (!(o.drop_rate >= 0 && o.drop_rate < 1)) {
    return Refuse("drop_rate", o.drop_rate, "at least 0 and less than 1");
  }
  if (!(o.piece_rate >= 0 && o.piece_rate <= 1)) {
    return Refuse("piece_rate", o.piece_rate, "between 0 and 1");
  }
  if (o.eval_freq < 0) return Refuse("eval_freq", o.eval_freq, "at least 0");
  if (o.eval_iter < 1) return Refuse("eval_iter", o.eval_iter, "at least 1");
  return absl::OkStatus();
}

absl::Status CheckTexts(const ClassifyOptions& o) {
  if (!o.data.empty()) return absl::OkStatus();  // what a file needs is known when it is read
  for (const auto& [flag, value] : {std::pair("format", o.format),
                                    {"quoting", o.quoting},
                                    {"label_column", o.label_column},
                                    {"text_column", o.text_column}}) {
    if (!value.empty()) return Refuse(flag, value, "empty but with --data");
  }
  return absl::OkStatus();
}

absl::Status CheckSizes(const ClassifyOptions& o) {
  const bool random = IsRandomStart(o.weights);
  for (const auto& [flag, size] : {std::pair("emb_dim", o.emb_dim),
                                   {"n_layers", o.n_layers},
                                   {"model_context_length", o.model_context_length}}) {
    if (size < 0) return Refuse(flag, size, "at least 0");
    if (size > 0 && !random) return Refuse(flag, size, "0 but with --weights=random");
  }
  if (o.n_heads < 0) return Refuse("n_heads", o.n_heads, "at least 0");
  if (!o.model.empty() && !random) {
    return Refuse("model", o.model, "empty but with --weights=random");
  }
  if (o.qkv_bias && !random) return Refuse("qkv_bias", "true", "false but with --weights=random");
  if (o.qlora && random) {
    return absl::InvalidArgumentError(
        "--qlora saves adapters alone, and with --weights=random there would be no model to load "
        "them into");
  }
  return absl::OkStatus();
}

absl::Status CheckModel(const ClassifyOptions& o) {
  if (!FindTrainableLayers(o.trainable_layers).has_value()) {
    return Refuse("trainable_layers", o.trainable_layers,
                  "all, last_block, last_two_blocks or last_layer");
  }
  if (!FindTokenPosition(o.trainable_token_pos).has_value()) {
    return Refuse("trainable_token_pos", o.trainable_token_pos, "last, flexible, first or mean");
  }
  if (o.context_length < 0) return Refuse("context_length", o.context_length, "at least 0");
  if (o.lora_rank < 0) return Refuse("lora_rank", o.lora_rank, "at least 0");
  if (!(o.lora_alpha > 0) || !std::isfinite(o.lora_alpha)) {
    return Refuse("lora_alpha", o.lora_alpha, "more than 0");
  }
  if (o.qlora && o.lora_rank == 0) {
    return absl::InvalidArgumentError("--qlora needs adapters to train: give --lora_rank");
  }
  return CheckSizes(o);
}

}  // namespace

bool IsRandomStart(const std::string& weights) {
  return weights == kRandom || weights.starts_with(absl::StrCat(kRandom, ":"));
}

std::string RandomStartPath(const std::string& weights) {
  constexpr size_t kPrefix = sizeof(kRandom);  // with the colon
  return IsRandomStart(weights) && weights.size() > kPrefix ? weights.substr(kPrefix) : "";
}

absl::Status CheckClassifyOptions(const ClassifyOptions& o) {
  if (!(o.train_fraction > 0 && o.train_fraction < 1)) {
    return Refuse("train_fraction", o.train_fraction, "more than 0 and less than 1");
  }
  if (!(o.val_fraction > 0 && o.train_fraction + o.val_fraction < 1)) {
    return Refuse("val_fraction", o.val_fraction,
                  "more than 0, and with the training part less than 1");
  }
  if (absl::Status s = CheckTexts(o); !s.ok()) return s;
  if (absl::Status s = CheckModel(o); !s.ok()) return s;
  return CheckTraining(o);
}

nlohmann::json ClassifyOptionsToJson(const ClassifyOptions& options) {
  nlohmann::json json = nlohmann::json::object();
  VisitClassifyFields(options, [&](const char* name, const auto& field) { json[name] = field; });
  return json;
}

absl::StatusOr<ClassifyOptions> ClassifyOptionsFromJson(const nlohmann::json& json,
                                                        const std::string& source) {
  if (!json.is_object()) return absl::InvalidArgumentError(source + ": an object expected");
  ClassifyOptions options;
  try {
    VisitClassifyFields(options, [&](const char* name, auto& field) {
      if (json.contains(name)) json.at(name).get_to(field);
    });
  } catch (const nlohmann::json::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(source, ": ", error.what()));
  }
  if (absl::Status s = CheckClassifyOptions(options); !s.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(source, ": ", std::string(s.message())));
  }
  return options;
}

}  // namespace gokart
