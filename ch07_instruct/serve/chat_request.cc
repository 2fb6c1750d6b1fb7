#include "ch07_instruct/serve/chat_request.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "workshop/json_file.h"

namespace gokart {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 4;  // {"messages": [{"role": "user"}]} has three
constexpr size_t kMaxMessages = 1000;

absl::StatusOr<Json> ParseObject(std::string_view body) {
  absl::StatusOr<Json> json = ParseJson(body, "request", kMaxDepth);
  if (!json.ok()) return json.status();
  if (!json->is_object()) return absl::InvalidArgumentError("request: a JSON object expected");
  return json;
}

absl::StatusOr<ChatMessage> ParseMessage(const Json& json, size_t number) {
  const auto wrong = [&](const char* what) {
    return absl::InvalidArgumentError(absl::StrCat("messages[", number, "]: ", what));
  };
  if (!json.is_object()) return wrong("an object with role and content expected");
  const auto role = json.find("role"), content = json.find("content");
  if (role == json.end() || (*role != "user" && *role != "assistant")) {
    return wrong("role must be \"user\" or \"assistant\"");
  }
  if (content == json.end() || !content->is_string()) return wrong("content must be a string");
  return ChatMessage{.from_user = *role == "user", .text = content->get<std::string>()};
}

// A number of the request, if it is there, in [low, high].
template <typename T>
absl::Status ReadNumber(const Json& json, const char* name, double low, double high, T& value) {
  const auto found = json.find(name);
  if (found == json.end()) return absl::OkStatus();
  const bool right_type =
      std::is_floating_point_v<T> ? found->is_number() : found->is_number_integer();
  if (!right_type || !(found->get<double>() >= low && found->get<double>() <= high)) {
    return absl::InvalidArgumentError(absl::StrCat(
        name,
        std::is_floating_point_v<T> ? " must be a number from " : " must be a whole number from ",
        low, " to ", high));
  }
  value = found->get<T>();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ChatRequest> ParseChatRequest(std::string_view body, int64_t max_new_tokens) {
  const absl::StatusOr<Json> json = ParseObject(body);
  if (!json.ok()) return json.status();
  const auto messages = json->find("messages");
  if (messages == json->end() || !messages->is_array() || messages->empty() ||
      messages->size() > kMaxMessages) {
    return absl::InvalidArgumentError(
        absl::StrCat("messages must be an array of 1 to ", kMaxMessages, " messages"));
  }
  ChatRequest request;
  for (const Json& message : *messages) {
    absl::StatusOr<ChatMessage> parsed = ParseMessage(message, request.messages.size());
    if (!parsed.ok()) return parsed.status();
    request.messages.push_back(*std::move(parsed));
  }
  if (!request.messages.back().from_user || request.messages.back().text.empty()) {
    return absl::InvalidArgumentError("the last message must be the user's, and not empty");
  }
  AnswerOptions& o = request.options;
  for (absl::Status s : {ReadNumber(*json, "temperature", 0, 10, o.temperature),
                         ReadNumber(*json, "max_new_tokens", 1, static_cast<double>(max_new_tokens),
                                    o.max_new_tokens),
                         ReadNumber(*json, "seed", 0, 9007199254740991.0, o.seed)}) {
    if (!s.ok()) return s;
  }
  return request;
}

absl::StatusOr<std::string> ParseClassifyRequest(std::string_view body) {
  const absl::StatusOr<Json> json = ParseObject(body);
  if (!json.ok()) return json.status();
  const auto text = json->find("text");
  if (text == json->end() || !text->is_string() || text->get_ref<const std::string&>().empty()) {
    return absl::InvalidArgumentError("text must be a string, and not empty");
  }
  return text->get<std::string>();
}

}  // namespace gokart
