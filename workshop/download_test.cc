#include "workshop/download.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "httplib.h"
#include "workshop/testing/scripted_server.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A few megabytes, so that content comes in several pieces, and no piece is like another.
std::string MakeContent() {
  std::string content;
  for (int i = 0; content.size() < 3000000; ++i) content += std::to_string(i) + "\n";
  return content;
}

class DownloadTest : public ::testing::Test {
 protected:
  DownloadTest() : content_(MakeContent()) {
    options_.first_wait = 0.001;
    options_.stall_seconds = 1;
    options_.progress_out = &progress_;
  }
  ~DownloadTest() override { fs::remove_all(folder_); }

  static void Put(const std::string& path, const std::string& content) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << content;
  }
  static std::string Get(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  DownloadRequest Request(std::vector<std::string> urls) {
    return {.title = "thing",
            .urls = std::move(urls),
            .path = path_,
            .size = static_cast<int64_t>(content_.size()),
            .check = [this](const std::string& part) {
              return Get(part) == content_ ? absl::OkStatus()
                                           : absl::DataLossError("wrong content");
            }};
  }

  void ExpectDone(const absl::Status& status) {
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_TRUE(Get(path_) == content_);
    EXPECT_FALSE(fs::exists(path_ + ".part"));
  }

  // Nothing under the final name, whatever else went wrong.
  void ExpectFailed(const absl::Status& status, const std::string& reason) {
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(std::string(status.message()), HasSubstr(reason));
    EXPECT_FALSE(fs::exists(path_));
  }

  const std::string content_;
  const std::string folder_ = ::testing::TempDir() + "/download_test." + std::to_string(getpid());
  const std::string path_ = folder_ + "/deep/thing.bin";
  DownloadOptions options_;
  std::ostringstream progress_;
};

TEST_F(DownloadTest, AnHonestServer) {
  httplib::Server server;
  server.Get("/thing", [&](const httplib::Request&, httplib::Response& response) {
    response.set_content(content_, "application/octet-stream");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&] { server.listen_after_bind(); });
  const std::string url = "http://127.0.0.1:" + std::to_string(port) + "/thing";
  ExpectDone(Download(Request({url}), options_));
  EXPECT_THAT(progress_.str(), HasSubstr("thing  3.0 MB/3.0 MB"));

  fs::remove(path_);
  Put(path_ + ".part", content_.substr(0, 1000000));  // goes on from an earlier try
  ExpectDone(Download(Request({url}), options_));
  server.stop();
  thread.join();
}

TEST_F(DownloadTest, GoesOnWhereTheConnectionBroke) {
  ScriptedServer server([&](const std::string& request) {
    const std::string answer = HttpRange(request, content_);
    return answer.substr(0, 600000);  // of about 3 MB
  });
  ExpectDone(Download(Request({server.Url("/")}), options_));
  // Six tries, each beginning where the one before ended, though only four in vain are allowed.
  ASSERT_EQ(server.requests().size(), 6u);
  long long last = -1;
  for (const std::string& request : server.requests()) {
    EXPECT_GT(RangeStart(request), last - (last == -1));
    last = RangeStart(request);
  }
}

TEST_F(DownloadTest, StartsAgainWhenTheServerIgnoresRanges) {
  int count = 0;
  ScriptedServer server([&](const std::string&) {
    return ++count == 1 ? HttpOk(content_).substr(0, 700000) : HttpOk(content_);
  });
  ExpectDone(Download(Request({server.Url("/")}), options_));
  EXPECT_EQ(server.requests().size(), 2u);
  EXPECT_GT(RangeStart(server.requests()[1]), 0);
}

TEST_F(DownloadTest, ARestThatDoesNotFitIsFetchedFromTheStart) {
  Put(path_ + ".part", std::string(1000, 'x'));  // of another version of the file
  ScriptedServer server([&](const std::string& request) { return HttpRange(request, content_); });
  ExpectDone(Download(Request({server.Url("/")}), options_));
  ASSERT_EQ(server.requests().size(), 2u);
  EXPECT_EQ(RangeStart(server.requests()[0]), 1000);
  EXPECT_EQ(RangeStart(server.requests()[1]), -1);
}

TEST_F(DownloadTest, WrongBytesNeverGetTheName) {
  std::string wrong = content_;
  wrong[123456] ^= 1;
  ScriptedServer bad([&](const std::string& request) { return HttpRange(request, wrong); });
  ExpectFailed(Download(Request({bad.Url("/")}), options_), "wrong content");
  EXPECT_FALSE(fs::exists(path_ + ".part"));

  ScriptedServer good([&](const std::string& request) { return HttpRange(request, content_); });
  ExpectDone(Download(Request({bad.Url("/"), good.Url("/")}), options_));
}

TEST_F(DownloadTest, TooShortAndTooLong) {
  ScriptedServer shorter([&](const std::string&) { return HttpOk(content_.substr(1)); });
  ExpectFailed(Download(Request({shorter.Url("/")}), options_), "bytes, expected");
  ScriptedServer longer([&](const std::string&) { return HttpOk(content_ + "x"); });
  ExpectFailed(Download(Request({longer.Url("/")}), options_), "more than the");
  DownloadRequest request = Request({longer.Url("/")});
  request.size = 0;
  options_.size_limit = 1000;
  ExpectFailed(Download(request, options_), "more than the 1000 bytes allowed");
}

