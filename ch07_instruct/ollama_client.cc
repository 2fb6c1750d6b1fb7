#include "ch07_instruct/ollama_client.h"

#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "workshop/json_file.h"

namespace gokart {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

// More text than any answer needs; a server that never ends must not fill the memory.
constexpr size_t kLargestReply = size_t{4} << 20;
constexpr size_t kQuoted = 80;

std::string Quote(const std::string& text) {
  return absl::StrCat("'", text.substr(0, kQuoted), text.size() > kQuoted ? "..." : "", "'");
}

std::string RequestBody(const OllamaOptions& options, const std::string& message) {
  const Json body = {{"model", options.model},
                     {"messages", {{{"role", "user"}, {"content", message}}}},
                     {"options",
                      {{"seed", options.seed},
                       {"temperature", options.temperature},
                       {"num_ctx", options.context_length}}}};
  return body.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

// The answer comes in lines, each a JSON object with a piece of it; the last says "done".
absl::StatusOr<std::string> JoinPieces(const std::string& reply, const std::string& url) {
  std::string answer;
  bool done = false;
  for (size_t begin = 0; begin < reply.size() && !done;) {
    const size_t end = std::min(reply.find('\n', begin), reply.size());
    const std::string line = reply.substr(begin, end - begin);
    begin = end + 1;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const absl::StatusOr<Json> json = ParseJson(line, url);
    if (!json.ok() || !json->is_object()) {
      return absl::DataLossError(
          absl::StrCat(url, ": a JSON object expected, found ", Quote(line)));
    }
    if (const auto error = json->find("error"); error != json->end() && error->is_string()) {
      return absl::UnavailableError(absl::StrCat(url, ": ", error->get<std::string>()));
    }
    const auto message = json->find("message");
    const bool has_text = message != json->end() && message->is_object() &&
                          message->contains("content") && (*message)["content"].is_string();
    if (!has_text) {
      return absl::DataLossError(
          absl::StrCat(url, ": \"message\" with a text \"content\" expected, found ", Quote(line)));
    }
    answer += (*message)["content"].get<std::string>();
    const auto last = json->find("done");
    done = last != json->end() && last->is_boolean() && last->get<bool>();
  }
  if (!done) return absl::DataLossError(absl::StrCat(url, ": the answer breaks off"));
  return answer;
}

// An error of the server's own, which it explains in JSON.
absl::Status HttpError(int status, const std::string& reply, const std::string& url) {
  const absl::StatusOr<Json> json = ParseJson(reply, url);
  std::string what = absl::StrCat("HTTP status ", status);
  if (json.ok() && json->is_object() && json->contains("error") && (*json)["error"].is_string()) {
    absl::StrAppend(&what, ": ", (*json)["error"].get<std::string>());
  }
  const std::string message = absl::StrCat(url, ": ", what);
  if (status == 429 || status >= 500) return absl::UnavailableError(message);
  if (status == 404) return absl::NotFoundError(message);
  return absl::FailedPreconditionError(message);
}

bool WorthAnotherTry(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsDataLoss(status);
}

}  // namespace

absl::StatusOr<std::string> OllamaClient::ChatOnce(const std::string& message) const {
  const std::string url = absl::StrCat(options_.url, "/api/chat");
  const absl::Status wrong_address = absl::InvalidArgumentError(
      absl::StrCat("'", options_.url, "' is no address like http://localhost:11434"));
  // httplib throws for other schemes.
  if (options_.url.rfind("http://", 0) != 0) return wrong_address;
  httplib::Client client(options_.url);
  if (!client.is_valid()) return wrong_address;
  const auto microseconds = [](double seconds) {
    return std::chrono::microseconds(static_cast<int64_t>(1e6 * seconds));
  };
  client.set_connection_timeout(microseconds(options_.connect_seconds));
  client.set_read_timeout(microseconds(options_.answer_seconds));
  client.set_write_timeout(microseconds(options_.answer_seconds));
  const auto deadline = Clock::now() + microseconds(options_.answer_seconds);
  httplib::Request request;
  request.method = "POST";
  request.path = "/api/chat";
  request.headers = {{"Content-Type", "application/json"}};
  request.body = RequestBody(options_, message);
  std::string reply;
  bool too_late = false, too_long = false, stopped = false;
  request.content_receiver = [&](const char* data, size_t size, uint64_t, uint64_t) {
    too_late = Clock::now() > deadline;
    too_long = reply.size() + size > kLargestReply;
    stopped = options_.should_stop && options_.should_stop();
    if (too_late || too_long || stopped) return false;
    reply.append(data, size);
    return true;
  };
  const httplib::Result result = client.send(request);
  if (stopped) return absl::CancelledError("stopped");
  if (too_long) return absl::DataLossError(absl::StrCat(url, ": an answer without end"));
  if (too_late || (!result && Clock::now() > deadline)) {
    return absl::DeadlineExceededError(
        absl::StrCat(url, ": no whole answer within ", options_.answer_seconds, " seconds"));
  }
  if (!result && result.error() == httplib::Error::Connection) {
    return absl::UnavailableError(
        absl::StrCat(url, ": nobody answers there; does `ollama serve` run?"));
  }
  if (!result) {
    return absl::UnavailableError(
        absl::StrCat(url, ": the connection broke (", httplib::to_string(result.error()), ")"));
  }
  if (result->status != 200) return HttpError(result->status, reply, url);
  return JoinPieces(reply, url);
}

absl::StatusOr<std::string> OllamaClient::Chat(const std::string& message) const {
  absl::Status failure;
  double wait = options_.first_wait;
  for (int i = 0; i < std::max(options_.tries, 1); ++i) {
    if (i > 0) {
      std::this_thread::sleep_for(std::chrono::duration<double>(wait));
      wait *= 2;
    }
    if (options_.should_stop && options_.should_stop()) return absl::CancelledError("stopped");
    absl::StatusOr<std::string> answer = ChatOnce(message);
    if (answer.ok() || !WorthAnotherTry(answer.status())) return answer;
    failure = answer.status();
  }
  return failure;
}

}  // namespace gokart
