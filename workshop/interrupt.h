// Ctrl-C (SIGINT) and SIGTERM as a flag that a long loop polls, so that it can save and stop
// cleanly.
//
//     InterruptGuard interrupt;
//     for (int64_t step = 0; step < steps && !interrupt.Requested(); ++step) { ... }
//     if (interrupt.Requested()) return absl::CancelledError("stopped; last checkpoint: " + path);

#ifndef GOKART_WORKSHOP_INTERRUPT_H_
#define GOKART_WORKSHOP_INTERRUPT_H_

#include <signal.h>

namespace gokart {

/// While one lives, the first SIGINT or SIGTERM only sets a flag; a second one ends the process at
/// once (exit 130). Destroying it restores the handlers that were there. Guards nest: the flag is
/// shared, and cleared when the outermost one starts.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// Whether a signal has come since the guard was made. Cheap: one relaxed load.
  bool Requested() const;

 private:
  struct sigaction old_interrupt_, old_terminate_;
};

}  // namespace gokart

#endif  // GOKART_WORKSHOP_INTERRUPT_H_
