// The pretrained model that finetuning begins from where nobody names another: chapter 5's default
// run, made once and kept in the asset folder.
//
//   absl::StatusOr<std::string> path = DefaultBaseModel();   // the first time, about three minutes
//   absl::StatusOr<TrainedModel> base = LoadTrainedModel(*path, {.trainable = true});
#ifndef GOKART_CH06_CLASSIFY_BASE_MODEL_H_
#define GOKART_CH06_CLASSIFY_BASE_MODEL_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ch04_model/gpt_model.h"

namespace gokart {

/// Where DefaultBaseModel() keeps it; the name changes with the options of the run.
std::string DefaultBaseModelPath();

/// The run's folder, for LoadTrainedModel. If it is not there yet, says so and trains it; what was
/// trained when that is interrupted (then the error is CANCELLED) is gone on with the next time.
absl::StatusOr<std::string> DefaultBaseModel();

/// The same model with other rates of dropout: a pretrained one has the rate that it was pretrained
/// with, or none.
std::unique_ptr<GPTModel> WithDropRate(std::unique_ptr<GPTModel> model, double drop_rate);

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_BASE_MODEL_H_
