// What decides an instruction finetuning: the model to begin with, the entries, and how it is
// trained. A run's config.json holds it.
#ifndef GOKART_CH07_INSTRUCT_FINETUNE_OPTIONS_H_
#define GOKART_CH07_INSTRUCT_FINETUNE_OPTIONS_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "ch05_pretrain/trainer.h"

namespace gokart {

struct FinetuneOptions {
  std::string weights;  ///< the pretrained model: a run, or any weights; empty: DefaultBaseModel()
  std::string tokenizer;  ///< empty: the one beside the weights
  int64_t n_heads = 0;    ///< of weights that don't tell it; 0: they do
  std::string data;       ///< a JSON file; empty: tasks about the story world
  /// Without `data`: entries to train on, freshly made; 0: only
  /// the training part of the set that ships with the project.
  int64_t story_entries = 60000;
  std::string prompt_template = "alpaca";
  bool mask_instructions = false;  ///< the loss leaves the requests out (exercise 7.2)
  int64_t lora_rank = 0;           ///< 0: all weights are trained
  double lora_alpha = 16;
  bool save_merged = true;  ///< with adapters: the whole model is saved, too, besides the adapters
  int64_t batch_size = 8;
  int64_t group_window = 0;  ///< batches within which entries are sorted by length; 0: no sorting
  int64_t allowed_max_length = 1024;  ///< in tokens; the context length if that is less
  int64_t num_epochs = 2;
  double learning_rate = 5e-5;
  double min_learning_rate = -1;  ///< at the end of a cosine decay; negative: no decay
  int64_t warmup_steps = 0;
  double weight_decay = 0.1;
  double max_grad_norm = 0;  ///< 0: no clipping
  int64_t eval_freq = 5;
  int64_t eval_iter = 5;
  uint64_t seed = 123;
};

/// Calls visit(name, field) for every field: the one list of them.
template <typename Options, typename Visitor>
void VisitFinetuneFields(Options& options, const Visitor& visit) {
  visit("weights", options.weights);
  visit("tokenizer", options.tokenizer);
  visit("n_heads", options.n_heads);
  visit("data", options.data);
  visit("story_entries", options.story_entries);
  visit("template", options.prompt_template);
  visit("mask_instructions", options.mask_instructions);
  visit("lora_rank", options.lora_rank);
  visit("lora_alpha", options.lora_alpha);
  visit("save_merged", options.save_merged);
  visit("batch_size", options.batch_size);
  visit("group_window", options.group_window);
  visit("allowed_max_length", options.allowed_max_length);
  visit("num_epochs", options.num_epochs);
  visit("learning_rate", options.learning_rate);
  visit("min_learning_rate", options.min_learning_rate);
  visit("warmup_steps", options.warmup_steps);
  visit("weight_decay", options.weight_decay);
  visit("max_grad_norm", options.max_grad_norm);
  visit("eval_freq", options.eval_freq);
  visit("eval_iter", options.eval_iter);
  visit("seed", options.seed);
}

/// For instruction data in a file: the workshop's settings (section 7.6).
FinetuneOptions FileFinetuneOptions();

/// For the laptop model of chapter 5 and the tasks about its stories: one pass over freshly made
/// entries, about a minute on two cores.
FinetuneOptions StoryFinetuneOptions();

/// OK if a run can be made of this. The message names the flag, its value, and what it must be.
absl::Status CheckFinetuneOptions(const FinetuneOptions& options);

nlohmann::json FinetuneOptionsToJson(const FinetuneOptions& options);

/// The part for the training loop.
TrainingOptions MakeTrainingOptions(const FinetuneOptions& options, int64_t total_steps);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_FINETUNE_OPTIONS_H_
