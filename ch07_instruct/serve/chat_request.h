// What the chat page sends, checked.
#ifndef GOKART_CH07_INSTRUCT_SERVE_CHAT_REQUEST_H_
#define GOKART_CH07_INSTRUCT_SERVE_CHAT_REQUEST_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ch07_instruct/serve/chat_backend.h"

namespace gokart {

struct ChatRequest {
  std::vector<ChatMessage> messages;  ///< at least one; the last is the user's
  AnswerOptions options;
};

/// The body of POST /api/chat. Errors say what is missing, of the wrong type or out of range.
absl::StatusOr<ChatRequest> ParseChatRequest(std::string_view body, int64_t max_new_tokens);

/// The body of POST /api/classify: its text, not empty.
absl::StatusOr<std::string> ParseClassifyRequest(std::string_view body);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_SERVE_CHAT_REQUEST_H_
