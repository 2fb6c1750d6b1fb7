#include "ch07_instruct/serve/chat_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "ch07_instruct/serve/chat_page.h"

namespace gokart {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

// Answers with the words of the question, one at a time.
class EchoBackend : public ChatBackend {
 public:
  std::string description() const override { return "an echo"; }

  absl::StatusOr<int64_t> Answer(const std::vector<ChatMessage>& messages, const AnswerOptions& o,
                                 const OnText& on_text) override {
    EXPECT_EQ(running.fetch_add(1), 0) << "one at a time";
    const std::string& text = messages.back().text;
    int64_t tokens = 0;
    bool more = text != "fail";
    // "endless" goes on until nobody listens.
    while (more && (text == "endless" ? true : tokens < o.max_new_tokens && tokens < 3)) {
      more = on_text(text + std::to_string(messages.size()) + " ");
      ++tokens;
      if (text == "endless") std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ++answers;
    running.fetch_sub(1);
    if (text == "fail") return absl::InternalError("it does not know");
    return tokens;
  }

  bool has_classifier() const override { return true; }
  absl::StatusOr<std::vector<LabelProbability>> Classify(const std::string& text) override {
    if (text == "\"<script>") return std::vector<LabelProbability>{{"odd", 1}};
    return std::vector<LabelProbability>{{"spam", 0.75}, {"ham", 0.25}};
  }

  std::atomic<int> running = 0, answers = 0;
};

class ChatServerTest : public ::testing::Test {
 protected:
  ChatServerTest() { Restart({.port = 0}); }

  void Restart(ChatServerOptions options) {
    server_ = nullptr;
    auto started = ChatServer::Start(backend_, options);
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
  }

  httplib::Client Client() {
    httplib::Client client("127.0.0.1", server_->port());
    client.set_read_timeout(20);
    return client;
  }

  static std::string Question(const std::string& text) {
    return Json{{"messages", {{{"role", "user"}, {"content", text}}}}}.dump();
  }

  // Sends bytes as they are, and returns all that comes back.
  std::string Raw(const std::string& bytes) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(server_->port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    std::string all;
    char buffer[4096];
    for (ssize_t n; (n = read(fd, buffer, sizeof(buffer))) > 0;)
      all.append(buffer, static_cast<size_t>(n));
    close(fd);
    return all;
  }

  void ExpectAlive() {
    auto client = Client();
    const auto answer = client.Post("/api/chat", Question("hi"), "application/json");
    ASSERT_TRUE(answer);
    EXPECT_THAT(answer->body, HasSubstr("\"done\":true"));
  }