TEST_F(DownloadTest, AnEndWithoutStatedLengthIsNoticed) {
  int count = 0;
  ScriptedServer server([&](const std::string& request) {
    if (++count > 1) return HttpRange(request, content_);
    return "HTTP/1.1 200 OK\r\n\r\n" + content_.substr(0, 500000);
  });
  ExpectDone(Download(Request({server.Url("/")}), options_));
  EXPECT_EQ(RangeStart(server.requests()[1]), 500000);
}

TEST_F(DownloadTest, NotFoundGoesToTheBackupAtOnce) {
  ScriptedServer missing([](const std::string&) { return HttpStatus("404 Not Found"); });
  ScriptedServer backup([&](const std::string& request) { return HttpRange(request, content_); });
  ExpectDone(Download(Request({missing.Url("/a"), backup.Url("/b")}), options_));
  EXPECT_EQ(missing.requests().size(), 1u);
}

TEST_F(DownloadTest, AnErrorPageIsNoContent) {
  ScriptedServer server([&](const std::string&) {
    return "HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nsorry";
  });
  ExpectFailed(Download(Request({server.Url("/a")}), options_), "/a: the server answered 403");
  EXPECT_FALSE(fs::exists(path_ + ".part"));
}

TEST_F(DownloadTest, ABusyServerIsAskedAgain) {
  int count = 0;
  ScriptedServer server([&](const std::string& request) {
    return ++count < 4 ? HttpStatus("503 Service Unavailable") : HttpRange(request, content_);
  });
  ExpectDone(Download(Request({server.Url("/")}), options_));
  count = -100;
  fs::remove(path_);
  ExpectFailed(Download(Request({server.Url("/")}), options_), "the server answered 503");
  EXPECT_EQ(server.requests().size(), 8u);  // four tries each
}

TEST_F(DownloadTest, AServerThatHangs) {
  ScriptedServer server([&](const std::string& request) {
    const std::string answer = HttpRange(request, content_);
    return ScriptedServer::kHang +
           answer.substr(0, answer.find("\r\n\r\n") + 5);  // one byte of content
  });
  options_.tries = 1;
  const auto start = std::chrono::steady_clock::now();
  ExpectFailed(Download(Request({server.Url("/")}), options_), "too slow");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  EXPECT_TRUE(fs::exists(path_ + ".part"));  // what came is kept
}

TEST_F(DownloadTest, NobodyListens) {
  std::string url;
  {
    ScriptedServer server([](const std::string&) { return ""; });
    url = server.Url("/");
  }
  ExpectFailed(Download(Request({url}), options_), "connect");
}

TEST_F(DownloadTest, FollowsRedirections) {
  ScriptedServer server([&](const std::string& request) {
    if (request.find("GET /old ") == 0) {
      return std::string("HTTP/1.1 302 Found\r\nLocation: /new\r\nContent-Length: 4\r\n\r\nbody");
    }
    return HttpRange(request, content_);
  });
  ExpectDone(Download(Request({server.Url("/old")}), options_));
  ScriptedServer endless([](const std::string&) {
    return std::string("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n");
  });
  fs::remove(path_);
  options_.tries = 1;
  ExpectFailed(Download(Request({endless.Url("/")}), options_), "redirects");
  ScriptedServer local([](const std::string&) {
    return std::string(
        "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n");
  });
  ExpectFailed(Download(Request({local.Url("/")}), options_), "rotocol");
}

TEST_F(DownloadTest, OnlyWebAddresses) {
  const std::string local = folder_ + "/deep/local";
  Put(local, content_);
  ExpectFailed(Download(Request({"file://" + local}), options_), "rotocol");
}

TEST_F(DownloadTest, ACompletePartNeedsNoServer) {
  Put(path_ + ".part", content_);
  ExpectDone(Download(Request({"http://127.0.0.1:1/"}), options_));
}

TEST_F(DownloadTest, ACompletePartOfUnknownSize) {
  Put(path_ + ".part", content_);
  ScriptedServer server([&](const std::string& request) { return HttpRange(request, content_); });
  DownloadRequest request = Request({server.Url("/")});
  request.size = 0;
  ExpectDone(Download(request, options_));
  EXPECT_EQ(server.requests().size(), 1u);  // which was answered 416
}

TEST_F(DownloadTest, AWrongFileOnAServerWithRangesDoesNotLoop) {
  ScriptedServer server([&](const std::string& request) { return HttpRange(request, "short"); });
  ExpectFailed(Download(Request({server.Url("/")}), options_), "cannot download thing");
  EXPECT_LE(server.requests().size(), 8u);
}

TEST_F(DownloadTest, CtrlCKeepsWhatHasArrived) {
  ScriptedServer server([&](const std::string& request) {
    raise(SIGINT);
    return ScriptedServer::kHang + HttpRange(request, content_).substr(0, 100000);
  });
  options_.stall_seconds = 60;
  const absl::Status status = Download(Request({server.Url("/")}), options_);
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(DownloadTest, TwoProcessesDoNotWriteOneFile) {
  Put(path_ + ".part", "x");
  const int fd = open((path_ + ".part").c_str(), O_RDWR);
  ASSERT_EQ(flock(fd, LOCK_EX), 0);
  ExpectFailed(Download(Request({"http://127.0.0.1:1/"}), options_), "another process");
  EXPECT_EQ(Get(path_ + ".part"), "x");
  close(fd);
}

TEST_F(DownloadTest, UnwritableFolder) {
  Put(folder_ + "/deep", "a file where the folder should be");
  ExpectFailed(Download(Request({"http://127.0.0.1:1/"}), options_), folder_ + "/deep");
}

}  // namespace
}  // namespace gokart
