#include "ch05_pretrain/pretrain_options.h"

#include <cmath>

#include "absl/strings/str_cat.h"

namespace gokart {
namespace {

absl::Status Refused(const char* name, double value, const char* wanted) {
  return absl::InvalidArgumentError(absl::StrCat(name, " is ", value, ", but must be ", wanted));
}

absl::Status AtLeast(const char* name, double value, double minimum) {
  if (value >= minimum) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name, " is ", value, ", but must be at least ", minimum));
}

absl::Status CheckSizes(const PretrainOptions& o) {
  for (const absl::Status& s :
       {AtLeast("batch_size", o.batch_size, 1), AtLeast("stride", o.stride, 0),
        AtLeast("num_epochs", o.num_epochs, 1), AtLeast("warmup_steps", o.warmup_steps, 0),
        AtLeast("weight_decay", o.weight_decay, 0), AtLeast("max_grad_norm", o.max_grad_norm, 0),
        AtLeast("accumulation_steps", o.accumulation_steps, 1),
        AtLeast("eval_freq", o.eval_freq, 0), AtLeast("eval_iter", o.eval_iter, 1),
        AtLeast("initial_learning_rate", o.initial_learning_rate, 0)}) {
    if (!s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckPretrainOptions(const PretrainOptions& o) {
  if (absl::Status s = CheckSizes(o); !s.ok()) return s;
  if (!(o.learning_rate > 0) || !std::isfinite(o.learning_rate)) {
    return Refused("learning_rate", o.learning_rate, "positive");
  }
  if (o.min_learning_rate > o.learning_rate) {
    return Refused("min_learning_rate", o.min_learning_rate, "at most learning_rate");
  }
  if (o.rows != "windows" && o.rows != "documents") {
    return absl::InvalidArgumentError(
        absl::StrCat("rows is '", o.rows, "', but must be windows or documents"));
  }
  if (!(o.train_ratio > 0 && o.train_ratio < 1)) {
    return Refused("train_ratio", o.train_ratio, "between 0 and 1");
  }
  if (o.text.empty() && o.story_characters <= 0) {
    return Refused("story_characters", o.story_characters, "positive");
  }
  return CheckGptConfig(o.model);
}

nlohmann::json PretrainOptionsToJson(const PretrainOptions& options) {
  nlohmann::json training;
  VisitPretrainFields(options,
                      [&](const char* name, const auto& value) { training[name] = value; });
  return {{"model", GptConfigToJson(options.model)}, {"training", training}};
}

absl::StatusOr<PretrainOptions> PretrainOptionsFromJson(const nlohmann::json& json,
                                                        const std::string& source) {
  if (!json.is_object() || !json.contains("model") || !json.contains("training")) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": is no pretraining run (\"model\" and \"training\" expected)"));
  }
  absl::StatusOr<GptConfig> model = GptConfigFromJson(json["model"], source);
  if (!model.ok()) return model.status();
  PretrainOptions options;
  options.model = *model;
  std::string wrong;
  VisitPretrainFields(options, [&](const char* name, auto& value) {
    try {
      json["training"].at(name).get_to(value);
    } catch (const nlohmann::json::exception&) {
      if (wrong.empty()) wrong = name;
    }
  });
  if (!wrong.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": training.", wrong, " is missing or has another type"));
  }
  if (absl::Status s = CheckPretrainOptions(options); !s.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(source, ": ", std::string(s.message())));
  }
  return options;
}

TrainingOptions MakeTrainingOptions(const PretrainOptions& o, int64_t steps_per_epoch) {
  TrainingOptions t;
  t.num_epochs = o.num_epochs;
  t.eval_freq = o.eval_freq;
  t.eval_iter = o.eval_iter;
  t.accumulation_steps = o.accumulation_steps;
  t.max_grad_norm = o.max_grad_norm;
  t.learning_rate = {.peak = o.learning_rate,
                     .initial = o.initial_learning_rate,
                     .minimum = o.min_learning_rate < 0 ? o.learning_rate : o.min_learning_rate,
                     .warmup_steps = o.warmup_steps,
                     .total_steps = steps_per_epoch * o.num_epochs};
  return t;
}

}  // namespace gokart
