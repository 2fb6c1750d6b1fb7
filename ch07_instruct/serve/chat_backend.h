// What the chat page needs from whatever answers it: a model in `serve`, a script in the tests.
#ifndef GOKART_CH07_INSTRUCT_SERVE_CHAT_BACKEND_H_
#define GOKART_CH07_INSTRUCT_SERVE_CHAT_BACKEND_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace gokart {

struct ChatMessage {
  bool from_user = true;  ///< otherwise from the assistant
  std::string text;
};

struct AnswerOptions {
  double temperature = 0;  ///< 0: always the likeliest token
  int64_t max_new_tokens = 200;
  uint64_t seed = 123;
};

/// Takes each piece of an answer, whole UTF-8 characters; false ends the answer.
using OnText = std::function<bool(std::string_view piece)>;

struct LabelProbability {
  std::string label;
  double probability = 0;
};

/// Called by one thread at a time.
class ChatBackend {
 public:
  virtual ~ChatBackend() = default;

  /// One line for the page's head, for instance "laptop, 1.1 million parameters".
  virtual std::string description() const = 0;

  /// Answers the last message, which is the user's. Returns how many tokens that took.
  virtual absl::StatusOr<int64_t> Answer(const std::vector<ChatMessage>& messages,
                                         const AnswerOptions& options, const OnText& on_text) = 0;

  virtual bool has_classifier() const { return false; }
  /// The labels with their probabilities, the likeliest first.
  virtual absl::StatusOr<std::vector<LabelProbability>> Classify(const std::string& /*text*/) {
    return absl::UnimplementedError("there is no classifier");
  }
};

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_SERVE_CHAT_BACKEND_H_
