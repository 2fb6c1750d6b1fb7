// Asks a language model that Ollama serves on this machine or another, over its HTTP interface
// (workshop section 7.8; https://github.com/ollama/ollama/blob/main/docs/api.md).
//
//   OllamaClient client({.url = "http://localhost:11434", .model = "llama3"});
//   absl::StatusOr<std::string> answer = client.Chat("What do llamas eat?");
#ifndef GOKART_CH07_INSTRUCT_OLLAMA_CLIENT_H_
#define GOKART_CH07_INSTRUCT_OLLAMA_CLIENT_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace gokart {

struct OllamaOptions {
  std::string url = "http://localhost:11434";
  std::string model = "llama3";
  int64_t seed = 123;
  double temperature = 0;
  int64_t context_length = 2048;  ///< num_ctx
  double connect_seconds = 5;
  double answer_seconds = 120;  ///< for a whole answer, from the question to its last word
  int tries = 3;                ///< of each question, when connection or answer fails
  double first_wait = 1;        ///< seconds before the second try; doubled for each further one
  /// Asked before each try; true ends it (Ctrl-C).
  std::function<bool()> should_stop = nullptr;
};

class OllamaClient {
 public:
  explicit OllamaClient(OllamaOptions options) : options_(std::move(options)) {}

  /// The model's answer to one message of the user. Broken connections, time-outs, busy servers
  /// (429, 5xx) and answers that are no JSON are tried again. Errors name the address: UNAVAILABLE,
  /// DEADLINE_EXCEEDED, NOT_FOUND (no such model), INVALID_ARGUMENT (an address that is none),
  /// DATA_LOSS (no JSON, or JSON of another form), CANCELLED.
  absl::StatusOr<std::string> Chat(const std::string& message) const;

  const OllamaOptions& options() const { return options_; }

 private:
  absl::StatusOr<std::string> ChatOnce(const std::string& message) const;

  OllamaOptions options_;
};

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_OLLAMA_CLIENT_H_
