#include "ch07_instruct/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "ch07_instruct/augment.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

// A server in Ollama's place, which does with each request whatever a test wants.
class FakeOllama {
 public:
  using Handler = std::function<void(const Json& request, int number, httplib::Response&)>;

  explicit FakeOllama(Handler handler) {
    server_.Post("/api/chat",
                 [this, handler](const httplib::Request& request, httplib::Response& response) {
                   int number = 0;
                   {
                     const std::lock_guard<std::mutex> lock(mutex_);
                     number = static_cast<int>(requests_.size());
                     requests_.push_back(Json::parse(request.body));
                   }
                   handler(requests_[number], number, response);
                 });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ~FakeOllama() {
    server_.stop();
    thread_.join();
  }

  OllamaClient Client() const {
    return OllamaClient({.url = "http://127.0.0.1:" + std::to_string(port_),
                         .model = "judge",
                         .answer_seconds = 1,
                         .tries = 3,
                         .first_wait = 0.01});
  }
  int NumRequests() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return static_cast<int>(requests_.size());
  }
  Json Request(int i) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return requests_[i];
  }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  std::mutex mutex_;
  std::vector<Json> requests_;
};

// An answer as Ollama sends it: in pieces, a line of JSON each.
std::string Pieces(const std::vector<std::string>& pieces) {
  std::string reply;
  for (const std::string& piece : pieces) {
    reply += Json{{"message", {{"role", "assistant"}, {"content", piece}}}, {"done", false}}.dump();
    reply += "\n";
  }
  return reply + R"({"message":{"role":"assistant","content":""},"done":true})" + "\n";
}

FakeOllama::Handler Says(const std::string& text) {
  return [text](const Json&, int, httplib::Response& r) {
    r.set_content(Pieces({text}), "application/x-ndjson");
  };
}

TEST(OllamaClientTest, JoinsThePiecesOfAnAnswer) {
  FakeOllama ollama([](const Json&, int, httplib::Response& r) {
    r.set_content(Pieces({"Lla", "mas eat ", "gräss\n"}), "application/x-ndjson");
  });
  EXPECT_EQ(*ollama.Client().Chat("What do \"Llamas\" eat?"), "Llamas eat gräss\n");
  const Json request = ollama.Request(0);
  EXPECT_EQ(request["model"], "judge");
  EXPECT_EQ(request["messages"][0]["role"], "user");
  EXPECT_EQ(request["messages"][0]["content"], "What do \"Llamas\" eat?");
  EXPECT_EQ(request["options"]["seed"], 123);
  EXPECT_EQ(request["options"]["temperature"], 0);
  EXPECT_EQ(request["options"]["num_ctx"], 2048);
}

TEST(OllamaClientTest, TriesAgainAfterBrokenAnswers) {
  FakeOllama ollama([](const Json&, int number, httplib::Response& r) {
    if (number == 0) {
      r.status = 503;
    } else if (number == 1) {  // the connection breaks in the middle of an answer
      r.set_content_provider(1000, "application/x-ndjson",
                             [](size_t, size_t, httplib::DataSink& sink) {
                               sink.write("{\"message\"", 10);
                               return false;
                             });
    } else {
      r.set_content(Pieces({"85"}), "application/x-ndjson");
    }
  });
  EXPECT_EQ(*ollama.Client().Chat("?"), "85");
  EXPECT_EQ(ollama.NumRequests(), 3);
}

TEST(OllamaClientTest, WrongJsonIsAnErrorAfterAllTries) {
  for (const char* reply : {"<html>", "[]\n", "{\"done\": true}\n", "{\"message\": 5}\n",
                            "{\"message\": {\"content\": 5}}\n", "",
                            "{\"message\": {\"content\": \"8\"}, \"done\": false}\n"}) {
    FakeOllama ollama(
        [&](const Json&, int, httplib::Response& r) { r.set_content(reply, "application/json"); });
    const auto answer = ollama.Client().Chat("?");
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kDataLoss) << reply;
    EXPECT_THAT(std::string(answer.status().message()), HasSubstr("/api/chat: "));
    EXPECT_EQ(ollama.NumRequests(), 3);
  }
}

