#include "workshop/interrupt.h"

#include <unistd.h>

#include <atomic>

namespace gokart {
namespace {

std::atomic<bool> requested{false};
std::atomic<int> guards{0};
static_assert(std::atomic<bool>::is_always_lock_free);  // or the handler could not touch it

void OnSignal(int) {
  if (requested.exchange(true)) _exit(130);
  constexpr char kNote[] = "\nStopping; once more to stop at once.\n";
  // Only async-signal-safe calls here. Nothing can be done about a failed write.
  if (write(STDERR_FILENO, kNote, sizeof(kNote) - 1) < 0) return;
}

}  // namespace

InterruptGuard::InterruptGuard() {
  if (guards++ == 0) requested = false;
  struct sigaction action {};
  action.sa_handler = OnSignal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, &old_interrupt_);
  sigaction(SIGTERM, &action, &old_terminate_);
}

InterruptGuard::~InterruptGuard() {
  sigaction(SIGINT, &old_interrupt_, nullptr);
  sigaction(SIGTERM, &old_terminate_, nullptr);
  --guards;
}

bool InterruptGuard::Requested() const { return requested.load(std::memory_order_relaxed); }

}  // namespace gokart
