// A file with the weights of a GPT: its tensors, and the model's configuration where one is told.
//
//   absl::StatusOr<WeightFile> file = OpenWeights("gpt2/model.safetensors");  // open_weights.h
//   if (file->config) std::cout << file->config->n_layers << " layers";
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_WEIGHT_FILE_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_WEIGHT_FILE_H_

#include <optional>
#include <string>

#include "ch04_model/gpt_config.h"
#include "ch05_pretrain/weights/tensor_file.h"

namespace gokart {

struct WeightFile : TensorFile {
  std::optional<GptConfig> config;  ///< of the model, where a file says it
  std::string config_source;        ///< which file does
};

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_WEIGHT_FILE_H_
