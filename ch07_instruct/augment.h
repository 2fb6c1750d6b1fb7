// More entries from those that are there: each output once more in the passive voice, written by a
// model that Ollama serves (the workshop's bonus on data sets asks GPT-4 for the same).
#ifndef GOKART_CH07_INSTRUCT_AUGMENT_H_
#define GOKART_CH07_INSTRUCT_AUGMENT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ch07_instruct/instruction_entry.h"
#include "ch07_instruct/ollama_client.h"

namespace gokart {

/// The workshop's question for a text.
std::string PassiveVoicePrompt(const std::string& text);

/// Adds field "output_2", the output in the passive voice, to every entry that has none yet, so
/// that a second call goes on where an interrupted first one stopped. `save` is called now and
/// then, and at the end. Errors: those of the client and of `save`; what is done stays.
absl::Status AddPassiveVoice(std::vector<InstructionEntry>& entries, const OllamaClient& client,
                             const std::function<absl::Status()>& save,
                             const std::function<void(int64_t done)>& on_done = nullptr);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_AUGMENT_H_
