#include "ch07_instruct/serve/chat_server.h"

#include <httplib.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch07_instruct/serve/chat_page.h"
#include "ch07_instruct/serve/chat_request.h"
#include "ch07_instruct/serve/work_queue.h"

namespace gokart {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr char kJson[] = "application/json";
// While an answer is waited for, so that a page that was closed is noticed.
constexpr auto kHeartbeat = 500ms;
// Threads beyond those that wait for answers, for the page itself and for refusals.
constexpr int64_t kSpareThreads = 8;
constexpr int kConnectionsToAccept = 512;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void Refuse(httplib::Response& response, int status, const std::string& message) {
  response.status = status;
  response.set_content(Dump({{"error", message}}), kJson);
}

int HttpStatus(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return 400;
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kUnimplemented:
      return 404;
    default:
      return 500;
  }
}

void Refuse(httplib::Response& response, const absl::Status& status) {
  Refuse(response, HttpStatus(status), std::string(status.message()));
  if (response.status == 503) response.set_header("Retry-After", "2");
}

std::string Event(const Json& json) { return absl::StrCat("data: ", Dump(json), "\n\n"); }

bool Send(httplib::DataSink& sink, const std::string& event) {
  return sink.is_writable() && sink.write(event.data(), event.size());
}

}  // namespace

struct ChatServer::Impl {
  Impl(ChatBackend& b, const ChatServerOptions& o)
      : backend(b),
        options(o),
        queue(o.max_waiting,
              std::chrono::milliseconds(static_cast<int64_t>(o.max_seconds * 1000))) {}

  void Configure();
  void CheckSender(const httplib::Request& request, httplib::Response& response,
                   httplib::Server::HandlerResponse& outcome) const;
  void Chat(const httplib::Request& request, httplib::Response& response);
  void Classify(const httplib::Request& request, httplib::Response& response);
  bool IsOwnName(std::string_view host) const;

  ChatBackend& backend;
  const ChatServerOptions options;
  WorkQueue queue;
  httplib::Server server;
  int port = 0;
  std::thread listener;
};

// "127.0.0.1:8000", as a Host header has it.
bool ChatServer::Impl::IsOwnName(std::string_view host) const {
  for (const char* name : {"127.0.0.1", "localhost"}) {
    if (host == absl::StrCat(name, ":", port)) return true;
    if (port == 80 && host == name) return true;
  }
  return false;
}

void ChatServer::Impl::CheckSender(const httplib::Request& request, httplib::Response& response,
                                   httplib::Server::HandlerResponse& outcome) const {
  const std::string host = request.get_header_value("Host");
  const std::string origin = request.get_header_value("Origin");
  constexpr std::string_view kScheme = "http://";
  const bool own_origin = origin.empty() || (origin.substr(0, kScheme.size()) == kScheme &&
                                             IsOwnName(origin.substr(kScheme.size())));
  if (!IsOwnName(host) || !own_origin) {
    Refuse(response, 403, "only pages of this server may ask it");
  } else if (request.method == "POST" &&
             request.get_header_value("Content-Type").rfind(kJson, 0) != 0) {
    // Forms of other pages can post other types without asking first.
    Refuse(response, 415, "Content-Type must be application/json");
  } else {
    return;
  }
  outcome = httplib::Server::HandlerResponse::Handled;
}

void ChatServer::Impl::Configure() {
  server.new_task_queue = [this] {
    return new httplib::ThreadPool(static_cast<size_t>(options.max_waiting + kSpareThreads));
  };
  server.set_payload_max_length(static_cast<size_t>(options.max_request_bytes));
  // Whoever sends or reads so slowly only holds a thread.
  server.set_read_timeout(5s);
  server.set_write_timeout(5s);
  server.set_keep_alive_timeout(5);
  server.set_default_headers(
      {{"X-Content-Type-Options", "nosniff"},
       {"Cache-Control", "no-store"},
       {"Referrer-Policy", "no-referrer"},
       {"Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"}});
  server.set_pre_routing_handler(
      [this](const httplib::Request& request, httplib::Response& response) {
        auto outcome = httplib::Server::HandlerResponse::Unhandled;
        CheckSender(request, response, outcome);
        return outcome;
      });
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    const std::string_view page = ChatPage();
    response.set_content(page.data(), page.size(), "text/html; charset=utf-8");
  });
  server.Get("/api/info", [this](const httplib::Request&, httplib::Response& response) {
    response.set_content(Dump({{"description", backend.description()},
                               {"classifier", backend.has_classifier()},
                               {"max_new_tokens", options.max_new_tokens}}),
                         kJson);
  });
  server.Post("/api/chat", [this](const httplib::Request& request, httplib::Response& response) {
    Chat(request, response);
  });
  server.Post("/api/classify",
              [this](const httplib::Request& request, httplib::Response& response) {
                Classify(request, response);
              });
  server.set_error_handler([](const httplib::Request&, httplib::Response& response) {
    if (response.body.empty()) {
      Refuse(response, response.status,
             response.status == 413   ? "the request is too large"
             : response.status == 404 ? "there is nothing here"
                                      : "the request is not understood");
    }
  });
  server.set_exception_handler(
      [](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
        Refuse(response, 500, "something went wrong in the server");
      });
}

