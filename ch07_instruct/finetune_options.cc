#include "ch07_instruct/finetune_options.h"

#include "absl/strings/str_cat.h"
#include "ch07_instruct/prompt_template.h"

namespace gokart {
namespace {

absl::Status Refuse(const char* field, double value, const char* must) {
  return absl::InvalidArgumentError(absl::StrCat(field, " is ", value, ": must be ", must));
}

}  // namespace

FinetuneOptions FileFinetuneOptions() { return {}; }

FinetuneOptions StoryFinetuneOptions() {
  FinetuneOptions o;
  o.prompt_template = "short";
  o.mask_instructions = true;
  o.batch_size = 16;
  o.group_window = 8;
  o.num_epochs = 1;
  o.learning_rate = 3e-3;  // the whole model changes: it has never seen a question
  o.min_learning_rate = 0;
  o.warmup_steps = 50;
  o.max_grad_norm = 1;
  o.eval_freq = 250;
  return o;
}

absl::Status CheckFinetuneOptions(const FinetuneOptions& o) {
  const auto number = [](auto value) { return static_cast<double>(value); };
  if (auto t = FindPromptTemplate(o.prompt_template); !t.ok()) return t.status();
  if (o.story_entries < 0) return Refuse("story_entries", number(o.story_entries), "at least 0");
  if (o.lora_rank < 0) return Refuse("lora_rank", number(o.lora_rank), "at least 0");
  if (!(o.lora_alpha > 0)) return Refuse("lora_alpha", o.lora_alpha, "more than 0");
  if (o.batch_size < 1) return Refuse("batch_size", number(o.batch_size), "at least 1");
  if (o.group_window < 0) return Refuse("group_window", number(o.group_window), "at least 0");
  if (o.allowed_max_length < 2) {
    return Refuse("allowed_max_length", number(o.allowed_max_length), "at least 2");
  }
  if (o.num_epochs < 1) return Refuse("num_epochs", number(o.num_epochs), "at least 1");
  if (!(o.learning_rate > 0)) return Refuse("learning_rate", o.learning_rate, "more than 0");
  if (o.warmup_steps < 0) return Refuse("warmup_steps", number(o.warmup_steps), "at least 0");
  if (!(o.weight_decay >= 0)) return Refuse("weight_decay", o.weight_decay, "at least 0");
  if (!(o.max_grad_norm >= 0)) return Refuse("max_grad_norm", o.max_grad_norm, "at least 0");
  if (o.eval_freq < 0) return Refuse("eval_freq", number(o.eval_freq), "at least 0");
  if (o.eval_iter < 1) return Refuse("eval_iter", number(o.eval_iter), "at least 1");
  return absl::OkStatus();
}

nlohmann::json FinetuneOptionsToJson(const FinetuneOptions& options) {
  nlohmann::json json = nlohmann::json::object();
  VisitFinetuneFields(options, [&](const char* name, const auto& value) { json[name] = value; });
  return {{"finetuning", json}};
}

TrainingOptions MakeTrainingOptions(const FinetuneOptions& o, int64_t total_steps) {
  TrainingOptions training = {.num_epochs = o.num_epochs,
                              .eval_freq = o.eval_freq,
                              .eval_iter = o.eval_iter,
                              .max_grad_norm = o.max_grad_norm,
                              .count_filling = true};
  training.learning_rate = {
      .peak = o.learning_rate,
      .initial = o.warmup_steps > 0 ? 0 : o.learning_rate,
      .minimum = o.min_learning_rate < 0 ? o.learning_rate : o.min_learning_rate,
      .warmup_steps = o.warmup_steps,
      .total_steps = total_steps};
  return training;
}

}  // namespace gokart
