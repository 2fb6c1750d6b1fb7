// A chat page in the browser: a small web server on this machine's loopback address.
//
//   absl::StatusOr<std::unique_ptr<ChatServer>> server = ChatServer::Start(backend, {.port =
//   8000}); std::printf("%s\n", (*server)->url().c_str());   // http://127.0.0.1:8000/
//
//   GET  /               the page: one file, nothing from elsewhere
//   GET  /api/info       {"description": "...", "classifier": true}
//   POST /api/chat       {"messages": [{"role": "user", "content": "..."}], "temperature": 0.7,
//                         "max_new_tokens": 100, "seed": 1}
//                        -> server-sent events: {"text": "..."} for each piece, {"waiting": true}
//                           while others are served, at the end {"done": true, "tokens": 12,
//                           "seconds": 0.1} or {"error": "..."}
//   POST /api/classify   {"text": "..."} -> {"labels": [{"label": "spam", "probability": 0.98},
//   ...]}
//
// Who may ask: programs on this machine, and pages that this server sent. A page from elsewhere
// that happens to be open in the same browser is refused by its Origin header, and, should its name
// resolve to this machine, by the Host header.
#ifndef GOKART_CH07_INSTRUCT_SERVE_CHAT_SERVER_H_
#define GOKART_CH07_INSTRUCT_SERVE_CHAT_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ch07_instruct/serve/chat_backend.h"

namespace gokart {

struct ChatServerOptions {
  int port = 8000;                       ///< 0: any that is free
  int64_t max_request_bytes = 64 << 10;  ///< larger requests are refused (413)
  int64_t max_waiting = 16;       ///< requests behind the current one; more are refused (503)
  int64_t max_new_tokens = 2000;  ///< the most that a request may ask for
  double max_seconds = 120;       ///< for one answer
};

class ChatServer {
 public:
  /// Listens from now on. Error: the port is taken. `backend` must outlive the server.
  static absl::StatusOr<std::unique_ptr<ChatServer>> Start(ChatBackend& backend,
                                                           const ChatServerOptions& options);
  /// Ends answers that are under way, and listens no longer.
  ~ChatServer();

  int port() const;
  std::string url() const;

 private:
  struct Impl;
  explicit ChatServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_SERVE_CHAT_SERVER_H_
