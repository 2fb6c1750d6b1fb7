// Answers of a finetuned model (workshop section 7.7).
//
//   absl::StatusOr<InstructModel> loaded = LoadInstructModel("runs/instruct-1", /*template=*/"");
//   absl::StatusOr<std::string> answer = Respond(*loaded, "What is the opposite of big?", "", {});
#ifndef GOKART_CH07_INSTRUCT_RESPOND_H_
#define GOKART_CH07_INSTRUCT_RESPOND_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ch05_pretrain/sampling.h"
#include "ch05_pretrain/trained_model.h"
#include "ch07_instruct/instruction_entry.h"
#include "ch07_instruct/prompt_template.h"

namespace gokart {

/// A model and the template of the prompts that it knows.
struct InstructModel {
  TrainedModel trained;
  const PromptTemplate* prompt_template = nullptr;

  GPTModel& model() const { return *trained.model; }
  const Tokenizer& tokenizer() const { return *trained.tokenizer; }
};

/// Loads any weights that LoadTrainedModel takes. `prompt_template` names the template; empty: that
/// of the run which the weights come from, or, where nothing tells it, alpaca.
absl::StatusOr<InstructModel> LoadInstructModel(const std::string& path,
                                                const std::string& prompt_template,
                                                const LoadOptions& options = {});

/// The name of the template in config.json of the run that `path` belongs to; empty if there is
/// none.
std::string TemplateOfRun(const std::string& path);

struct RespondOptions {
  int64_t max_new_tokens = 256;  ///< as in the workshop
  SamplingOptions sampling = {};
  uint64_t seed = 123;
};

/// Options for weights that may not tell all: `tokenizer` and `n_heads` as --tokenizer and
/// --n_heads give them, empty and 0 if not.
LoadOptions OptionsForWeights(bool trainable, const std::string& tokenizer, int64_t n_heads);

/// One answer. Error: the tokenizer refuses the text, or the prompt does not fit the context.
absl::StatusOr<std::string> Respond(const InstructModel& model, const std::string& instruction,
                                    const std::string& input, const RespondOptions& options);

/// The answers to all entries, several at a time; on_done after each, with how many are done.
absl::StatusOr<std::vector<std::string>> RespondToAll(
    const InstructModel& model, const std::vector<InstructionEntry>& entries,
    const RespondOptions& options, const std::function<void(int64_t)>& on_done = nullptr);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_RESPOND_H_