TEST(OllamaClientTest, ASlowAnswerIsGivenUp) {
  FakeOllama ollama([](const Json&, int, httplib::Response& r) {
    r.set_chunked_content_provider("application/x-ndjson", [](size_t, httplib::DataSink& sink) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));  // never silent, never done
      return sink.write(" ", 1);
    });
  });
  OllamaOptions options = ollama.Client().options();
  options.answer_seconds = 0.3;
  options.tries = 2;
  const auto begin = std::chrono::steady_clock::now();
  const auto answer = OllamaClient(options).Chat("?");
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(ollama.NumRequests(), 2);
}

TEST(OllamaClientTest, SilenceIsGivenUp) {
  std::atomic<bool> over = false;
  FakeOllama ollama([&](const Json&, int, httplib::Response&) {
    while (!over) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  });
  OllamaOptions options = ollama.Client().options();
  options.answer_seconds = 0.2;
  options.tries = 1;
  const auto answer = OllamaClient(options).Chat("?");
  over = true;
  EXPECT_TRUE(absl::IsDeadlineExceeded(answer.status())) << answer.status().message();
}

TEST(OllamaClientTest, AnUnknownModelIsSaidAtOnce) {
  FakeOllama ollama([](const Json&, int, httplib::Response& r) {
    r.status = 404;
    r.set_content(R"({"error": "model 'judge' not found"})", "application/json");
  });
  const auto answer = ollama.Client().Chat("?");
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("model 'judge' not found"));
  EXPECT_EQ(ollama.NumRequests(), 1);
}

TEST(OllamaClientTest, NobodyThereOrNoAddress) {
  OllamaOptions options = {.url = "http://127.0.0.1:1", .tries = 2, .first_wait = 0.01};
  EXPECT_THAT(std::string(OllamaClient(options).Chat("?").status().message()),
              HasSubstr("http://127.0.0.1:1/api/chat: nobody answers there"));
  for (const char* url : {"", "localhost", "ftp://localhost", "http://"}) {
    options.url = url;
    EXPECT_FALSE(OllamaClient(options).Chat("?").ok()) << url;
  }
  options.should_stop = [] { return true; };
  EXPECT_EQ(OllamaClient(options).Chat("?").status().code(), absl::StatusCode::kCancelled);
}

TEST(JudgesAnswers, AreScoresIfTheyAreAnIntegerAlone) {
  EXPECT_EQ(ParseScore("85"), 85);
  EXPECT_EQ(ParseScore(" 0\n"), 0);
  EXPECT_EQ(ParseScore("100"), 100);
  for (const char* prose :
       {"", "85.5", "I would give it 85.", "101", "-1", "85/100", "99999999999"}) {
    EXPECT_EQ(ParseScore(prose), std::nullopt) << prose;
  }
}

InstructionEntry Answered(const std::string& response) {
  InstructionEntry entry = {.instruction = "Name the author of 'Pride and Prejudice'.",
                            .output = "Jane Austen."};
  entry.extra["model_response"] = response;
  return entry;
}

TEST(JudgesAnswers, WithoutAScoreDoNotCountInTheMean) {
  JudgeReport report;
  EXPECT_TRUE(std::isnan(report.Mean())) << "of no answers at all";
  report.verdicts = {{80, ""}, {std::nullopt, "prose"}, {10, ""}};
  EXPECT_DOUBLE_EQ(report.Mean(), 45);
}

TEST(JudgePromptTest, IsTheWorkshops) {
  EXPECT_EQ(JudgePrompt(Answered("x"), "Jane."),
            "Given the input `Below is an instruction that describes a task. Write a response that "
            "appropriately completes the request.\n\n### Instruction:\nName the author of 'Pride "
            "and Prejudice'.` and correct output `Jane Austen.`, score the model response `Jane.` "
            "on a scale from 0 to 100, where 100 is the best score. Respond with the integer "
            "number only.");
}

