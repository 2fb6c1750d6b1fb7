// A model with its tokenizer, as a run left them: what generating text needs.
#ifndef GOKART_CH05_PRETRAIN_TRAINED_MODEL_H_
#define GOKART_CH05_PRETRAIN_TRAINED_MODEL_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ch02_data/tokenizer.h"
#include "ch04_model/gpt_model.h"

namespace gokart {

struct TrainedModel {
  std::unique_ptr<GPTModel> model;
  std::unique_ptr<Tokenizer> tokenizer;
};

/// Loads a run folder, its checkpoint folder, or the checkpoint file itself. Errors: nothing of the
/// kind there; a damaged or foreign checkpoint; a tokenizer with more tokens than the model knows.
absl::StatusOr<TrainedModel> LoadTrainedModel(const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_TRAINED_MODEL_H_
