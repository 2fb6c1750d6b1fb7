// A finetuned model as the adapters that were trained and the pretrained model that they belong to:
// a file of a few percent of the model's size, for each thing that the model was taught.
//
//   runs/instruct-1/adapter/adapter_model.safetensors    PEFT's names
//   runs/instruct-1/adapter/adapter_config.json          rank, alpha, base model, prompt template
//
//   LoadChosenModel({.weights = "gpt2/124M", .adapter = "runs/instruct-1"});
#ifndef GOKART_CH07_INSTRUCT_INSTRUCT_ADAPTER_H_
#define GOKART_CH07_INSTRUCT_INSTRUCT_ADAPTER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch06_classify/lora.h"
#include "ch07_instruct/respond.h"

namespace gokart {

/// The model that adapters are trained beside.
struct AdapterBase {
  std::string path;         ///< as LoadTrainedModel takes it
  std::string fingerprint;  ///< FingerprintOf its parts
};

/// What SaveInstructAdapter needs to know later, noted before anything is trained.
AdapterBase NoteAdapterBase(const InstructModel& model, const std::string& path);

/// Makes adapter/ in `run_folder`, with the adapters that the model has (not merged yet).
absl::Status SaveInstructAdapter(const std::string& run_folder, const InstructModel& model,
                                 const LoraConfig& config, const AdapterBase& base);

/// What --weights, --adapter, --template, --tokenizer and --n_heads say together.
struct ModelChoice {
  std::string weights;          ///< with an adapter: its base model; empty: where it was
  std::string adapter;          ///< a run's folder or its adapter folder; empty: none
  std::string prompt_template;  ///< empty: the one that the model was trained with
  std::string tokenizer = {};   ///< empty: the one beside the weights
  int64_t n_heads = 0;          ///< of weights that don't tell it; 0: they do
};

/// Loads the model, and merges the adapter into it. `weights` may also be a run that kept nothing
/// but its adapter. Errors: nothing of the kind there, a damaged file, an adapter for another base
/// model or for a classifier.
absl::StatusOr<InstructModel> LoadChosenModel(const ModelChoice& choice);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_INSTRUCT_ADAPTER_H_
