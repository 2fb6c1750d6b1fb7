// What decides a finetuning for classification: the model to begin with, the texts, and how it is
// trained. A run's config.json holds it.
#ifndef GOKART_CH06_CLASSIFY_CLASSIFY_OPTIONS_H_
#define GOKART_CH06_CLASSIFY_CLASSIFY_OPTIONS_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace gokart {

/// The defaults suit the laptop model and messages; the README tells how they were found.
struct ClassifyOptions {
  std::string weights;    ///< as LoadTrainedModel takes it; empty: DefaultBaseModel(); "random":
                          ///< sizes and tokenizer of that or of `model`, but random weights
  std::string tokenizer;  ///< as LoadTokenizer takes it, or with random weights MakeRunTokenizer;
                          ///< empty: the weights' own, or with `model` GPT-2's
  std::string model;      ///< with random weights: sizes by name, as FindGptConfig takes it
  int64_t emb_dim = 0;    ///< with random weights: other sizes than those; 0: none
  int64_t n_heads = 0;    ///< also of weights without a configuration
  int64_t n_layers = 0;
  int64_t model_context_length = 0;  ///< the longest sequence that the model takes
  bool qkv_bias = false;             ///< with random weights
  std::string data;                  ///< a file of labelled texts; empty: the messages that ship
  std::string format, quoting, label_column, text_column;  ///< as in LabelledTextsOptions
  bool balance = true;                                     ///< as many texts of each class
  double train_fraction = 0.7;
  double val_fraction = 0.1;
  std::string trainable_layers = "all";  ///< as FindTrainableLayers takes it; not with LoRA
  std::string trainable_token_pos = "flexible";
  int64_t context_length = 0;  ///< tokens in a row; 0: as many as the longest training text has
  bool no_padding = true;      ///< rows only as long as their batch needs
  int64_t lora_rank = 0;       ///< 0: no adapters
  double lora_alpha = 16;
  std::string lora_targets;     ///< layers with adapters, as in LoraConfig, separated by commas
  bool lora_train_head = true;  ///< the new head's own weights as well as its adapter
  bool qlora = false;           ///< the blocks in 4 bits below the adapters
  int64_t batch_size = 8;
  int64_t accumulation_steps = 1;
  int64_t num_epochs = 6;
  double learning_rate = 1e-3;
  double min_learning_rate = 0;  ///< at the end of a cosine decay; negative: no decay
  int64_t warmup_steps = 20;
  double weight_decay = 0.1;
  double drop_rate = 0.1;  ///< of the model while it is finetuned
  double piece_rate = 0;   ///< part of the texts in a batch of which only a piece is shown
  int64_t eval_freq = 50;
  int64_t eval_iter = 5;
  uint64_t seed = 123;
};

/// Calls visit(name, field) for every field: the one list of them.
template <typename Options, typename Visitor>
void VisitClassifyFields(Options& options, const Visitor& visit) {
  visit("weights", options.weights);
  visit("tokenizer", options.tokenizer);
  visit("model", options.model);
  visit("emb_dim", options.emb_dim);
  visit("n_heads", options.n_heads);
  visit("n_layers", options.n_layers);
  visit("model_context_length", options.model_context_length);
  visit("qkv_bias", options.qkv_bias);
  visit("data", options.data);
  visit("format", options.format);
  visit("quoting", options.quoting);
  visit("label_column", options.label_column);
  visit("text_column", options.text_column);
  visit("balance", options.balance);
  visit("train_fraction", options.train_fraction);
  visit("val_fraction", options.val_fraction);
  visit("trainable_layers", options.trainable_layers);
  visit("trainable_token_pos", options.trainable_token_pos);
  visit("context_length", options.context_length);
  visit("no_padding", options.no_padding);
  visit("lora_rank", options.lora_rank);
  visit("lora_alpha", options.lora_alpha);
  visit("lora_targets", options.lora_targets);
  visit("lora_train_head", options.lora_train_head);
  visit("qlora", options.qlora);
  visit("batch_size", options.batch_size);
  visit("accumulation_steps", options.accumulation_steps);
  visit("num_epochs", options.num_epochs);
  visit("learning_rate", options.learning_rate);
  visit("min_learning_rate", options.min_learning_rate);
  visit("warmup_steps", options.warmup_steps);
  visit("weight_decay", options.weight_decay);
  visit("drop_rate", options.drop_rate);
  visit("piece_rate", options.piece_rate);
  visit("eval_freq", options.eval_freq);
  visit("eval_iter", options.eval_iter);
  visit("seed", options.seed);
}

/// Whether `weights` asks for random numbers: "random", or "random:PATH" for a model of the sizes,
/// and with the tokenizer, of the one there.
bool IsRandomStart(const std::string& weights);
/// That path; empty: none.
std::string RandomStartPath(const std::string& weights);

/// OK if a run can be made of this. The message names the flag, its value, and what it must be.
absl::Status CheckClassifyOptions(const ClassifyOptions& options);

/// {"weights": ..., ...}.
nlohmann::json ClassifyOptionsToJson(const ClassifyOptions& options);
/// The inverse; fields that are missing keep their defaults. Errors start with `source`: a field of
/// another type, or options that are refused.
absl::StatusOr<ClassifyOptions> ClassifyOptionsFromJson(const nlohmann::json& json,
                                                        const std::string& source);

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_CLASSIFY_OPTIONS_H_
