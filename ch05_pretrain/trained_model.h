// A model with its tokenizer, from this program's own runs or from others' weights: what generating
// text, evaluating and finetuning begin with.
//
//   absl::StatusOr<TrainedModel> gpt2 = LoadTrainedModel("gpt2/model.safetensors");
//   absl::StatusOr<TrainedModel> mine = LoadTrainedModel("runs/pretrain-1", {.trainable = true});
#ifndef GOKART_CH05_PRETRAIN_TRAINED_MODEL_H_
#define GOKART_CH05_PRETRAIN_TRAINED_MODEL_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ch02_data/tokenizer.h"
#include "ch04_model/gpt_model.h"
#include "tensor/quantized/weight_format.h"

namespace gokart {

struct TrainedModel {
  std::unique_ptr<GPTModel> model;
  std::unique_ptr<Tokenizer> tokenizer;
  std::string format;              ///< of the file with the weights, for people
  std::vector<std::string> notes;  ///< what had to be guessed, for people
};

struct LoadOptions {
  /// To train the model: its weights are copies that want gradients, and dropout is on. Otherwise
  /// they may lie in the file, and dropout is 0.
  bool trainable = false;
  /// As LoadTokenizerOrGguf takes it. Empty: the one within or beside the weights, or else GPT-2's.
  std::string tokenizer = {};
  /// Whether there shall be one; otherwise the pointer to it is null.
  bool with_tokenizer = true;
  /// Whether the head is the token embedding; not set: as the file has it. The workshop finetunes
  /// GPT-2 with a head of its own, which begins as a copy.
  std::optional<bool> tie_weights = {};
  /// For weights without a configuration, which don't tell the number of heads.
  std::optional<int64_t> n_heads = {};
  /// Puts the matrices into this format as they are read; not for training. Not set: float32.
  std::optional<WeightFormat> format = {};
};

/// Loads what OpenWeights opens: a folder of a run or of a publisher, or a file. Errors: nothing of
/// the kind there; damaged, or not a GPT's; a tokenizer with more tokens than the model knows.
absl::StatusOr<TrainedModel> LoadTrainedModel(const std::string& path,
                                              const LoadOptions& options = {});

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_TRAINED_MODEL_H_
