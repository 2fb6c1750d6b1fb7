// A GPTModel with the weights of a file, whatever its format and whoever named its tensors.
//
//   absl::StatusOr<WeightFile> file = OpenWeights("gpt2/model.safetensors");
//   absl::StatusOr<LoadedModel> loaded = LoadModel(*std::move(file));
//   Tensor logits = loaded->model->ForwardLast(ids);
//
// Memory: a tensor that lies in the file as the model needs it is used there, through the memory
// map. Others are transposed or converted one at a time, or a few rows at a time if they are to be
// quantised, and their pages given back: loading takes hardly more memory than the model itself.
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_LOAD_MODEL_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_LOAD_MODEL_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ch04_model/gpt_config.h"
#include "ch04_model/gpt_model.h"
#include "ch05_pretrain/weights/weight_file.h"
#include "tensor/quantized/weight_format.h"

namespace gokart {

struct LoadModelOptions {
  /// To train the model: all weights are copied and want gradients, and dropout is what the
  /// configuration says. Otherwise weights may lie in the file, and there is no dropout.
  bool trainable = false;
  /// Whether the head is the token embedding. Not set: as in the file, where an equal table counts
  /// as the same one unless the configuration says that it is not.
  std::optional<bool> tie_weights = {};
  /// For files without a configuration, which don't tell how many heads there are. Not set: as many
  /// as the GPT-2 of this width has.
  std::optional<int64_t> n_heads = {};
  /// Puts the model's matrices (Module::Matrices) into this format on the way, a few rows at a
  /// time; not for training. Not set: float32.
  std::optional<WeightFormat> format = {};
};

struct LoadedModel {
  std::unique_ptr<GPTModel> model;
  std::vector<std::string> notes;  ///< what had to be guessed, for people
};

/// The configuration of the model in a file: the one it comes with, completed by what its tensors
/// say, or else inferred from their shapes. Errors: tensors that are not those of a GPT; a number
/// of heads that nothing tells, or that is not the one asked for.
absl::StatusOr<GptConfig> ConfigOf(const WeightFile& file, const LoadModelOptions& options,
                                   std::vector<std::string>& notes);

/// Makes the model and loads it. Errors: a wrong checksum, and tensors that are missing, left over,
/// of another shape or no floating-point numbers: the message lists every one, expected and found.
absl::StatusOr<LoadedModel> LoadModel(WeightFile file, const LoadModelOptions& options = {});

/// The same into parameters that are there already, by the workshop's names; they get copies. A
/// context length shorter than the file's takes the first positions; a longer one is an error.
absl::Status LoadParameters(const WeightFile& file, const GptConfig& config,
                            std::vector<NamedPart> parts);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_LOAD_MODEL_H_
