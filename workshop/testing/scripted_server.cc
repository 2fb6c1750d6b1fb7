#include "workshop/testing/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace gokart {

ScriptedServer::ScriptedServer(Script script) : script_(std::move(script)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("ScriptedServer: cannot listen on 127.0.0.1");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

ScriptedServer::~ScriptedServer() {
  stop_ = true;
  thread_.join();
  for (int connection : hanging_) close(connection);
  close(listener_);
}

std::string ScriptedServer::Url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

std::vector<std::string> ScriptedServer::requests() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

void ScriptedServer::Serve() {
  while (!stop_) {
    pollfd poller{listener_, POLLIN, 0};
    if (poll(&poller, 1, /*timeout_ms=*/20) <= 0) continue;
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) Answer(connection);
  }
}

void ScriptedServer::Answer(int connection) {
  std::string request;
  char part[4096];
  ssize_t got;
  while (request.find("\r\n\r\n") == std::string::npos &&
         (got = recv(connection, part, sizeof(part), 0)) > 0) {
    request.append(part, got);
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    requests_.push_back(request);
  }
  std::string answer = script_(request);
  const bool hang = !answer.empty() && answer[0] == kHang;
  if (hang) answer.erase(0, 1);
  // Or the client would send its next request into a connection that is about to be closed.
  if (const size_t line_end = answer.find("\r\n"); line_end != std::string::npos) {
    answer.insert(line_end, "\r\nConnection: close");
  }
  for (size_t sent = 0; sent < answer.size();) {
    const ssize_t now = send(connection, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
    if (now <= 0) break;
    sent += now;
  }
  if (hang) {
    hanging_.push_back(connection);
  } else {
    close(connection);
  }
}

std::string HttpOk(const std::string& content) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(content.size()) + "\r\n\r\n" +
         content;
}

std::string HttpStatus(const std::string& status) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n";
}

long long RangeStart(const std::string& request) {
  const std::string header = "Range: bytes=";
  const size_t at = request.find(header);
  return at == std::string::npos ? -1 : std::atoll(request.c_str() + at + header.size());
}

std::string HttpRange(const std::string& request, const std::string& content) {
  const long long start = RangeStart(request);
  if (start < 0) return HttpOk(content);
  if (start >= static_cast<long long>(content.size()))
    return HttpStatus("416 Range Not Satisfiable");
  const std::string rest = content.substr(start);
  return "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + std::to_string(start) + "-" +
         std::to_string(content.size() - 1) + "/" + std::to_string(content.size()) +
         "\r\nContent-Length: " + std::to_string(rest.size()) + "\r\n\r\n" + rest;
}

}  // namespace gokart
