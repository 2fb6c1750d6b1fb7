// What decides a pretraining run: the data, the model, and how it is trained. A run folder's
// config.json holds it, and `train --resume` reads it back.
#ifndef GOKART_CH05_PRETRAIN_PRETRAIN_OPTIONS_H_
#define GOKART_CH05_PRETRAIN_PRETRAIN_OPTIONS_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "ch04_model/gpt_config.h"
#include "ch05_pretrain/trainer.h"

namespace gokart {

struct PretrainOptions {
  std::string text;              ///< file, folder, glob, or token file; empty: stories
  int64_t story_characters = 0;  ///< how much of them to train on
  std::string tokenizer =
      "gpt2";                ///< as LoadTokenizer takes it, or "bpe:SIZE": trained on the text
  std::string weights;       ///< what to begin from, as OpenWeights takes it; empty: random numbers
  GptConfig model;           ///< without weights, vocab_size is that of the tokenizer
  double train_ratio = 0.9;  ///< part of the text's characters that is trained on
  std::string rows = "windows";  ///< what a row of a batch is: "windows" or whole "documents"
  int64_t batch_size = 4;
  int64_t stride = 0;  ///< tokens from one window to the next; 0: the context length
  int64_t num_epochs = 1;
  double learning_rate = 4e-4;       ///< the highest
  double initial_learning_rate = 0;  ///< at the start of the warmup
  double min_learning_rate = -1;     ///< at the end; negative: no decay
  int64_t warmup_steps = 0;
  double weight_decay = 0.1;
  double max_grad_norm = 0;  ///< 0: no clipping
  int64_t accumulation_steps = 1;
  int64_t eval_freq = 5;
  int64_t eval_iter = 5;
  std::string start_context = "Every effort moves you";
  uint64_t seed = 123;
};

/// Calls visit(name, field) for every field but `model`, const or not: the one list of them.
template <typename Options, typename Visitor>
void VisitPretrainFields(Options& options, const Visitor& visit) {
  visit("text", options.text);
  visit("story_characters", options.story_characters);
  visit("tokenizer", options.tokenizer);
  visit("weights", options.weights);
  visit("train_ratio", options.train_ratio);
  visit("rows", options.rows);
  visit("batch_size", options.batch_size);
  visit("stride", options.stride);
  visit("num_epochs", options.num_epochs);
  visit("learning_rate", options.learning_rate);
  visit("initial_learning_rate", options.initial_learning_rate);
  visit("min_learning_rate", options.min_learning_rate);
  visit("warmup_steps", options.warmup_steps);
  visit("weight_decay", options.weight_decay);
  visit("max_grad_norm", options.max_grad_norm);
  visit("accumulation_steps", options.accumulation_steps);
  visit("eval_freq", options.eval_freq);
  visit("eval_iter", options.eval_iter);
  visit("start_context", options.start_context);
  visit("seed", options.seed);
}

/// OK if a run can be made of this. The message names the flag, its value, and what it must be.
absl::Status CheckPretrainOptions(const PretrainOptions& options);

/// {"model": {"vocab_size": ...}, "training": {"text": ...}}.
nlohmann::json PretrainOptionsToJson(const PretrainOptions& options);
/// The inverse; errors start with `source`: a field missing or of another type, or options that are
/// refused.
absl::StatusOr<PretrainOptions> PretrainOptionsFromJson(const nlohmann::json& json,
                                                        const std::string& source);

/// The part for the training loop, given the number of steps of an epoch.
TrainingOptions MakeTrainingOptions(const PretrainOptions& options, int64_t steps_per_epoch);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_PRETRAIN_OPTIONS_H_
