// What a long loop shows: how much is done, how fast, how long it will take, and a few values of
// its own.
//
//     Progress progress("train", num_steps, {.unit = "steps"});
//     for (...) progress.Update(step, absl::StrFormat("loss %.3f", loss));
//     progress.Finish();
//
// On a terminal it is one line, redrawn:
//
//     train  ━━━━━━━━━━──────────   412/800 steps  3.2 steps/s  2 min 01 s left  loss 4.211
//
// elsewhere a plain line now and then. It goes to standard error, so that standard output keeps
// clean.

#ifndef GOKART_WORKSHOP_PROGRESS_H_
#define GOKART_WORKSHOP_PROGRESS_H_

#include <cstdint>
#include <functional>
#include <iostream>
#include <ostream>
#include <string>

namespace gokart {

struct ProgressOptions {
  std::string unit = "steps";
  /// How much was done before this process started (a resumed run); not counted in the rate.
  int64_t start = 0;
  /// Format amounts and rates as bytes: "12.1 MB/497.8 MB  3.3 MB/s".
  bool bytes = false;
  /// Seconds between two plain lines.
  double plain_interval = 10;

  /// For tests; by default standard error, what it is, and the steady clock.
  std::ostream* out = nullptr;
  bool terminal = false;
  int width = 0;
  std::function<double()> clock = {};
};

class Progress {
 public:
  /// `total` 0 or less: not known; then no bar and no remaining time.
  Progress(std::string title, int64_t total, ProgressOptions options = {});
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of total are done; `fields` is shown at the end of the line. Cheap enough for every
  /// step: draws ten times a second at most.
  void Update(int64_t done, const std::string& fields = "");

  /// Prints a line of its own above the progress line.
  void Message(const std::string& text);

  /// Erases the line on a terminal, so that the caller can print to standard output; the next
  /// Update draws it again.
  void Hide();

  /// Draws the last state, with the time taken instead of the time left. Once; the destructor calls
  /// it.
  void Finish();

  /// Ends without a last line: for work that failed, whose error message says all.
  void Abandon();

  /// Seconds since construction.
  double Seconds() const;

 private:
  std::string Line(bool finished) const;
  std::string Amounts() const;
  std::string Bar() const;
  void Draw(bool finished);

  std::string title_;
  int64_t total_;
  ProgressOptions options_;
  double started_;
  double last_drawn_;
  int64_t done_;
  std::string fields_;
  bool visible_ = false;  // a line that can be redrawn stands on the terminal
  bool finished_ = false;
};

}  // namespace gokart

#endif  // GOKART_WORKSHOP_PROGRESS_H_
