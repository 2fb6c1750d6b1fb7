// Work for one thread, asked for by many: a model computes with all cores anyway, so requests wait
// in a short line instead of slowing each other down.
//
//   WorkQueue queue(/*max_waiting=*/16);
//   absl::StatusOr<std::shared_ptr<Work>> work = queue.Add([](const Work& work) {
//     for (...) if (!work.Put(piece)) break;      // in the queue's thread
//     return absl::OkStatus();
//   });
//   if (!work.ok()) return work.status();          // the line is full
//   while ((*work)->Next(&piece) == Work::kPiece) ...
#ifndef GOKART_CH07_INSTRUCT_SERVE_WORK_QUEUE_H_
#define GOKART_CH07_INSTRUCT_SERVE_WORK_QUEUE_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace gokart {

/// One piece of work: text that comes in pieces, and how it ended.
class Work {
 public:
  enum Event { kPiece, kNothingYet, kEnd };

  /// For who waits: the text that has come since the last call, or, if none comes within
  /// `patience`, kNothingYet; kEnd after the last piece.
  Event Next(std::string* text, std::chrono::milliseconds patience);
  /// How it ended. Call after kEnd.
  absl::Status status() const;
  /// For who waits no longer: the work ends at its next Put.
  void Cancel();

  /// For who works: adds a piece. False when nobody waits any more, or the time is over.
  bool Put(std::string_view piece) const;
  /// Whether Put would return false.
  bool cancelled() const;

 private:
  friend class WorkQueue;
  using Function = std::function<absl::Status(const Work&)>;

  Function function_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable std::string text_;
  absl::Status status_;
  bool cancelled_ = false, ended_ = false;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
};

class WorkQueue {
 public:
  /// At most `max_waiting` pieces of work wait behind the one that is being done, each of which
  /// takes at most `max_time`.
  WorkQueue(int64_t max_waiting, std::chrono::milliseconds max_time);
  ~WorkQueue() { Stop(); }

  /// Cancels everything, and waits until the thread has ended. Nothing can be added any more.
  void Stop();

  /// Error: ResourceExhausted when the line is full.
  absl::StatusOr<std::shared_ptr<Work>> Add(Work::Function function);

  /// How many wait or are being done.
  int64_t size() const;

 private:
  void Run();

  const int64_t max_waiting_;
  const std::chrono::milliseconds max_time_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Work>> waiting_;
  std::shared_ptr<Work> current_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_SERVE_WORK_QUEUE_H_
