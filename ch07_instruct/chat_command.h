// `chat`: a conversation in the terminal.
#ifndef GOKART_CH07_INSTRUCT_CHAT_COMMAND_H_
#define GOKART_CH07_INSTRUCT_CHAT_COMMAND_H_

#include "absl/status/status.h"
#include "ch07_instruct/line_reader.h"
#include "ch07_instruct/model_chat.h"

namespace gokart {

/// Reads messages line by line, and writes the answers as they are made, until the input ends or
/// says /quit. Lines that begin with a slash are for the chat itself: /help lists them. Ctrl-C ends
/// an answer, not the chat.
absl::Status ChatInTerminal(ModelChat& chat, const AnswerOptions& options, LineReader& reader);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_CHAT_COMMAND_H_