  EchoBackend backend_;
  std::unique_ptr<ChatServer> server_;
};

TEST_F(ChatServerTest, ServesThePageAlone) {
  auto client = Client();
  const auto page = client.Get("/");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_EQ(page->body, std::string(ChatPage()));
  EXPECT_THAT(page->get_header_value("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  // Nothing is loaded from elsewhere.
  EXPECT_THAT(page->body, Not(HasSubstr("http://")));
  EXPECT_THAT(page->body, Not(HasSubstr("https://")));
  EXPECT_THAT(page->body, Not(HasSubstr(" src=")));
  EXPECT_EQ(client.Get("/etc/passwd")->status, 404);
  EXPECT_EQ(client.Get("/../chat_server.h")->status, 404);
  EXPECT_EQ(Json::parse(client.Get("/api/info")->body)["description"], "an echo");
}

TEST_F(ChatServerTest, StreamsAnAnswer) {
  auto client = Client();
  const auto answer =
      client.Post("/api/chat", Question("one \xF0\x9F\x98\x80"), "application/json");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->get_header_value("Content-Type"), "text/event-stream");
  std::string text;
  Json last;
  for (size_t begin = 0, end; (end = answer->body.find("\n\n", begin)) != std::string::npos;
       begin = end + 2) {
    const std::string event = answer->body.substr(begin, end - begin);
    if (event.rfind("data: ", 0) != 0) continue;
    last = Json::parse(event.substr(6));
    if (last.contains("text")) text += last["text"].get<std::string>();
  }
  const std::string word =
      "one \xF0\x9F\x98\x80"
      "1 ";
  EXPECT_EQ(text, word + word + word);
  EXPECT_EQ(last["done"], true);
  EXPECT_EQ(last["tokens"], 3);
}

TEST_F(ChatServerTest, SaysWhatWentWrong) {
  auto client = Client();
  EXPECT_THAT(client.Post("/api/chat", Question("fail"), "application/json")->body,
              HasSubstr("it does not know"));
  const auto bad = client.Post("/api/chat", "{", "application/json");
  EXPECT_EQ(bad->status, 400);
  EXPECT_THAT(bad->body, HasSubstr("no valid JSON"));
}

TEST_F(ChatServerTest, Classifies) {
  auto client = Client();
  const auto found = client.Post("/api/classify", R"({"text": "You won"})", "application/json");
  ASSERT_EQ(found->status, 200);
  EXPECT_EQ(Json::parse(found->body)["labels"][0]["label"], "spam");
  EXPECT_EQ(Json::parse(found->body)["labels"][1]["probability"], 0.25);
  EXPECT_EQ(client.Post("/api/classify", "{}", "application/json")->status, 400);
}

TEST_F(ChatServerTest, RefusesOtherOrigins) {
  auto client = Client();
  const auto from = [&](httplib::Headers headers) {
    return client.Post("/api/chat", headers, Question("hi"), "application/json")->status;
  };
  const std::string port = std::to_string(server_->port());
  EXPECT_EQ(from({{"Origin", "http://127.0.0.1:" + port}}), 200);
  EXPECT_EQ(from({{"Origin", "http://localhost:" + port}}), 200);
  EXPECT_EQ(from({{"Origin", "http://evil.example"}}), 403);
  EXPECT_EQ(from({{"Origin", "null"}}), 403);
  EXPECT_EQ(from({{"Origin", "http://127.0.0.1:1"}}), 403);
  EXPECT_EQ(from({{"Origin", "https://127.0.0.1:" + port}}), 403);
  EXPECT_EQ(from({{"Host", "evil.example:" + port}}), 403);
  // What a form of another page could send without asking.
  EXPECT_EQ(client.Post("/api/chat", Question("hi"), "text/plain")->status, 415);
}

TEST_F(ChatServerTest, LimitsTheSizeOfRequests) {
  auto client = Client();
  const auto large = client.Post("/api/chat", std::string(1 << 20, 'x'), "application/json");
  if (large) {
    EXPECT_EQ(large->status, 413);
  }
  ExpectAlive();
}

TEST_F(ChatServerTest, EndsAnAnswerThatNobodyReads) {
  auto client = Client();
  httplib::Request request;
  request.method = "POST";
  request.path = "/api/chat";
  request.body = Question("endless");
  request.headers = {{"Content-Type", "application/json"}};
  // Hangs up after the first piece, as the stop button does.
  request.content_receiver = [](const char*, size_t, uint64_t, uint64_t) { return false; };
  EXPECT_FALSE(client.send(request));
  client.stop();
  for (int i = 0; i < 1000 && backend_.answers == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(backend_.answers, 1) << "the model is still at it";
  ExpectAlive();
}

TEST_F(ChatServerTest, LimitsTheTimeOfAnAnswer) {
  Restart({.port = 0, .max_seconds = 0.2});
  auto client = Client();
  const auto answer = client.Post("/api/chat", Question("endless"), "application/json");
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->body, HasSubstr("which an answer may take"));
}

TEST_F(ChatServerTest, StaysUpUnderNonsense) {
  for (const char* bytes :
       {"", "\r\n\r\n", "GET", "GET / HTTP/9.9\r\n\r\n", "\x00\xff\xfe garbage",
        "POST /api/chat HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        "POST /api/chat HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST /api/chat HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /%zz%00 HTTP/1.1\r\nHost: x\r\n\r\n"}) {
    Raw(bytes);
  }
  Raw("GET /" + std::string(100000, 'a') + " HTTP/1.1\r\n\r\n");
  std::string headers = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 5000; ++i) headers += "X-" + std::to_string(i) + ": y\r\n";
  Raw(headers + "\r\n");
  ExpectAlive();
}

TEST_F(ChatServerTest, AHundredAtOnceAreServedOrRefused) {
  std::atomic<int> served = 0, refused = 0, other = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 100; ++i) {
    threads.emplace_back([&] {
      auto client = Client();
      const auto answer = client.Post("/api/chat", Question("hi"), "application/json");
      if (answer && answer->status == 200 && answer->body.find("done") != std::string::npos) {
        ++served;
      } else if (answer && answer->status == 503) {
        ++refused;
      } else {
        ++other;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served + refused, 100) << other << " others";
  EXPECT_GE(served, 1);
  EXPECT_EQ(backend_.answers, served);
  ExpectAlive();
}

TEST_F(ChatServerTest, TellsThatThePortIsTaken) {
  const auto second = ChatServer::Start(backend_, {.port = server_->port()});
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("taken"));
}

}  // namespace
}  // namespace gokart
