#include "ch07_instruct/serve/work_queue.h"

#include <exception>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace gokart {

using Clock = std::chrono::steady_clock;

Work::Event Work::Next(std::string* text, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [&] { return ended_ || !text_.empty(); });
  text->clear();
  if (!text_.empty()) {
    text->swap(text_);
    return kPiece;
  }
  return ended_ ? kEnd : kNothingYet;
}

absl::Status Work::status() const {
  std::lock_guard lock(mutex_);
  return status_;
}

void Work::Cancel() {
  std::lock_guard lock(mutex_);
  cancelled_ = true;
}

bool Work::cancelled() const {
  std::lock_guard lock(mutex_);
  return cancelled_ || Clock::now() >= deadline_;
}

bool Work::Put(std::string_view piece) const {
  if (cancelled()) return false;
  std::lock_guard lock(mutex_);
  text_ += piece;
  changed_.notify_all();
  return true;
}

WorkQueue::WorkQueue(int64_t max_waiting, std::chrono::milliseconds max_time)
    : max_waiting_(max_waiting), max_time_(max_time), thread_([this] { Run(); }) {}

void WorkQueue::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const std::shared_ptr<Work>& work : waiting_) work->Cancel();
    if (current_ != nullptr) current_->Cancel();
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

absl::StatusOr<std::shared_ptr<Work>> WorkQueue::Add(Work::Function function) {
  std::lock_guard lock(mutex_);
  if (stopping_) return absl::UnavailableError("the server is stopping");
  if (static_cast<int64_t>(waiting_.size()) >= max_waiting_) {
    return absl::ResourceExhaustedError(
        absl::StrCat(waiting_.size(), " others are waiting already; try again in a moment"));
  }
  auto work = std::make_shared<Work>();
  work->function_ = std::move(function);
  waiting_.push_back(work);
  changed_.notify_all();
  return work;
}

int64_t WorkQueue::size() const {
  std::lock_guard lock(mutex_);
  return static_cast<int64_t>(waiting_.size()) + (current_ != nullptr ? 1 : 0);
}

void WorkQueue::Run() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      current_ = nullptr;
      changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;  // stopping, and everybody has been told
      current_ = std::move(waiting_.front());
      waiting_.pop_front();
    }
    Work& work = *current_;
    {
      std::lock_guard lock(work.mutex_);
      work.deadline_ = Clock::now() + max_time_;
    }
    absl::Status status = absl::CancelledError("cancelled");
    // One request that goes wrong must not take the server with it.
    if (!work.cancelled()) {
      try {
        status = work.function_(work);
      } catch (const std::exception& error) {
        status = absl::InternalError(error.what());
      }
    }
    std::lock_guard lock(work.mutex_);
    if (status.ok() && Clock::now() >= work.deadline_) {
      status = absl::DeadlineExceededError(absl::StrCat("stopped after ", max_time_.count() / 1000,
                                                        " seconds, which an answer may take"));
    }
    work.status_ = std::move(status);
    work.ended_ = true;
    work.changed_.notify_all();
  }
}

}  // namespace gokart