void ChatServer::Impl::Chat(const httplib::Request& request, httplib::Response& response) {
  absl::StatusOr<ChatRequest> parsed = ParseChatRequest(request.body, options.max_new_tokens);
  if (!parsed.ok()) return Refuse(response, parsed.status());

  struct Outcome {
    int64_t tokens = 0;
    double seconds = 0;
  };
  auto outcome = std::make_shared<Outcome>();  // written by the worker, read after its end
  absl::StatusOr<std::shared_ptr<Work>> work =
      queue.Add([this, outcome, chat = *std::move(parsed)](const Work& w) -> absl::Status {
        const auto start = std::chrono::steady_clock::now();
        absl::StatusOr<int64_t> tokens = backend.Answer(
            chat.messages, chat.options, [&](std::string_view piece) { return w.Put(piece); });
        if (!tokens.ok()) return tokens.status();
        outcome->tokens = *tokens;
        outcome->seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return absl::OkStatus();
      });
  if (!work.ok()) return Refuse(response, work.status());

  response.set_chunked_content_provider(
      "text/event-stream",
      [work = *work, outcome](size_t, httplib::DataSink& sink) {
        std::string text;
        bool reached = true, waiting_said = false;
        for (;;) {
          const Work::Event event = work->Next(&text, kHeartbeat);
          if (event == Work::kEnd) break;
          if (event == Work::kPiece) {
            reached = Send(sink, Event({{"text", text}}));
          } else {
            // A comment, which event streams skip: is anybody still there?
            reached = Send(sink, waiting_said ? ":\n\n" : Event({{"waiting", true}}));
            waiting_said = true;
          }
          if (!reached) return false;  // the page was closed, or its stop button pressed
        }
        const absl::Status status = work->status();
        const Json last =
            status.ok()
                ? Json{{"done", true}, {"tokens", outcome->tokens}, {"seconds", outcome->seconds}}
                : Json{{"error", std::string(status.message())}};
        if (!Send(sink, Event(last))) return false;
        sink.done();
        return true;
      },
      [work = *work](bool) { work->Cancel(); });
}

void ChatServer::Impl::Classify(const httplib::Request& request, httplib::Response& response) {
  absl::StatusOr<std::string> text = ParseClassifyRequest(request.body);
  if (!text.ok()) return Refuse(response, text.status());
  auto labels = std::make_shared<std::vector<LabelProbability>>();
  absl::StatusOr<std::shared_ptr<Work>> work =
      queue.Add([this, labels, text = *std::move(text)](const Work&) -> absl::Status {
        absl::StatusOr<std::vector<LabelProbability>> found = backend.Classify(text);
        if (found.ok()) *labels = *std::move(found);
        return found.status();
      });
  if (!work.ok()) return Refuse(response, work.status());
  std::string none;
  while ((*work)->Next(&none, kHeartbeat) != Work::kEnd) {
  }
  if (const absl::Status status = (*work)->status(); !status.ok()) return Refuse(response, status);
  Json list = Json::array();
  for (const LabelProbability& l : *labels) {
    list.push_back({{"label", l.label}, {"probability", l.probability}});
  }
  response.set_content(Dump({{"labels", list}}), kJson);
}

ChatServer::ChatServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

absl::StatusOr<std::unique_ptr<ChatServer>> ChatServer::Start(ChatBackend& backend,
                                                              const ChatServerOptions& options) {
  constexpr char kLoopback[] = "127.0.0.1";
  auto impl = std::make_unique<Impl>(backend, options);
  impl->Configure();
  // The library's own choice, SO_REUSEPORT, would let two servers share a port, each of which then
  // gets some of the requests.
  socket_t listening = INVALID_SOCKET;
  impl->server.set_socket_options([&](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    listening = socket;
  });
  if (options.port == 0) {
    impl->port = impl->server.bind_to_any_port(kLoopback);
  } else if (impl->server.bind_to_port(kLoopback, options.port)) {
    impl->port = options.port;
  }
  if (impl->port <= 0) {
    return absl::UnavailableError(absl::StrCat(
        "port ", options.port, " of this machine is taken or not allowed; try another --port"));
  }
  // The library lets five connections wait to be accepted; of a hundred at once the kernel would
  // then reset some. Asked again, it makes the line longer.
  listen(listening, kConnectionsToAccept);
  impl->server.set_socket_options(nullptr);  // which refers to this function's variables
  impl->listener = std::thread([server = &impl->server] { server->listen_after_bind(); });
  while (!impl->server.is_running()) std::this_thread::sleep_for(1ms);
  return std::unique_ptr<ChatServer>(new ChatServer(std::move(impl)));
}

ChatServer::~ChatServer() {
  impl_->server.stop();
  impl_->queue.Stop();
  impl_->listener.join();
}

int ChatServer::port() const { return impl_->port; }

std::string ChatServer::url() const { return absl::StrCat("http://127.0.0.1:", impl_->port, "/"); }

}  // namespace gokart
