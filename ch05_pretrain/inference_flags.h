// The flags of all commands that use a trained model, and the model that they name.
//
//   absl::StatusOr<InferenceModel> loaded = LoadInferenceModel();  // --weights, --dtype,
//   --tokenizer
#ifndef GOKART_CH05_PRETRAIN_INFERENCE_FLAGS_H_
#define GOKART_CH05_PRETRAIN_INFERENCE_FLAGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/status/statusor.h"
#include "ch05_pretrain/trained_model.h"

ABSL_DECLARE_FLAG(std::string, weights);
ABSL_DECLARE_FLAG(std::string, tokenizer);  // defined by the program
ABSL_DECLARE_FLAG(std::string, dtype);
ABSL_DECLARE_FLAG(std::optional<int64_t>, n_heads);  // ch04_model/model_flags.h

namespace gokart {

struct InferenceModel {
  TrainedModel trained;
  double load_seconds = 0;
};

/// The names of the flags but --tokenizer, for Command::flags, and `more`.
std::vector<std::string> InferenceFlags(const std::vector<std::string>& more);

/// Loads the model of --weights in evaluation mode and puts its matrices into the format of
/// --dtype. Prints what had to be guessed on standard error. Errors: those of LoadTrainedModel; no
/// --weights; an unknown --dtype.
absl::StatusOr<InferenceModel> LoadInferenceModel(bool with_tokenizer = true);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_INFERENCE_FLAGS_H_