TEST(JudgeAnswersTest, MeanOverThoseThatWereScored) {
  FakeOllama ollama([](const Json& request, int, httplib::Response& r) {
    const std::string question = request["messages"][0]["content"];
    const bool good = question.find("response `good`") != std::string::npos;
    const bool odd = question.find("response `odd`") != std::string::npos;
    r.set_content(Pieces({good ? "95" : odd ? "I cannot say." : "40"}), "application/x-ndjson");
  });
  int64_t last = 0;
  const auto report = JudgeAnswers(
      {Answered(""), Answered("good"), Answered("odd"), Answered("bad")}, "model_response",
      ollama.Client(), [&](int64_t done, const Verdict&) { EXPECT_EQ(done, ++last); });
  ASSERT_TRUE(report.ok()) << report.status().message();
  EXPECT_EQ(last, 4);
  EXPECT_EQ(report->verdicts[0].score, 0);  // an empty response, without a question
  EXPECT_EQ(report->verdicts[1].score, 95);
  EXPECT_EQ(report->verdicts[2].score, std::nullopt);
  EXPECT_THAT(report->verdicts[2].problem, HasSubstr("I cannot say."));
  EXPECT_EQ(report->NumScored(), 3);
  EXPECT_DOUBLE_EQ(report->Mean(), 45);
  EXPECT_EQ(ollama.NumRequests(), 3);
  const BarChart histogram = report->Histogram();
  EXPECT_EQ(histogram.categories.front(), "0-9");
  EXPECT_EQ(histogram.categories.back(), "90-100");
  EXPECT_THAT(histogram.series[0].values, ::testing::ElementsAre(1, 0, 0, 0, 1, 0, 0, 0, 0, 1));
}

TEST(JudgeAnswersTest, WithoutAServerTheFirstQuestionFailsAtOnceButLaterOnesCountAlone) {
  const OllamaClient nobody({.url = "http://127.0.0.1:1", .tries = 1});
  EXPECT_TRUE(absl::IsUnavailable(
      JudgeAnswers({Answered("a"), Answered("b")}, "model_response", nobody).status()));
  FakeOllama ollama([](const Json&, int number, httplib::Response& r) {
    if (number == 0) {
      r.set_content(Pieces({"50"}), "application/x-ndjson");
    } else {
      r.status = 500;
    }
  });
  const auto report =
      JudgeAnswers({Answered("a"), Answered("b")}, "model_response", ollama.Client());
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->NumScored(), 1);
  EXPECT_THAT(report->verdicts[1].problem, HasSubstr("HTTP status 500"));
}

TEST(AddPassiveVoiceTest, GoesOnWhereItStopped) {
  FakeOllama ollama(Says(" The cat was seen by the dog. "));
  std::vector<InstructionEntry> entries = {{.instruction = "1", .output = "The dog saw the cat."},
                                           {.instruction = "2", .output = "b"}};
  entries[1].extra["output_2"] = "done before";
  int saved = 0;
  ASSERT_TRUE(AddPassiveVoice(entries, ollama.Client(), [&] {
                ++saved;
                return absl::OkStatus();
              }).ok());
  EXPECT_EQ(entries[0].Extra("output_2"), "The cat was seen by the dog.");
  EXPECT_EQ(entries[1].Extra("output_2"), "done before");
  EXPECT_EQ(saved, 1);
  EXPECT_EQ(ollama.NumRequests(), 1);
  EXPECT_EQ(ollama.Request(0)["messages"][0]["content"],
            "Without adding any response or explanation, convert the following text to passive "
            "voice: The dog saw the cat.");
}

TEST(AddPassiveVoiceTest, WhatIsDoneStaysWhenTheServerIsGone) {
  std::vector<InstructionEntry> entries = {{.instruction = "1", .output = "a"}};
  bool saved = false;
  const OllamaClient nobody({.url = "http://127.0.0.1:1", .tries = 1});
  EXPECT_FALSE(AddPassiveVoice(entries, nobody, [&] {
                 saved = true;
                 return absl::OkStatus();
               }).ok());
  EXPECT_TRUE(saved);
}

}  // namespace
}  // namespace gokart
