// A web server for tests that does exactly what a script says, byte by byte: cuts connections, lies
// about lengths, hangs.
//
//     ScriptedServer server([](const std::string& request) { return "HTTP/1.1 200 OK\r\n..."; });
//     Download({.urls = {server.Url("/file")}, ...});

#ifndef GOKART_WORKSHOP_TESTING_SCRIPTED_SERVER_H_
#define GOKART_WORKSHOP_TESTING_SCRIPTED_SERVER_H_

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace gokart {

/// Listens on a free port of this machine. Every connection serves one request: the script gets the
/// request's head and returns what to send before the connection is closed; kHang in front of that
/// means that it is left open instead until the server ends.
class ScriptedServer {
 public:
  using Script = std::function<std::string(const std::string& request)>;
  static constexpr char kHang = '\1';

  explicit ScriptedServer(Script script);
  ~ScriptedServer();

  std::string Url(const std::string& path) const;

  /// Heads of all requests so far.
  std::vector<std::string> requests() const;

 private:
  void Serve();
  void Answer(int connection);

  Script script_;
  int listener_;
  int port_;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<int> hanging_;
  std::thread thread_;
};

/// "HTTP/1.1 200 OK" with this content and a true Content-Length.
std::string HttpOk(const std::string& content);

/// An answer without content, e.g. "404 Not Found".
std::string HttpStatus(const std::string& status);

/// The first byte that the request's Range header asks for; -1 if it has none.
long long RangeStart(const std::string& request);

/// As an honest server would: the whole content, or "206 Partial Content" if a range is asked for.
std::string HttpRange(const std::string& request, const std::string& content);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_TESTING_SCRIPTED_SERVER_H_
