// A conversation with a finetuned model: what the terminal's chat and the chat page talk to.
//
//   ModelChat chat(model, {});
//   chat.Answer({{.text = "What is the opposite of big?"}}, {}, [](std::string_view piece) {
//     std::cout << piece;
//     return true;
//   });
//
// The last line of a message is the instruction, the lines before it are its input. A model that
// was finetuned on single questions knows no conversations; what came before is shown to it as
// earlier questions with their answers, each closed by an end of text, as many as the context
// holds.
#ifndef GOKART_CH07_INSTRUCT_MODEL_CHAT_H_
#define GOKART_CH07_INSTRUCT_MODEL_CHAT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ch07_instruct/instruction_entry.h"
#include "ch07_instruct/respond.h"
#include "ch07_instruct/serve/chat_backend.h"

namespace gokart {

struct ModelChatOptions {
  /// Earlier questions that the model is shown at most; negative: as many as fit; for template
  /// "short" none, since they confuse the laptop model.
  int64_t max_turns = -1;
  std::string name = "model";  ///< for description()
};

/// A message as an instruction with its input.
InstructionEntry EntryOfMessage(const std::string& text);

class ModelChat : public ChatBackend {
 public:
  /// `model` must outlive the chat.
  ModelChat(const InstructModel& model, const ModelChatOptions& options);

  std::string description() const override;

  /// Errors: no message; a last message that is empty, not the user's, or longer than the context.
  absl::StatusOr<int64_t> Answer(const std::vector<ChatMessage>& messages,
                                 const AnswerOptions& options, const OnText& on_text) override;

  /// The ids that the model is given for the last message: what is shown of earlier turns, then the
  /// message. A message without an input takes over the last one that there was: further questions
  /// about the same story.
  absl::StatusOr<std::vector<int32_t>> PromptIds(const std::vector<ChatMessage>& messages,
                                                 int64_t max_new_tokens) const;

 private:
  absl::StatusOr<std::vector<int32_t>> TurnIds(const InstructionEntry& entry,
                                               const std::string* answer) const;

  const InstructModel& model_;
  ModelChatOptions options_;
};

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_MODEL_CHAT_H_
