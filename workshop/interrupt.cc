#include "workshop/interrupt.h"

#include <unistd.h>

#include <algorithm>
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

// Gives this thread a stack for handlers alone. On the usual one, a handler's frame begins 128
// bytes below the stack pointer, but some of oneDNN's matrix products keep data further down: a
// Ctrl-C in the middle of one then ruined its pointers. Signals to a process go to its main thread,
// which is where guards are made.
void UseOwnSignalStack() {
  stack_t current;
  if (sigaltstack(nullptr, &current) != 0 || (current.ss_flags & SS_DISABLE) == 0) return;
  // The processor's registers alone can take more than 10 KB.
  static const auto size = static_cast<size_t>(std::max<long>(sysconf(_SC_SIGSTKSZ), 1 << 16));
  thread_local char* const memory = new char[size];  // stays for as long as the thread
  stack_t stack = {};
  stack.ss_sp = memory;
  stack.ss_size = size;
  sigaltstack(&stack, nullptr);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  if (guards++ == 0) requested = false;
  UseOwnSignalStack();
  struct sigaction action {};
  action.sa_handler = OnSignal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART | SA_ONSTACK;
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
