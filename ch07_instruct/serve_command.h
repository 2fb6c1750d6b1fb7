// `serve`: the chat page for a finetuned model, with a classifier on its second tab.
#ifndef GOKART_CH07_INSTRUCT_SERVE_COMMAND_H_
#define GOKART_CH07_INSTRUCT_SERVE_COMMAND_H_

#include <optional>

#include "absl/status/status.h"
#include "ch06_classify/text_classifier.h"
#include "ch07_instruct/model_chat.h"
#include "ch07_instruct/serve/chat_server.h"

namespace gokart {

/// Prints the page's address and serves it until Ctrl-C. Error: the port is taken.
absl::Status Serve(ModelChat& chat, std::optional<TextClassifier> classifier,
                   const ChatServerOptions& options);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_SERVE_COMMAND_H_
