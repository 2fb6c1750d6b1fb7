#include "ch07_instruct/serve/work_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

namespace gokart {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// Everything that `work` puts, until its end.
std::string All(Work& work) {
  std::string all, piece;
  for (;;) {
    const Work::Event event = work.Next(&piece, 10s);
    if (event != Work::kPiece) return all;
    all += piece;
  }
}

TEST(WorkQueue, PassesPiecesOn) {
  WorkQueue queue(1, 10s);
  auto work = queue.Add([](const Work& w) {
    for (const char* piece : {"a", "bc", "d"}) EXPECT_TRUE(w.Put(piece));
    return absl::OkStatus();
  });
  ASSERT_TRUE(work.ok());
  EXPECT_EQ(All(**work), "abcd");
  EXPECT_TRUE((*work)->status().ok());
}

TEST(WorkQueue, DoesOneThingAfterTheOther) {
  WorkQueue queue(100, 10s);
  std::vector<int> order;
  std::atomic<int> running = 0;
  std::vector<std::shared_ptr<Work>> all;
  for (int i = 0; i < 50; ++i) {
    all.push_back(*queue.Add([&, i](const Work&) {
      EXPECT_EQ(running.fetch_add(1), 0);
      order.push_back(i);
      running.fetch_sub(1);
      return absl::OkStatus();
    }));
  }
  for (auto& work : all) All(*work);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
}

TEST(WorkQueue, RefusesWhenTheLineIsFull) {
  WorkQueue queue(2, 10s);
  std::promise<void> started, go_on;
  auto first = queue.Add([&](const Work&) {
    started.set_value();
    go_on.get_future().wait();
    return absl::OkStatus();
  });
  started.get_future().wait();
  const auto nothing = [](const Work&) { return absl::OkStatus(); };
  auto second = queue.Add(nothing), third = queue.Add(nothing);
  EXPECT_TRUE(second.ok() && third.ok());
  EXPECT_EQ(queue.size(), 3);
  const auto fourth = queue.Add(nothing);
  EXPECT_EQ(fourth.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(fourth.status().message()), HasSubstr("2 others"));
  go_on.set_value();
  All(**third);
  EXPECT_TRUE(queue.Add(nothing).ok());
}

TEST(WorkQueue, EndsWorkThatNobodyWaitsFor) {
  WorkQueue queue(2, 10s);
  auto endless = queue.Add([](const Work& w) {
    while (w.Put("x")) {
    }
    return absl::CancelledError("left");
  });
  std::string piece;
  EXPECT_EQ((*endless)->Next(&piece, 10s), Work::kPiece);
  (*endless)->Cancel();
  EXPECT_THAT(All(**endless), ::testing::Not(HasSubstr("y")));  // comes to its end
  EXPECT_EQ((*endless)->status().code(), absl::StatusCode::kCancelled);
}

TEST(WorkQueue, LimitsTheTime) {
  WorkQueue queue(2, 50ms);
  auto endless = queue.Add([](const Work& w) {
    while (w.Put("x")) {
    }
    return absl::OkStatus();
  });
  All(**endless);
  EXPECT_EQ((*endless)->status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST(WorkQueue, SurvivesExceptions) {
  WorkQueue queue(2, 10s);
  auto bad = queue.Add([](const Work&) -> absl::Status { throw std::runtime_error("broken"); });
  EXPECT_EQ(All(**bad), "");
  EXPECT_THAT(std::string((*bad)->status().message()), HasSubstr("broken"));
  auto good = queue.Add([](const Work& w) {
    w.Put("fine");
    return absl::OkStatus();
  });
  EXPECT_EQ(All(**good), "fine");
}

TEST(WorkQueue, TellsEverybodyWhenItStops) {
  std::shared_ptr<Work> running, waiting;
  std::promise<void> started;
  {
    WorkQueue queue(2, 10s);
    running = *queue.Add([&](const Work& w) {
      started.set_value();
      while (w.Put("x")) {
      }
      return absl::CancelledError("stopped");
    });
    waiting = *queue.Add([](const Work&) { return absl::OkStatus(); });
    started.get_future().wait();
  }
  All(*running);
  EXPECT_EQ(running->status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(All(*waiting), "");
  EXPECT_EQ(waiting->status().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace gokart
